package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
)

var _ = Describe("A result", func() {
	It("should come out of its record as it went in", func() {
		word := rapid.StringMatching(`[^\x00]{1,40}`)
		moment := rapid.Custom(func(t *rapid.T) time.Time {
			return time.Unix(rapid.Int64Range(1, 4_000_000_000).Draw(t, "second"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanosecond")).UTC()
		})
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			in := awshttp.Evaluation{
				ResourceType: word.Draw(t, "type"), ResourceID: word.Draw(t, "id"), Ordering: moment.Draw(t, "ordering"),
				Compliance: rapid.SampledFrom([]string{good, none, "INSUFFICIENT_DATA"}).Draw(t, "compliance"),
				Annotation: rapid.String().Draw(t, "annotation"),
			}
			if rapid.Bool().Draw(t, "recorded") {
				in.Recorded = moment.Draw(t, "at")
			}
			_, _, out := build(input("rule"), []sorted.Record{report.Encode("rule", 3, in)}, nil)
			NewWithT(t).Expect(out.results).To(Equal([]report.Result{{
				Rule: "rule", Severity: "high", ResourceType: in.ResourceType, ResourceID: in.ResourceID, Compliance: in.Compliance,
				Annotation: in.Annotation, Ordering: in.Ordering, Recorded: in.Recorded,
			}}))
		})
	})

	It("should be known since it was recorded when that is before its ordering timestamp", func() {
		record := report.Encode("a", 0, awshttp.Evaluation{
			ResourceType: "T", ResourceID: "x", Ordering: started, Compliance: bad, Recorded: started.Add(-time.Hour),
		})
		_, _, out := build(input("a"), []sorted.Record{record}, nil)
		Expect(out.results[0].Since).To(Equal(started.Add(-time.Hour)))
	})

	It("should be the later one of two for a resource", func() {
		early, late := result("a", "x", bad, started.Add(-time.Hour)), result("a", "x", good, started)
		Expect(early.Compare(late)).To(Equal(-1))
		again := report.Encode("a", 1, awshttp.Evaluation{ResourceType: "AWS::S3::Bucket", ResourceID: "x"})
		Expect(late.Compare(again)).To(Equal(-1), "the rule was read again")
	})

	It("should not be current when its rule was read again", func() {
		old, again := report.Encode("a", 0, awshttp.Evaluation{}), report.Encode("a", 1, awshttp.Evaluation{})
		other, broken := report.Encode("b", 0, awshttp.Evaluation{}), sorted.Record{Key: []byte("c")}
		current := report.NewCurrent(&records{left: []sorted.Record{old, again, other, broken}, err: errDisk}, map[string]int{"a": 1})
		for _, expected := range []sorted.Record{again, other, broken} {
			next, err := current.Next()
			Expect(err).NotTo(HaveOccurred())
			Expect(next).To(Equal(expected))
		}
		Expect(current.Next()).Error().To(MatchError(errDisk))
	})
})

// FuzzRecord requires that no record, however broken, is more than refused.
func FuzzRecord(f *testing.F) {
	whole := report.Encode("a", 0, awshttp.Evaluation{
		ResourceType: "T", ResourceID: "x", Ordering: started, Compliance: bad, Annotation: "text",
	})
	for length := range len(whole.Value) {
		f.Add(whole.Key, whole.Value[:length])
	}
	f.Add([]byte("no separator"), whole.Value)
	f.Fuzz(func(t *testing.T, key, value []byte) {
		record := sorted.Record{Key: key, Value: value}
		for _, sources := range [][2]*records{{source(record), source()}, {source(), source(record)}} {
			out := &output{}
			_, _, err := report.Build(report.Input{Started: started, Rules: []report.RuleSummary{{Rule: "a"}}}, sources[0], sources[1], out)
			for _, result := range out.results {
				if err == nil && strings.Count(string(key), "\x00") < 2 {
					t.Fatalf("%q was taken for %v", key, result)
				}
			}
		}
	})
}

var _ = Describe("A remediation", func() {
	It("should be quoted, not copied", func() {
		done := report.Remediation{Why: strings.Repeat("ü", 300), Changes: []report.Change{{Property: "p", Before: "b", After: strings.Repeat("x", 300)}}}
		for i := range 20 {
			done.Changes = append(done.Changes, report.Change{Property: fmt.Sprint(i)})
		}
		short := done.Shortened()
		Expect(short.Why).To(Equal(strings.Repeat("ü", 200) + "…"))
		Expect(short.Changes).To(HaveLen(10))
		Expect(short.Changes[0]).To(Equal(report.Change{Property: "p", Before: "b", After: strings.Repeat("x", 200) + "…"}))
		Expect(done.Changes).To(HaveLen(21))
		Expect(report.Remediation{}.Shortened().Changes).To(BeNil())
	})

	It("should stand after newer ones", func() {
		all := []report.Remediation{{Rule: "b", Updated: started}, {Rule: "a", Updated: started}, {Rule: "c", Updated: started.Add(time.Hour)}}
		report.SortRemediations(all)
		Expect(all).To(HaveExactElements(HaveField("Rule", "c"), HaveField("Rule", "a"), HaveField("Rule", "b")))
	})
})

var _ = DescribeTable("An exemption", func(days int, expiring bool) {
	Expect(report.Exemption{DaysLeft: days}.Expiring()).To(Equal(expiring))
},
	Entry("that has ended", -1, false), Entry("that ends today", 0, true), Entry("that ends in two weeks", 14, true), Entry("that ends later", 15, false),
)

var _ = Describe("What a report lacks", func() {
	It("should be found by its part", func() {
		s := report.Summary{Unavailable: []report.Unavailable{{Part: report.PartExemptions, Why: "denied"}}}
		Expect(s.Lacks(report.PartExemptions)).To(Equal("denied"))
		Expect(s.Lacks(report.PartRemediations)).To(BeEmpty())
	})
})
