package aggregator_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
)

var _ = Describe("The aggregator", func() {
	var w *world

	BeforeEach(func() { w = usual() })

	Context("when all can be read", func() {
		BeforeEach(func() { Expect(w.run("first")).To(Succeed()) })

		It("should say so, and count results, resources, severities and rules", func() {
			s := w.summary()
			Expect(s.Complete).To(BeTrue())
			Expect(s.Missing).To(BeEmpty())
			Expect(s.Unavailable).To(BeEmpty())
			Expect(*s.Score).To(Equal(60.0))
			Expect(s.Account + " " + s.Region + " " + s.Prefix).To(Equal("123456789012 us-east-1 monitor-test"))
			Expect(s.Results).To(Equal(report.Counts{Compliant: 3, NonCompliant: 2, NotApplicable: 1, InsufficientData: 2}))
			Expect(s.Resources).To(Equal(report.Resources{Compliant: 2, NonCompliant: 1}))
			Expect(s.Rules).To(HaveExactElements(
				HaveField("Rule", "empty"), HaveField("Rule", "root-mfa"), HaveField("Rule", "s3-encryption"), HaveField("Rule", "s3-tls")))
			Expect(s.Rules[2]).To(Equal(report.RuleSummary{
				Rule: "s3-encryption", ConfigRule: "monitor-test-s3-encryption", Severity: catalogue.High, Complete: true,
				Counts: report.Counts{Compliant: 2, NonCompliant: 1},
			}))
			Expect(s.Exemptions).To(HaveExactElements(And(HaveField("Owner", "shop"), HaveField("DaysLeft", 38), HaveField("Covers", 1))))
			Expect(s.Remediations.Changed).To(Equal(1))
			Expect(s.Remediations.Newest).To(HaveExactElements(And(HaveField("ResourceID", "bucket-1"), HaveField("Outcome", "verified"))))
		})

		It("should have one line for each result, sorted", func() {
			lines := w.lines(resultsKey)
			Expect(lines).To(HaveLen(8))
			Expect(lines[3]).To(Equal(report.Result{
				Rule: "s3-encryption", Severity: catalogue.High, ResourceType: "AWS::S3::Bucket", ResourceID: "b",
				Compliance: "NON_COMPLIANT", Ordering: ordering, Recorded: recorded, Since: ordering,
			}))
		})

		It("should write the pointer after the files, and keep only what the next report needs", func() {
			var puts []string
			for _, call := range w.calls {
				if key, ok := strings.CutPrefix(call, "PUT "); ok && strings.HasPrefix(key, "reports/") {
					puts = append(puts, key)
				}
			}
			Expect(puts).To(Equal([]string{resultsKey, pageKey, summaryKey, latestKey}))
			Expect(w.latest().Files).To(Equal(report.Files{Summary: summaryKey, Results: resultsKey, Page: pageKey}))
			Expect(w.leftovers()).To(Equal([]string{ledgerKey}))
			Expect(w.keys("state/aggregator/violations/")).To(HaveLen(1))
		})

		It("should emit the score, the totals, the age of the data and the exemptions that end", func() {
			Expect(w.metrics).To(Equal([]string{
				"ComplianceScore 60 Percent",
				"ExemptionsExpiring 0 Count",
				"IncompleteReports 0 Count",
				"NonCompliantResources 1 Count",
				"NonCompliantResources{Rule=empty} 0 Count",
				"NonCompliantResources{Rule=root-mfa} 0 Count",
				"NonCompliantResources{Rule=s3-encryption} 1 Count",
				"NonCompliantResources{Rule=s3-tls} 1 Count",
				"NonCompliantResources{Severity=critical} 0 Count",
				"NonCompliantResources{Severity=high} 1 Count",
				"NonCompliantResources{Severity=low} 0 Count",
				"NonCompliantResources{Severity=medium} 1 Count",
				"NonCompliantResources{Severity=unrated} 0 Count",
				"ReportAgeSeconds 0 Seconds",
			}))
		})

		It("should tell of the first report", func() {
			Expect(w.mails).To(HaveLen(1))
			Expect(w.mails[0].Subject).To(Equal("[HIGH] compliance of monitor-test: first report, 2 failing, score 60.0 %"))
		})
	})

	It("should compare with the last report, and tell of what changed, once", func() {
		w = second()
		Expect(w.run("second")).To(Succeed())
		s := w.summary()
		Expect(s.Changes.New.First).To(HaveExactElements(HaveField("ResourceID", "c")))
		Expect(s.Changes.Resolved.First).To(HaveExactElements(HaveField("ResourceID", "b")))
		Expect(s.Changes.Still.First).To(HaveExactElements(And(HaveField("Rule", "s3-tls"), HaveField("ExemptUntil", "2026-12-01"))))
		Expect(s.History).To(HaveLen(2))
		Expect(s.Rules[2].TimeToResolve).To(Equal(&report.TimeToResolve{Count: 1, Median: 3600, Worst: 3600}))
		Expect(s.Remediations.Newest).To(HaveExactElements(HaveField("Outcome", "failed")), "the first one was in the last report")
		Expect(w.metrics).To(ContainElement("ExemptionsExpiring 1 Count"))
		Expect(w.mails).To(HaveLen(1))
		Expect(w.mails[0].Subject).To(Equal("[HIGH] compliance of monitor-test: 1 new, 1 resolved, 1 expiring, score 50.0 %"))

		w.clock = now.Add(11 * time.Hour)
		Expect(w.run("third")).To(Succeed())
		Expect(w.mails).To(HaveLen(1), "nothing changed")
		Expect(w.summary().Changes.Still.Count).To(Equal(2))
		Expect(w.summary().Rules[2].TimeToResolve.Count).To(Equal(1))
		Expect(w.keys("state/aggregator/violations/")).To(HaveLen(1))
	})

	It("should make two reports in one second, which are two", func() {
		Expect(w.run("first")).To(Succeed())
		w.set("s3-tls", "AWS::S3::Bucket/b=COMPLIANT")
		w.fault = always("PUT state/aggregator/parts/", failBefore)
		Expect(w.run("second")).To(MatchError(errAWS))
		w.fault = at(0, none)
		Expect(w.run("second")).To(Succeed())
		Expect(w.summary().Started).To(Equal(now.Add(time.Second)))
		Expect(w.summary().Changes.Resolved.Count).To(Equal(1))
		Expect(w.keys("reports/2026/")).To(HaveLen(6))
		w.fault = func(call string, n int) fault {
			if call == "PUT "+checkpointKey && w.calls[n-2] == "GET "+ledgerKey {
				return failBefore
			}
			return none
		}
		Expect(w.run("third")).To(And(MatchError(errAWS), MatchError(ContainSubstring("taking up the report"))))
	})

	It("should count a rule that the catalogue does not know as unrated", func() {
		w.rules = map[string][][]string{"monitor-test-newer": {{"AWS::S3::Bucket/a=NON_COMPLIANT"}}}
		Expect(w.run("first")).To(Succeed())
		Expect(w.metrics).To(ContainElement("NonCompliantResources{Severity=unrated} 1 Count"))
	})

	It("should have no score when there is no result to count", func() {
		w.rules = map[string][][]string{"monitor-test-empty": {}}
		Expect(w.run("first")).To(Succeed())
		Expect(w.summary().Score).To(BeNil())
		Expect(w.metrics).NotTo(ContainElement(HavePrefix("ComplianceScore")))
		Expect(w.metrics).To(ContainElement(HavePrefix("ReportAgeSeconds")))
	})

	It("should say that all is missing when there are no rules", func() {
		w.rules = map[string][][]string{"somebody-elses": {}}
		Expect(w.run("first")).To(Succeed())
		Expect(w.summary().Complete).To(BeFalse())
		Expect(w.summary().Missing).To(Equal([]report.Missing{
			{Rule: "*", Why: "no Config rule's name starts with monitor-test-; deploy the config-rules layer"},
		}))
	})

	Context("when a rule can't be read", func() {
		BeforeEach(func() { w.failing["PAGE monitor-test-s3-tls 1"] = coded("AccessDeniedException") })

		It("should name what is missing and why, and keep what was read", func() {
			Expect(w.run("first")).To(Succeed())
			Expect(w.summary().Complete).To(BeFalse())
			Expect(w.summary().Missing).To(HaveExactElements(
				And(HaveField("Rule", "s3-tls"), HaveField("Why", ContainSubstring("AccessDeniedException")), HaveField("Pages", 1))))
			Expect(w.summary().Rules[3]).To(And(HaveField("Complete", false), HaveField("Compliant", 1)))
			Expect(w.lines(resultsKey)).To(HaveLen(6))
		})

		It("should emit that the report is incomplete, and nothing that would look like an improvement", func() {
			Expect(w.run("first")).To(Succeed())
			Expect(w.metrics).To(Equal([]string{
				"ExemptionsExpiring 0 Count",
				"IncompleteReports 1 Count",
				"NonCompliantResources{Rule=empty} 0 Count",
				"NonCompliantResources{Rule=root-mfa} 0 Count",
				"NonCompliantResources{Rule=s3-encryption} 1 Count",
			}))
		})
	})

	DescribeTable("should say which part of the report it could not make, and make the others",
		func(call string, err error, part, why string) {
			w.failing[call] = err
			Expect(w.run("first")).To(Succeed())
			Expect(w.summary().Complete).To(BeTrue())
			Expect(w.summary().Unavailable).To(HaveExactElements(And(HaveField("Part", part), HaveField("Why", ContainSubstring(why)))))
			if part == report.PartExemptions {
				Expect(w.metrics).NotTo(ContainElement(HavePrefix("ExemptionsExpiring")))
			}
		},
		Entry("the exemptions", "GET config/exemptions.json", errAWS, "exemptions", "not well"),
		Entry("exemptions that are not there", "GET config/exemptions.json", coded("NoSuchKey"), "exemptions", "deploy the functions layer"),
		Entry("the list of remediations", "LIST remediations/", errAWS, "remediations", "not well"),
		Entry("a remediation", "GET remediations/2026/11/20/1.json", errAWS, "remediations", "1 records could not be read; the first: "),
	)

	It("should not read exemptions that are not whole as none", func() {
		w.fault = func(call string, _ int) fault {
			if call == "GET config/exemptions.json" {
				return truncate
			}
			return none
		}
		Expect(w.run("first")).To(Succeed())
		Expect(w.summary().Unavailable).To(HaveExactElements(HaveField("Part", "exemptions")))
	})

	It("should show the newest of many remediations, and say how many there are", func() {
		for i := range 250 {
			w.remediated(time.Duration(i).String(), "planned", now.Add(-time.Duration(i)*time.Second))
		}
		Expect(w.run("first")).To(Succeed())
		Expect(w.summary().Remediations.Changed).To(Equal(251))
		Expect(w.summary().Remediations.Newest).To(HaveLen(report.RemediationsShown))
		Expect(w.summary().Remediations.Newest[99].Updated).To(Equal(now.Add(-99 * time.Second)))
		Expect(w.count("GET remediations/")).To(Equal(report.RemediationsShown))
	})

	It("should fail outside of Lambda", func() {
		Expect(w.handler().Handle(context.Background(), nil)).To(MatchError(ContainSubstring("not one of Lambda's")))
	})

	It("should leave no file on disk, and report nothing, when the disk does not keep the results", func() {
		w = second()
		w.many = 40_000
		before := w.files()
		for broken := 0; ; broken++ {
			folder, made := GinkgoT().TempDir(), 0
			handler := w.handler()
			handler.Temp = func(_, pattern string) (*os.File, error) {
				file, err := os.CreateTemp(folder, pattern)
				if made++; err == nil && made-1 == broken {
					Expect(file.Close()).To(Succeed())
					return os.Open(file.Name()) // for reading only
				}
				return file, err
			}
			err := handler.Handle(lambda(context.Background(), "second"), nil)
			Expect(filepath.Glob(folder + "/*")).To(BeEmpty())
			if err == nil {
				Expect(broken).To(BeNumerically(">=", 5))
				break
			}
			Expect(err).To(MatchError(Or(ContainSubstring("to disk"), ContainSubstring("on disk"))))
			Expect(w.files()).To(Equal(before))
		}
		for missing := range 5 {
			w := second()
			made := 0
			handler := w.handler()
			handler.Temp = func(_, pattern string) (*os.File, error) {
				if made++; made-1 == missing {
					return nil, errAWS
				}
				return os.CreateTemp(GinkgoT().TempDir(), pattern)
			}
			Expect(handler.Handle(lambda(context.Background(), "second"), nil)).To(MatchError(errAWS))
		}
	})
})
