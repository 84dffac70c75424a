package aggregator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"runtime"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/aggregator"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	resultsKey = "reports/2026/11/23/120000Z/results.ndjson.gz"
	summaryKey = "reports/2026/11/23/120000Z/summary.json"
	latestKey  = "reports/latest.json"
)

func lambda(ctx context.Context) context.Context {
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{
		AwsRequestID: "request-1", InvokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:monitor-test-aggregator",
	})
}

var _ = Describe("The aggregator", func() {
	var (
		config  *fakeConfig
		reports *bucket
		emitted *metrics
		logged  *bytes.Buffer
		clock   time.Time
		handler *aggregator.Handler

		temporary string
	)

	BeforeEach(func() {
		reports, emitted, logged, clock, temporary = newBucket(), &metrics{}, &bytes.Buffer{}, now, GinkgoT().TempDir()
		config = &fakeConfig{results: map[string][]string{
			"monitor-test-s3-encryption": {"AWS::S3::Bucket/a=COMPLIANT", "AWS::S3::Bucket/b=NON_COMPLIANT", "AWS::S3::Bucket/c=COMPLIANT"},
			"monitor-test-s3-tls":        {"AWS::S3::Bucket/a=COMPLIANT", "AWS::S3::Bucket/b=NON_COMPLIANT", "AWS::S3::Bucket/gone=NOT_APPLICABLE"},
			"monitor-test-root-mfa":      {"AWS::::Account/1=INSUFFICIENT_DATA", "AWS::::Account/2=UNHEARD_OF"},
			"monitor-test-empty":         {},
			"somebody-elses":             {"AWS::S3::Bucket/x=NON_COMPLIANT"},
		}}
		handler = &aggregator.Handler{
			Prefix: "monitor-test",
			Rules: &catalogue.Catalogue{Rules: []catalogue.Rule{
				{Name: "s3-encryption", Severity: catalogue.High},
				{Name: "s3-tls", Severity: catalogue.Medium},
				{Name: "root-mfa", Severity: catalogue.Critical},
				{Name: "empty", Severity: catalogue.Low},
			}},
			Config: config, Store: reports, Metrics: emitted, Log: slog.New(slog.NewJSONHandler(logged, nil)),
			Now:  func() time.Time { clock = clock.Add(time.Second); return clock.Add(-time.Second) },
			Temp: func(_, pattern string) (*os.File, error) { return os.CreateTemp(temporary, pattern) },
		}
	})

	run := func() error { return handler.Handle(lambda(context.Background()), []byte(`{}`)) }

	summary := func() aggregator.Summary {
		var found aggregator.Summary
		Expect(json.Unmarshal(reports.content[summaryKey], &found)).To(Succeed())
		return found
	}

	AfterEach(func() {
		Expect(os.ReadDir(temporary)).To(BeEmpty(), "no file may stay on disk")
	})

	Context("when all can be read", func() {
		It("should say so, and count results, resources, severities and rules", func() {
			Expect(run()).To(Succeed())
			Expect(reports.content[summaryKey]).To(MatchJSON(`{
				"schemaVersion": 1, "prefix": "monitor-test", "account": "123456789012", "region": "us-east-1",
				"startedAt": "2026-11-23T12:00:00Z", "finishedAt": "2026-11-23T12:00:01Z", "complete": true, "missing": [], "score": 60,
				"results": {"compliant": 3, "nonCompliant": 2, "notApplicable": 1, "insufficientData": 2},
				"resources": {"compliant": 2, "nonCompliant": 1},
				"severities": [
					{"severity": "critical", "compliant": 0, "nonCompliant": 0, "notApplicable": 0, "insufficientData": 2},
					{"severity": "high", "compliant": 2, "nonCompliant": 1, "notApplicable": 0, "insufficientData": 0},
					{"severity": "medium", "compliant": 1, "nonCompliant": 1, "notApplicable": 1, "insufficientData": 0},
					{"severity": "low", "compliant": 0, "nonCompliant": 0, "notApplicable": 0, "insufficientData": 0},
					{"severity": "unrated", "compliant": 0, "nonCompliant": 0, "notApplicable": 0, "insufficientData": 0}],
				"rules": [
					{"rule": "empty", "configRule": "monitor-test-empty", "severity": "low", "complete": true,
						"compliant": 0, "nonCompliant": 0, "notApplicable": 0, "insufficientData": 0},
					{"rule": "root-mfa", "configRule": "monitor-test-root-mfa", "severity": "critical", "complete": true,
						"compliant": 0, "nonCompliant": 0, "notApplicable": 0, "insufficientData": 2},
					{"rule": "s3-encryption", "configRule": "monitor-test-s3-encryption", "severity": "high", "complete": true,
						"compliant": 2, "nonCompliant": 1, "notApplicable": 0, "insufficientData": 0},
					{"rule": "s3-tls", "configRule": "monitor-test-s3-tls", "severity": "medium", "complete": true,
						"compliant": 1, "nonCompliant": 1, "notApplicable": 1, "insufficientData": 0}],
				"files": {"summary": "` + summaryKey + `", "results": "` + resultsKey + `"}}`))
		})

		It("should have one line for each result", func() {
			Expect(run()).To(Succeed())
			lines := reports.lines(resultsKey)
			Expect(lines).To(HaveLen(8))
			Expect(lines[3]).To(Equal(aggregator.Result{
				Rule: "s3-encryption", Severity: catalogue.High, ResourceType: "AWS::S3::Bucket", ResourceID: "b",
				Compliance: "NON_COMPLIANT", Ordering: now, Recorded: now,
			}))
		})

		It("should write the pointer last, with the summary in it", func() {
			Expect(run()).To(Succeed())
			Expect(reports.keys).To(Equal([]string{resultsKey, summaryKey, latestKey}))
			var latest aggregator.Latest
			Expect(json.Unmarshal(reports.content[latestKey], &latest)).To(Succeed())
			Expect(latest).To(Equal(aggregator.Latest{
				SchemaVersion: 1, Files: aggregator.Files{Summary: summaryKey, Results: resultsKey}, Summary: summary(),
			}))
		})

		It("should emit the score, the totals and the age of the data", func() {
			Expect(run()).To(Succeed())
			Expect(emitted.lines).To(Equal([]string{
				"ComplianceScore 60 Percent",
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
				"ReportAgeSeconds 2 Seconds",
			}))
		})
	})

	It("should have no score when there is no result to count", func() {
		config.results = map[string][]string{"monitor-test-empty": {}}
		Expect(run()).To(Succeed())
		Expect(summary().Score).To(BeNil())
		Expect(summary().Complete).To(BeTrue())
		Expect(emitted.lines).NotTo(ContainElement(HavePrefix("ComplianceScore")))
		Expect(emitted.lines).To(ContainElement(HavePrefix("ReportAgeSeconds")))
	})

	It("should count a rule that the catalogue does not know as unrated", func() {
		config.results = map[string][]string{"monitor-test-newer": {"AWS::S3::Bucket/a=NON_COMPLIANT"}}
		Expect(run()).To(Succeed())
		Expect(emitted.lines).To(ContainElement("NonCompliantResources{Severity=unrated} 1 Count"))
	})

	Context("when a part can't be read", func() {
		BeforeEach(func() {
			config.failing = map[string]error{"monitor-test-s3-tls": &smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}}
		})

		It("should name what is missing and why, and keep what was read", func() {
			Expect(run()).To(Succeed())
			Expect(summary().Complete).To(BeFalse())
			Expect(summary().Missing).To(HaveLen(1))
			Expect(summary().Missing[0].Rule).To(Equal("s3-tls"))
			Expect(summary().Missing[0].Why).To(ContainSubstring("ThrottlingException"))
			Expect(summary().Rules[3].Complete).To(BeFalse())
			Expect(summary().Rules[3].Compliant).To(Equal(1))
			Expect(reports.lines(resultsKey)).To(HaveLen(6))
			Expect(logged.String()).To(ContainSubstring("the report lacks a rule"))
		})

		It("should emit that the report is incomplete, and nothing that would look like an improvement", func() {
			Expect(run()).To(Succeed())
			Expect(emitted.lines).To(Equal([]string{
				"IncompleteReports 1 Count",
				"NonCompliantResources{Rule=empty} 0 Count",
				"NonCompliantResources{Rule=root-mfa} 0 Count",
				"NonCompliantResources{Rule=s3-encryption} 1 Count",
			}))
		})
	})

	It("should say that all is missing when there are no rules", func() {
		config.results = map[string][]string{"somebody-elses": {}}
		Expect(run()).To(Succeed())
		Expect(summary().Complete).To(BeFalse())
		Expect(summary().Missing).To(Equal([]aggregator.Missing{
			{Rule: "*", Why: "no Config rule's name starts with monitor-test-; deploy the config-rules layer"},
		}))
	})

	It("should stop reading in time to say what the time did not suffice for", func() {
		ctx, cancel := context.WithTimeout(lambda(context.Background()), time.Hour)
		defer cancel()
		deadline, _ := ctx.Deadline()
		handler.Now = func() time.Time { return deadline.Add(-100 * time.Millisecond) }
		config.before = func(reading context.Context) { <-reading.Done() }
		Expect(handler.Handle(ctx, nil)).To(Succeed())
		var latest aggregator.Latest
		Expect(json.Unmarshal(reports.content[latestKey], &latest)).To(Succeed())
		Expect(latest.Summary.Complete).To(BeFalse())
		Expect(latest.Summary.Missing).To(HaveLen(4))
		Expect(latest.Summary.Missing).To(HaveEach(HaveField("Why", "the time ran out before all of its results were read")))
	})

	Context("when there is nothing to report with", func() {
		AfterEach(func() {
			Expect(emitted.lines).To(BeEmpty())
			Expect(reports.content).NotTo(HaveKey(latestKey))
		})

		It("should fail when the rules can't be listed", func() {
			config.listErr = errAWS
			Expect(run()).To(MatchError(errAWS))
			Expect(reports.keys).To(BeEmpty())
		})

		It("should fail outside of Lambda", func() {
			Expect(handler.Handle(context.Background(), nil)).To(MatchError(ContainSubstring("not one of Lambda's")))
		})

		It("should fail when a file of the report can't be written, before the pointer names it", func() {
			for reports.fail = 1; reports.fail <= 3; reports.fail++ {
				reports.keys = nil
				Expect(run()).To(MatchError(errAWS))
			}
		})
	})

	DescribeTable("should fail when the disk can't keep the results, and report nothing",
		func(results int, broken string) {
			config.many = results
			handler.Temp = func(_, pattern string) (*os.File, error) {
				file, err := os.CreateTemp(temporary, pattern)
				if err != nil || pattern != broken {
					return file, err
				}
				Expect(file.Close()).To(Succeed())
				return os.Open(file.Name()) // for reading only
			}
			Expect(run()).To(MatchError(ContainSubstring("keeping results on disk")))
			Expect(reports.keys).To(BeEmpty())
			Expect(emitted.lines).To(BeEmpty())
		},
		Entry("when they are few", 0, "results-*.ndjson.gz"),
		Entry("when they are many", 40_000, "results-*.ndjson.gz"),
		Entry("when their resources are few", 0, "keys-*"),
		Entry("when their resources are many", 40_000, "keys-*"),
	)

	DescribeTable("should fail when a file can't be made",
		func(broken string) {
			handler.Temp = func(_, pattern string) (*os.File, error) {
				if pattern == broken {
					return nil, errAWS
				}
				return os.CreateTemp(temporary, pattern)
			}
			Expect(run()).To(MatchError(errAWS))
		},
		Entry("for the results", "results-*.ndjson.gz"),
		Entry("for their resources", "keys-*"),
	)

	It("should not use more memory for more results", func() {
		measure := func(results int) uint64 {
			var memory runtime.MemStats
			config.many = results
			config.atEnd = func() {
				runtime.GC()
				runtime.ReadMemStats(&memory)
			}
			Expect(run()).To(Succeed())
			clock = now
			Expect(summary().Resources.Compliant).To(Equal(results))
			return memory.HeapAlloc
		}
		config.results = map[string][]string{}
		few, many := measure(2_000), measure(40_000)
		Expect(many).To(BeNumerically("<", few+1<<20))
	})
})
