package report_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
)

const (
	good = "COMPLIANT"
	bad  = "NON_COMPLIANT"
	none = "NOT_APPLICABLE"
)

// named are the buckets that a list names, with their rules.
func named(list report.List) []string {
	found := []string{}
	for _, item := range list.First {
		found = append(found, item.Rule+"/"+item.ResourceID)
	}
	slices.Sort(found)
	return found
}

var _ = Describe("A report", func() {
	at := started.Add(-time.Hour)

	It("should count results by rule and severity, and resources", func() {
		in := input("a", "b")
		in.Rules[1].Severity = "low"
		summary, _, out := build(in, []sorted.Record{
			result("a", "x", good, at), result("a", "y", bad, at), result("b", "x", bad, at), result("b", "z", none, at), result("b", "w", "NEW_TYPE", at),
		}, nil)
		Expect(summary.Results).To(Equal(report.Counts{Compliant: 1, NonCompliant: 2, NotApplicable: 1, InsufficientData: 1}))
		Expect(*summary.Score).To(BeNumerically("~", 33.33, 0.01))
		Expect(summary.Complete).To(BeTrue())
		Expect(*summary.Newest).To(Equal(at.Add(time.Minute)))
		Expect(summary.Severities[1]).To(Equal(report.SeveritySummary{Severity: "high", Counts: report.Counts{Compliant: 1, NonCompliant: 1}}))
		Expect(summary.Severities[3].NonCompliant).To(Equal(1))
		Expect(out.resources).To(Equal(map[string]bool{"AWS::S3::Bucket\x00x": true, "AWS::S3::Bucket\x00y": true}))
		Expect(out.results[1]).To(Equal(report.Result{
			Rule: "a", Severity: "high", ResourceType: "AWS::S3::Bucket", ResourceID: "y", Compliance: bad, Annotation: "as told",
			Ordering: at, Recorded: at.Add(time.Minute), Since: at,
		}))
		Expect(summary.Lacks(report.PartComparison)).To(BeEmpty())
	})

	It("should have no score without a result to count", func() {
		summary, _, _ := build(input("a"), []sorted.Record{result("a", "x", none, at)}, nil)
		Expect(summary.Score).To(BeNil())
	})

	It("should leave out results of a rule that it is not about", func() {
		_, _, out := build(input("a"), []sorted.Record{result("b", "x", bad, at)}, nil)
		Expect(out.results).To(BeEmpty())
	})

	It("should say since when what is failing has been, from the earliest that AWS Config tells", func() {
		summary, _, _ := build(input("a"), []sorted.Record{result("a", "x", bad, at)}, nil)
		Expect(summary.Changes.Still.First[0].Since).To(Equal(at))
	})

	Context("when there is a report before", func() {
		var (
			base   report.Base
			before []sorted.Record
		)

		BeforeEach(func() {
			in := input("a", "b")
			in.Started = started.Add(-6 * time.Hour)
			early := in.Started.Add(-time.Hour)
			_, found, out := build(in, []sorted.Record{
				result("a", "still", bad, early), result("a", "fixed", bad, early), result("a", "gone", bad, early), result("a", "good", good, early),
				result("b", "still", bad, early), result("b", "fixed", bad, early),
			}, nil)
			base, before = found, out.violations
			Expect(base.Rules).To(Equal([]string{"a", "b"}))
		})

		now := []sorted.Record{
			result("a", "still", bad, at), result("a", "fixed", good, at), result("a", "good", bad, at), result("b", "fixed", none, at.Add(-24*time.Hour)),
			result("b", "still", bad, at),
		}

		It("should tell what is new, resolved and still failing, and since when", func() {
			in := input("a", "b")
			in.Base = &base
			summary, next, _ := build(in, now, before)
			Expect(*summary.Changes.Since).To(Equal(base.Started))
			Expect(named(summary.Changes.New)).To(Equal([]string{"a/good"}))
			Expect(named(summary.Changes.Resolved)).To(Equal([]string{"a/fixed", "a/gone", "b/fixed"}))
			Expect(named(summary.Changes.Still)).To(Equal([]string{"a/still", "b/still"}))
			Expect(summary.Changes.Still.First).To(HaveEach(HaveField("Since", started.Add(-7*time.Hour))))
			Expect(summary.Rules[0]).To(And(HaveField("New", 1), HaveField("Resolved", 2)))
			Expect(summary.Rules[0].TimeToResolve).To(Equal(&report.TimeToResolve{Count: 2, Median: (6*3600 + 60 + 7*3600) / 2, Worst: 7 * 3600}))
			Expect(summary.Rules[1].TimeToResolve.Worst).To(BeEquivalentTo(7*3600), "the result is older than the violation")
			Expect(next.Resolved["a"].Count).To(Equal(2))
		})

		It("should neither compare nor forget a rule that it lacks a part of", func() {
			in := input("a", "b")
			in.Base, in.Missing = &base, []report.Missing{{Rule: "a", Why: "throttled", Pages: 1}}
			summary, next, out := build(in, now, before)
			Expect(summary.Complete).To(BeFalse())
			Expect(named(summary.Changes.New)).To(BeEmpty())
			Expect(named(summary.Changes.Resolved)).To(Equal([]string{"b/fixed"}))
			Expect(named(summary.Changes.Still)).To(Equal([]string{"a/good", "a/still", "b/still"}))
			Expect(next.Missing).To(Equal([]string{"a"}))

			in = input("a", "b")
			in.Base = &next
			summary, _, _ = build(in, now, out.violations)
			Expect(named(summary.Changes.New)).To(Equal([]string{"a/good"}))
			Expect(named(summary.Changes.Resolved)).To(Equal([]string{"a/fixed", "a/gone"}))
		})

		It("should forget nothing when the rules can't be listed", func() {
			in := input()
			in.Base, in.Missing = &base, []report.Missing{{Rule: report.AllRules, Why: "throttled"}}
			_, next, out := build(in, nil, before)
			Expect(out.violations).To(Equal(before))
			Expect(next.Rules).To(Equal([]string{"a", "b"}))
		})

		It("should not call violations of a new rule new, nor those of a removed one resolved", func() {
			in := input("b", "c")
			in.Base = &base
			summary, next, _ := build(in, []sorted.Record{result("b", "still", bad, at), result("b", "fixed", bad, at), result("c", "x", bad, at)}, before)
			Expect(summary.Changes.NewRules).To(Equal([]string{"c"}))
			Expect(named(summary.Changes.New)).To(BeEmpty())
			Expect(named(summary.Changes.Resolved)).To(BeEmpty())
			Expect(named(summary.Changes.Still)).To(Equal([]string{"b/fixed", "b/still", "c/x"}))
			Expect(next.Rules).To(Equal([]string{"b", "c"}))
		})

		It("should stop at whatever can't be read or written", func() {
			in := input("a", "b")
			in.Base = &base
			for _, missing := range [][]report.Missing{nil, {{Rule: "a"}}} {
				in.Missing = missing
				whole := &output{}
				Expect(report.Build(in, source(now...), source(before...), whole)).Error().NotTo(HaveOccurred())
				for at := 1; at <= whole.calls; at++ {
					_, _, err := report.Build(in, source(now...), source(before...), &output{fail: at})
					Expect(err).To(MatchError(errDisk), "call %d", at)
				}
			}
			for length := range len(now) {
				_, _, err := report.Build(in, &records{left: source(now...).left[:length], err: errDisk}, source(before...), &output{})
				Expect(err).To(MatchError(errDisk))
			}
			for length := range len(before) {
				_, _, err := report.Build(in, source(now...), &records{left: before[:length], err: errDisk}, &output{})
				Expect(err).To(MatchError(errDisk))
			}
			broken := sorted.Record{Key: []byte("a\x00b\x00c")}
			Expect(report.Build(in, source(broken), source(), &output{})).Error().To(MatchError(report.ErrRecord))
			Expect(report.Build(in, source(), source(broken), &output{})).Error().To(MatchError(report.ErrRecord))
			Expect(report.Build(in, source(), source(sorted.Record{Key: []byte("a"), Value: []byte{1}}), &output{})).Error().To(MatchError(report.ErrRecord))
		})
	})

	It("should say the same as a comparison of two lists in memory", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			g := NewWithT(t)
			resources := map[string][2]string{}
			for i := range rapid.IntRange(0, 40).Draw(t, "resources") {
				states := rapid.SampledFrom([]string{good, bad, none, ""})
				resources[fmt.Sprintf("%c/%d", 'a'+i%3, i)] = [2]string{states.Draw(t, "before"), states.Draw(t, "after")}
			}
			missing := map[string]bool{}
			for _, rule := range []string{"a", "b", "c"} {
				missing[rule] = rapid.Bool().Draw(t, "missing "+rule)
			}
			var before, after []sorted.Record
			var added, resolved, still []string
			for _, name := range slices.Sorted(maps.Keys(resources)) {
				states, rule, id := resources[name], name[:1], name[2:]
				if states[0] != "" {
					before = append(before, result(rule, id, states[0], at.Add(-24*time.Hour)))
				}
				if states[1] != "" {
					after = append(after, result(rule, id, states[1], at))
				}
				switch {
				case states[1] == bad && (missing[rule] || states[0] == bad):
					still = append(still, name)
				case states[1] == bad:
					added = append(added, name)
				case states[0] == bad && !missing[rule]:
					resolved = append(resolved, name)
				}
			}
			first := input("a", "b", "c")
			first.Started = started.Add(-6 * time.Hour)
			_, base, kept := build(first, before, nil)
			in := input("a", "b", "c")
			in.Base = &base
			for _, rule := range []string{"a", "b", "c"} {
				if missing[rule] {
					in.Missing = append(in.Missing, report.Missing{Rule: rule, Why: "throttled"})
				}
			}
			summary, _, _ := build(in, after, kept.violations)
			g.Expect(named(summary.Changes.New)).To(HaveExactElements(added))
			g.Expect(named(summary.Changes.Resolved)).To(HaveExactElements(resolved))
			g.Expect(named(summary.Changes.Still)).To(HaveExactElements(still))
		})
	})

	It("should name of many the ones that are not exempt, the worst and the newest, and count all", func() {
		in := input("critical", "high", "low")
		in.Rules[0].Severity, in.Rules[2].Severity = "critical", "low"
		in.Exemptions = []exemptions.Exemption{exemption("high", "*", "2026-12-01"), exemption("high", "*", "2026-12-24"), exemption("low", "x*", "2026-11-01")}
		var all []sorted.Record
		for i := range 150 {
			all = append(all, result("high", fmt.Sprint("x", i), bad, at), result("low", fmt.Sprint("x", i), bad, at.Add(time.Duration(i)*time.Second)))
		}
		all = append(all, result("critical", "x", bad, at))
		summary, _, out := build(in, all, nil)
		still := summary.Changes.Still
		Expect(still).To(And(HaveField("Count", 301), HaveField("Exempt", 150), HaveField("First", HaveLen(report.ItemsShown))))
		Expect(still.First[0].Rule).To(Equal("critical"))
		Expect(still.First[1:]).To(HaveEach(HaveField("Rule", "low")))
		Expect(still.First[1].ResourceID).To(Equal("x149"))
		Expect(still.First[99].ResourceID).To(Equal("x51"))
		Expect(summary.Exemptions).To(HaveExactElements(
			And(HaveField("Covers", 150), HaveField("DaysLeft", 8)), And(HaveField("Covers", 0), HaveField("DaysLeft", 31)),
			And(HaveField("Covers", 0), HaveField("DaysLeft", -22)),
		))
		Expect(out.results[1].ExemptUntil).To(Equal("2026-12-01"))
	})

	It("should keep a month of history, and each report once", func() {
		in := input("a")
		for i := range 200 {
			in.History = append(in.History, report.Point{Started: started.Add(time.Duration(i-199) * 6 * time.Hour)})
		}
		summary, _, _ := build(in, nil, nil)
		Expect(summary.History).To(HaveLen(120))
		Expect(summary.History[119]).To(Equal(report.Point{Started: started, Complete: true}))
		Expect(summary.History[118].Started).To(Equal(started.Add(-6 * time.Hour)))
	})

	It("should take the median of the last hundred times to resolve, and the worst of all", func() {
		base := report.Base{Rules: []string{"a", "b"}, Resolved: map[string]report.Resolved{"b": {}}, Told: map[string]int{"x": 1}}
		var kept []sorted.Record
		in := input("a", "b")
		in.Base = &base
		for i := range 151 {
			early := input("a")
			early.Started = started.Add(-999 * time.Hour)
			_, _, out := build(early, []sorted.Record{result("a", fmt.Sprintf("x%03d", i), bad, started.Add(-time.Duration(200-i)*time.Second))}, nil)
			kept = append(kept, out.violations...)
		}
		summary, next, _ := build(in, nil, kept)
		Expect(summary.Rules[0].TimeToResolve).To(Equal(&report.TimeToResolve{Count: 151, Median: 99, Worst: 200}))
		Expect(next.Resolved["a"].Last).To(HaveLen(100))
		Expect(summary.Rules[1].TimeToResolve).To(BeNil())
		Expect(next.Resolved).To(HaveKey("b"))
		Expect(next.Told).To(Equal(map[string]int{"x": 1}))
		Expect(base.Resolved).NotTo(HaveKey("a"), "the base may be built upon again")
	})
})

func exemption(rule, resource, until string) exemptions.Exemption {
	e := exemptions.Exemption{Rule: rule, Resource: resource, Owner: "shop", Reason: "moving"}
	Expect(e.Expires.UnmarshalText([]byte(until))).To(Succeed())
	return e
}
