package lambdarun

import (
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// testMark is a mark that somebody waits for.
var testMark = markStart + strings.Repeat("A", 26)

// split hands a text over in pieces, and gives the lines that it becomes.
func split(pieces ...string) []string {
	var lines []string
	o := &output{line: func(line string) { lines = append(lines, line) }, marks: map[string]chan struct{}{testMark: make(chan struct{})}}
	var pending []byte
	for _, piece := range pieces {
		pending = o.split(append(pending, piece...))
	}
	o.flush(pending)
	return lines
}

var _ = Describe("What a process prints", func() {
	mark := testMark

	DescribeTable("should be lines",
		func(pieces []string, expected ...string) { Expect(split(pieces...)).To(Equal(expected)) },
		Entry("when it ends with one", []string{"a\nb\n"}, "a", "b"),
		Entry("when it does not", []string{"a\nb"}, "a", "b"),
		Entry("when it comes in pieces", []string{"a", "b\nc", "\n"}, "ab", "c"),
		Entry("when some are empty", []string{"\n\na\n"}, "", "", "a"),
		Entry("when they end as on Windows", []string{"a\r\nb\r\n"}, "a", "b"),
		Entry("when one is too long", []string{strings.Repeat("x", longestLine+1) + "\n"}, strings.Repeat("x", longestLine), "x"),
		Entry("when a mark is between", []string{"a\n" + mark + "b\n"}, "a", "b"),
		Entry("when a mark ends one", []string{"a" + mark, "b\n"}, "a", "b"),
		Entry("when a mark comes in pieces", []string{"a\n" + mark[:9], mark[9:20], mark[20:] + "b"}, "a", "b"),
		Entry("when a mark is after what only looks like one", []string{markStart + "a" + mark + "b"}, markStart+"a", "b"),
		Entry("when a mark is where a long line is cut", []string{strings.Repeat("x", longestLine-3) + mark[:9], mark[9:] + "b\n"}, strings.Repeat("x", longestLine-3), "b"),
		Entry("when it looks like a mark and is none", []string{"a" + markStart + "\n"}, "a"+markStart),
	)

	It("should have been read when it is drained", func() {
		lines := make(chan string, 1000)
		o, err := newOutput(func(line string) { lines <- line })
		Expect(err).NotTo(HaveOccurred())
		for range 100 {
			_, err := o.writer.WriteString("one\ntwo")
			Expect(err).NotTo(HaveOccurred())
			o.drain()
			Expect(lines).To(HaveLen(2))
			Expect([]string{<-lines, <-lines}).To(Equal([]string{"one", "two"}))
		}
		o.close()
		o.drain() // it has ended; nobody waits
	})
})

func FuzzSplit(f *testing.F) {
	mark := testMark
	for _, seed := range []string{"", "a\nb", "a\r\n", mark + "a", "a" + mark[:20], "\x00" + mark, strings.Repeat("ab\n", 50)} {
		f.Add(seed, 3)
	}
	f.Fuzz(func(t *testing.T, text string, at int) {
		at = max(0, min(at, len(text)))
		whole, pieces := split(text), split(text[:at], text[at:])
		if strings.Join(whole, "\n") != strings.Join(pieces, "\n") || len(whole) != len(pieces) {
			t.Fatalf("%q becomes %q in one piece, and %q in two", text, whole, pieces)
		}
		if len(text) <= longestLine && !strings.ContainsAny(text, "\r\x00") && strings.Join(whole, "\n") != strings.TrimSuffix(text, "\n") {
			t.Fatalf("%q becomes %q", text, whole)
		}
	})
}
