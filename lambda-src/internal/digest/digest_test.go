package digest_test

import (
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/digest"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
)

var started = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func exemption(resource, until string, days int) report.Exemption {
	e := report.Exemption{DaysLeft: days, Covers: 3, Exemption: exemptions.Exemption{Rule: "s3-tls", Resource: resource, Owner: "shop", Reason: "moving\nhouse"}}
	Expect(e.Expires.UnmarshalText([]byte(until))).To(Succeed())
	return e
}

func list(severity catalogue.Severity, n int) report.List {
	found := report.List{Count: n, First: []report.Item{}}
	for i := range min(n, report.ItemsShown) {
		found.First = append(found.First, report.Item{
			Rule: "s3-encryption", Severity: severity, ResourceType: "AWS::S3::Bucket", ResourceID: fmt.Sprint("bucket-", i),
			Since: started.Add(-time.Hour), Resolved: started,
		})
	}
	return found
}

// news is of a report that is complete and like the one before.
func news() digest.News {
	s := report.New("monitor-test", "123456789012", "us-east-1", started)
	score, before := 87.59, 90.0
	s.Complete, s.Score, s.Resources = true, &score, report.Resources{Compliant: 7, NonCompliant: 2}
	return digest.News{Summary: s, Base: &report.Base{Started: started.Add(-6 * time.Hour), Score: &before}, Bucket: "monitor-reports"}
}

var _ = Describe("The digest", func() {
	It("should have nothing to say when nothing changed", func() {
		unchanged := news()
		unchanged.Summary.Changes.Still = list("high", 5)
		Expect(unchanged.Changed()).To(BeFalse())
	})

	It("should say what changed, worst and newest first, and where all of it is", func() {
		n := news()
		n.Summary.Changes.New, n.Summary.Changes.Resolved, n.Summary.Changes.Still = list("critical", 2), list("low", 1), list("high", 5)
		n.Summary.Changes.New.First[1].ExemptUntil = "2026-12-24"
		n.Summary.Changes.NewRules = []string{"log-retention"}
		n.Due = []report.Exemption{exemption("logs-*", "2026-11-28", 5)}
		Expect(n.Changed()).To(BeTrue())
		message := n.Message()
		Expect(message.Subject).To(Equal("[CRITICAL] compliance of monitor-test: 2 new, 1 resolved, 1 expiring, score 87.5 %"))
		Expect(message.Attributes).To(Equal(map[string]string{"severity": "critical", "compliance": "NON_COMPLIANT"}))
		Expect(message.Body).To(Equal(`Compliance of monitor-test, account 123456789012, us-east-1
Report of 2026-11-23 12:00 UTC, compared with that of 2026-11-23 06:00 UTC

Score 87.5 % (it was 90.0 %). Resources: 2 violate a rule, 7 violate none.
The report is complete.

NEW VIOLATIONS (2)
  [CRITICAL] s3-encryption: AWS::S3::Bucket bucket-0, since 2026-11-23 11:00 UTC
    https://us-east-1.console.aws.amazon.com/config/home?region=us-east-1#/resources/timeline?resourceId=bucket-0&resourceType=AWS%3A%3AS3%3A%3ABucket
  [CRITICAL] s3-encryption: AWS::S3::Bucket bucket-1, since 2026-11-23 11:00 UTC, exempt until 2026-12-24
    https://us-east-1.console.aws.amazon.com/config/home?region=us-east-1#/resources/timeline?resourceId=bucket-1&resourceType=AWS%3A%3AS3%3A%3ABucket

RESOLVED (1)
  [LOW] s3-encryption: AWS::S3::Bucket bucket-0, failing since 2026-11-23 11:00 UTC

RULES REPORTED FOR THE FIRST TIME (1)
  log-retention

EXEMPTIONS THAT END (1)
  s3-tls on logs-* ends in 5 days, on 2026-11-28; it covers 3 violations. Owner: shop. Reason: moving house

Still failing: 5

The whole report: s3://monitor-reports/reports/2026/11/23/120000Z/report.html
https://us-east-1.console.aws.amazon.com/s3/object/monitor-reports?prefix=reports%2F2026%2F11%2F23%2F120000Z%2Freport.html&region=us-east-1
`))
	})

	It("should say how much more there is", func() {
		n := news()
		n.Summary.Changes.New = list("high", 12_345)
		n.Summary.Changes.New.First[0].ResourceID = strings.Repeat("x", 1000)
		body := n.Message().Body
		Expect(body).To(And(ContainSubstring("NEW VIOLATIONS (12345)"), ContainSubstring("\n  and 12325 more\n"), ContainSubstring("xxx..., since")))
		Expect(strings.Count(body, "[HIGH]")).To(Equal(20))
		Expect(len(n.Message().Subject)).To(BeNumerically("<", 100))
	})

	It("should be the first one's", func() {
		n := news()
		n.Base = nil
		n.Summary.Changes.Still = list("medium", 1)
		Expect(n.Changed()).To(BeTrue())
		Expect(n.Message().Subject).To(Equal("[MEDIUM] compliance of monitor-test: first report, 1 failing, score 87.5 %"))
		Expect(n.Message().Body).To(And(ContainSubstring("First report, of 2026-11-23 12:00 UTC"), ContainSubstring("VIOLATIONS (1)"),
			ContainSubstring("Score 87.5 %. Resources"), Not(ContainSubstring("Still failing"))))
		n.Summary.Changes.Still, n.Summary.Score = report.List{}, nil
		Expect(n.Message().Subject).To(Equal("[INFO] compliance of monitor-test: first report, 0 failing, score unknown"))
		Expect(n.Message().Attributes).To(BeEmpty())
	})

	It("should say that a part is missing, and that it is there again", func() {
		n := news()
		n.Summary.Complete = false
		n.Summary.Missing = []report.Missing{{Rule: "s3-tls", Why: "throttled", Pages: 7}}
		n.Summary.Unavailable = []report.Unavailable{{Part: report.PartExemptions, Why: "denied"}}
		Expect(n.Changed()).To(BeTrue())
		Expect(n.Message().Subject).To(Equal("[INFO] compliance of monitor-test: incomplete, score 87.5 %"))
		Expect(n.Message().Body).To(And(ContainSubstring("NOT complete"), ContainSubstring("  s3-tls, after 7 pages: throttled\n"),
			ContainSubstring("  exemptions: denied\n")))
		n.Base.Missing = []string{"s3-tls"}
		Expect(n.Changed()).To(BeFalse(), "it was told")
		n = news()
		n.Base.Missing = []string{"s3-tls"}
		Expect(n.Changed()).To(BeTrue())
		Expect(n.Message().Subject).To(Equal("[INFO] compliance of monitor-test: complete again, score 87.5 %"))
		Expect(n.Message().Body).To(ContainSubstring("The report is complete again."))
	})

	DescribeTable("should say when an exemption ends",
		func(days int, said string) {
			n := news()
			n.Due = []report.Exemption{exemption("x", "2026-11-24", days)}
			Expect(n.Message().Body).To(ContainSubstring("s3-tls on x " + said + "; it covers"))
		},
		Entry("in days", 12, "ends in 12 days, on 2026-11-24"),
		Entry("tomorrow", 1, "ends tomorrow, on 2026-11-24"),
		Entry("today", 0, "ends today"),
		Entry("before today", -2, "ended on 2026-11-24"),
	)
})

var _ = Describe("Exemptions that end", func() {
	It("should be told of at 14, 7 and 1 days before, and when they have ended, each once", func() {
		var told map[string]int
		var days []int
		for left := 20; left > -5; left-- {
			due, then := digest.Due([]report.Exemption{exemption("x", "2026-12-24", left)}, told)
			if len(due) > 0 {
				days = append(days, left)
			}
			told = then
		}
		Expect(days).To(Equal([]int{14, 7, 1, -1}))
	})

	It("should be told of although no report came for days", func() {
		due, told := digest.Due([]report.Exemption{exemption("x", "2026-12-24", 5)}, nil)
		Expect(due).To(HaveLen(1))
		due, _ = digest.Due([]report.Exemption{exemption("x", "2026-12-24", 4)}, told)
		Expect(due).To(BeEmpty())
	})

	It("should be told of again when they were extended, the next to end first, and be forgotten when they are gone", func() {
		_, told := digest.Due([]report.Exemption{exemption("x", "2026-12-24", 5)}, nil)
		due, told := digest.Due([]report.Exemption{exemption("x", "2027-01-24", 14), exemption("y", "2027-01-20", 3), exemption("z", "2027-06-20", 99)}, told)
		Expect(due).To(HaveExactElements(HaveField("Resource", "y"), HaveField("Resource", "x")))
		Expect(told).To(HaveLen(2))
	})
})
