package aggregator_test

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/aggregator"
)

// second is the world of the second report, after a first one that nothing happened to.
func second() *world {
	w := usual()
	Expect(w.run("first")).To(Succeed())
	w.clock = now.Add(6 * time.Hour)
	w.set("s3-encryption", "AWS::S3::Bucket/b=COMPLIANT", "AWS::S3::Bucket/c=NON_COMPLIANT")
	w.exempt("2026-12-01")
	w.remediated("2", "failed", now.Add(time.Hour))
	w.calls, w.mails, w.metrics = nil, nil, nil
	return w
}

// undisturbed is what the second report is when nothing happens to it, and how many calls it takes.
func undisturbed() (*world, int) {
	w := second()
	Expect(w.run("second")).To(Succeed())
	return w, len(w.calls)
}

// reportOf is the world in which nothing happened to a second report that was begun at the given time. The clock moves
// on between runs, and one that left nothing is begun again.
func reportOf(started time.Time) *world {
	w := second()
	w.clock = started
	Expect(w.run("second")).To(Succeed())
	return w
}

// leftovers are what is kept between reports.
func (w *world) leftovers() []string {
	var keys []string
	for _, key := range w.keys("state/") {
		if !strings.HasPrefix(key, "state/aggregator/violations/") {
			keys = append(keys, key)
		}
	}
	return keys
}

var _ = Describe("A report that is interrupted", func() {
	It("should be the same, and read one page again at most, wherever the time runs out", func() {
		expected, calls := undisturbed()
		interrupted := 0
		for at := 1; at <= calls; at++ {
			w := second()
			w.fault = func(call string, n int) fault {
				if n == at && (strings.HasPrefix(call, "PAGE") || strings.HasPrefix(call, "Describe")) {
					return deadline
				}
				return none
			}
			faults := w.ends("second")
			if len(faults) > 0 {
				interrupted++
				Expect(faults).To(HaveLen(1))
				Expect(faults[0]).To(MatchError(aggregator.ErrUnfinished))
			}
			Expect(w.files()).To(Equal(expected.files()), "the time ran out at call %d", at)
			Expect(w.count("PAGE")).To(BeNumerically("<=", expected.count("PAGE")+1), "the time ran out at call %d", at)
			Expect(w.mails).To(Equal(expected.mails))
			Expect(w.metrics).To(Equal(ageless(expected.metrics, w.metrics)))
			Expect(w.leftovers()).To(Equal([]string{ledgerKey}))
		}
		Expect(interrupted).To(BeNumerically(">", 5))
	})

	DescribeTable("should be the same, and told of, whatever call the run does not survive",
		func(kind fault) {
			expected, calls := undisturbed()
			for at := 1; at <= calls; at++ {
				w := second()
				w.fault = func(_ string, n int) fault {
					if n == at {
						return kind
					}
					return none
				}
				Expect(len(w.ends("second"))).To(BeNumerically("<=", 1))
				what := w.calls[at-1]
				if what == "DELETE "+checkpointKey && kind == crashAfter {
					continue // all was done: the retry makes another report
				}
				Expect(w.files()).To(Equal(reportOf(w.summary().Started).files()), "crashed at %s", what)
				if at > 2 { // before there is a checkpoint there is no report, and what is begun later is another one
					Expect(w.summary().Started).To(Equal(expected.summary().Started), "crashed at %s", what)
				}
				mails := 1
				if what == "Publish" && kind == crashAfter || what == "PUT "+ledgerKey && kind == crashBefore {
					mails = 2
				}
				Expect(w.mails).To(HaveLen(mails), "crashed at %s", what)
				Expect(w.leftovers()).To(Equal([]string{ledgerKey}), "crashed at %s", what)
			}
		},
		Entry("before it is made", crashBefore),
		Entry("after it was made", crashAfter),
	)

	It("should be the same whatever happens how often, and be told of", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			w := second()
			dice := rapid.SampledFrom([]fault{none, none, none, none, none, none, deadline, crashBefore, crashAfter, failBefore})
			left := 6
			w.fault = func(call string, _ int) fault {
				kind := none
				if left > 0 {
					kind = dice.Draw(t, call)
				}
				// What can't be read is missing, which is another report: see below.
				if strings.HasPrefix(call, "GET config") || strings.HasPrefix(call, "GET remed") || strings.HasPrefix(call, "LIST remed") ||
					strings.HasPrefix(call, "PAGE") {
					if kind == failBefore {
						kind = none
					}
				}
				if kind == deadline && !strings.HasPrefix(call, "PAGE") || kind == crashAfter && call == "DELETE "+checkpointKey {
					kind = none
				}
				if kind != none {
					left--
				}
				return kind
			}
			w.ends("second")
			expected := reportOf(w.summary().Started)
			Expect(w.files()).To(Equal(expected.files()))
			Expect(w.mails).NotTo(BeEmpty())
			Expect(w.mails[0]).To(Equal(expected.mails[0]))
			Expect(w.leftovers()).To(Equal([]string{ledgerKey}))
		})
	})
})

// ageless is the expected metrics with the age that was emitted: the report is as much older as it took longer.
func ageless(expected, emitted []string) []string {
	var all []string
	for i, metric := range expected {
		if strings.HasPrefix(metric, "ReportAgeSeconds ") {
			metric = emitted[i]
		}
		all = append(all, metric)
	}
	return all
}
