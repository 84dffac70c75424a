package lambdarun

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// notebook is a journal that remembers.
type notebook struct{ lines []string }

func (n *notebook) Log(_ Stream, _ time.Time, line string) { n.lines = append(n.lines, line) }

var _ = Describe("The level of a line", func() {
	DescribeTable("should be what it names, or INFO",
		func(line string, expected level) { Expect(lineLevel(line)).To(Equal(expected)) },
		Entry("in capitals", `{"level":"ERROR"}`, levelError),
		Entry("in small letters", `{"level":"debug","msg":"x"}`, levelDebug),
		Entry("a warning", `{"level":"warning"}`, levelWarn),
		Entry("that does not exist", `{"level":"loud"}`, levelInfo),
		Entry("that is no text", `{"level":30}`, levelInfo),
		Entry("without one", `{"msg":"x"}`, levelInfo),
		Entry("in a text", `level=ERROR`, levelInfo),
		Entry("in broken JSON", `{"level":"ERROR"`, levelInfo),
	)
})

var _ = Describe("The end of a log", func() {
	It("should have the last 4 KB since the event began, and the journal everything", func() {
		all := &notebook{}
		d := &diary{journal: all, logging: Logging{Format: "Text"}}
		d.application("before")
		d.begin()
		for range 1000 {
			d.application("0123456789")
		}
		d.application("last")
		end := string(d.end())
		Expect(end).To(And(HaveLen(tailSize), HaveSuffix("0123456789\nlast\n"), Not(ContainSubstring("before"))))
		Expect(all.lines).To(HaveLen(1002))
	})
})

var _ = Describe("The time that is billed", func() {
	DescribeTable("should be whole milliseconds, with the initialisation's",
		func(duration, initialisation, expected time.Duration) {
			outcome := Outcome{Duration: duration, Init: initialisation}
			Expect(outcome.Billed()).To(Equal(expected))
		},
		Entry("of a warm start", 1100*time.Microsecond, time.Duration(0), 2*time.Millisecond),
		Entry("of a cold start", 1100*time.Microsecond, 800*time.Microsecond, 2*time.Millisecond),
		Entry("to the millisecond", time.Millisecond, time.Duration(0), time.Millisecond),
	)
})

var _ = Describe("The memory of a process", func() {
	DescribeTable("should be what the system tells",
		func(status string, expected int64) { Expect(parsePeak([]byte(status))).To(Equal(expected)) },
		Entry("of a process", "Name:\tbootstrap\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\n", int64(20<<20)),
		Entry("of one that has ended, which has none", "Name:\tbootstrap\nState:\tZ\n", int64(0)),
		Entry("in words that are not known", "VmHWM:\tmuch\n", int64(0)),
	)

	It("should be none where the system does not tell", func() {
		Expect(peakOf(-1)).To(BeZero())
	})

	It("should be rounded up", func() {
		Expect(megabytes(1)).To(Equal(1))
		Expect(megabytes(5 << 20)).To(Equal(5))
	})
})
