package covergate_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/tools/cover"

	"github.com/compliance-monitor/compliance-monitor/tools/covergate"
)

func profiles(texts ...string) []*cover.Profile {
	var all []*cover.Profile
	for _, text := range texts {
		parsed, err := cover.ParseProfilesFromReader(strings.NewReader("mode: atomic\n" + text))
		Expect(err).NotTo(HaveOccurred())
		all = append(all, parsed...)
	}
	return all
}

var _ = Describe("The coverage gate", func() {
	const ran, notRun = "x/a.go:1.1,2.2 3 7\n", "x/a.go:5.1,6.2 2 0\n"

	It("should count a statement as covered when any profile ran it", func() {
		report := covergate.Measure(profiles(ran+notRun, "x/a.go:5.1,6.2 2 1\n"), nil)
		Expect(report.Statements).To(Equal(5))
		Expect(report.Percent()).To(Equal(100.0))
		Expect(report.Gaps).To(BeEmpty())
	})

	It("should name what no profile ran, in order", func() {
		report := covergate.Measure(profiles("x/b.go:9.1,9.9 1 0\n"+ran+notRun), nil)
		Expect(report.Percent()).To(Equal(50.0))
		Expect(report.Gaps).To(Equal([]covergate.Gap{
			{File: "x/a.go", From: 5, To: 6, Statements: 2}, {File: "x/b.go", From: 9, To: 9, Statements: 1},
		}))
	})

	It("should leave out what is excluded, and name exclusions that no file has any more", func() {
		exclusions := []covergate.Exclusion{{Pattern: "x/*.go"}, {Pattern: "y/..."}, {Pattern: "z/..."}}
		report := covergate.Measure(profiles(notRun+"y/deep/c.go:1.1,2.2 1 0\n"), exclusions)
		Expect(report.Statements).To(BeZero())
		Expect(report.Unused).To(ConsistOf(covergate.Exclusion{Pattern: "z/..."}))
	})

	It("should not pass an empty profile", func() {
		Expect(covergate.Measure(nil, nil).Percent()).To(BeZero())
	})

	It("should read patterns with their reasons", func() {
		Expect(covergate.ParseExclusions(strings.NewReader("# a comment\n\nx/main.go main: wires\n"))).To(Equal(
			[]covergate.Exclusion{{Pattern: "x/main.go", Reason: "main: wires"}}))
	})

	It("should refuse patterns without a reason and malformed ones, all at once", func() {
		_, err := covergate.ParseExclusions(strings.NewReader("x/main.go\n[ because\n"))
		Expect(err).To(MatchError(And(ContainSubstring("line 1"), ContainSubstring("line 2"))))
	})
})
