package aggregator_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/aggregator"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/objects"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

var (
	now      = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ordering = now.Add(-2 * time.Hour)
	recorded = now.Add(-time.Hour)
)

const (
	folder        = "reports/2026/11/23/120000Z/"
	resultsKey    = folder + "results.ndjson.gz"
	summaryKey    = folder + "summary.json"
	pageKey       = folder + "report.html"
	latestKey     = "reports/latest.json"
	checkpointKey = "state/aggregator/checkpoint.json"
	ledgerKey     = "state/aggregator/ledger.json"
	bucketName    = "monitor-test-reports"
)

var shipped = &catalogue.Catalogue{Rules: []catalogue.Rule{
	{Name: "s3-encryption", Severity: catalogue.High},
	{Name: "s3-tls", Severity: catalogue.Medium},
	{Name: "root-mfa", Severity: catalogue.Critical},
	{Name: "empty", Severity: catalogue.Low},
	{Name: "many", Severity: catalogue.Low},
}}

// usual is a world with all kinds of results, and two mails' worth of other things.
func usual() *world {
	w := newWorld()
	w.rules = map[string][][]string{
		"monitor-test-s3-encryption": {
			{"AWS::S3::Bucket/c=COMPLIANT", "AWS::S3::Bucket/b=NON_COMPLIANT"}, {}, {"AWS::S3::Bucket/a=COMPLIANT"},
		},
		"monitor-test-s3-tls": {
			{"AWS::S3::Bucket/a=COMPLIANT"}, {"AWS::S3::Bucket/b=NON_COMPLIANT"}, {"AWS::S3::Bucket/gone=NOT_APPLICABLE"},
		},
		"monitor-test-root-mfa": {{"AWS::::Account/1=INSUFFICIENT_DATA", "AWS::::Account/2=UNHEARD_OF"}},
		"monitor-test-empty":    {},
		"somebody-elses":        {{"AWS::S3::Bucket/x=NON_COMPLIANT"}},
	}
	w.exempt("2026-12-31")
	w.remediated("1", "verified", now.Add(-time.Hour))
	return w
}

// exempt writes an exemption of the bucket b from s3-tls.
func (w *world) exempt(until string) {
	w.objects[names.ExemptionsKey] = object{content: []byte(
		`{"schemaVersion":1,"exemptions":[{"rule":"s3-tls","resource":"b*","owner":"shop","reason":"moving","expires":"` + until + `"}]}`)}
}

// remediated writes the record of a remediation.
func (w *world) remediated(id, outcome string, at time.Time) {
	content, err := json.Marshal(map[string]any{
		"schemaVersion": 1, "rule": "s3-encryption", "resourceType": "AWS::S3::Bucket", "resourceId": "bucket-" + id, "outcome": outcome,
		"updatedAt": at, "changes": []any{map[string]any{"property": "algorithm", "before": "none", "after": "aws:kms"}},
	})
	Expect(err).NotTo(HaveOccurred())
	w.objects["remediations/2026/11/20/"+id+".json"] = object{content: content, modified: at}
}

// set replaces the results of a rule, in one page.
func (w *world) set(rule string, results ...string) {
	w.rules["monitor-test-"+rule] = [][]string{results}
}

func lambda(ctx context.Context, request string) context.Context {
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{
		AwsRequestID: request, InvokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:monitor-test-aggregator",
	})
}

// handler is the aggregator in a world.
func (w *world) handler() *aggregator.Handler {
	return &aggregator.Handler{
		Prefix: "monitor-test", Rules: shipped, Config: w, Store: store.New(w, bucketName), Objects: objects.New(w, bucketName),
		Topic: notify.NewTopic(w, "topic"), Metrics: w, Log: slog.New(slog.NewJSONHandler(GinkgoWriter, nil)),
		Now: func() time.Time { return w.clock },
		Within: func(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
			ctx, w.cancel = context.WithCancel(ctx)
			return ctx, w.cancel
		},
		Temp: os.CreateTemp,
	}
}

// run is one run of the invocation with the given id. It may last 15 minutes.
func (w *world) run(request string) error {
	w.over = false
	return w.handler().Handle(lambda(context.Background(), request), []byte(`{}`))
}

// ends runs the invocation as often as Lambda would until it succeeds, and returns the errors.
func (w *world) ends(request string) []error {
	GinkgoHelper()
	var faults []error
	for err := w.run(request); err != nil; err = w.run(request) {
		faults = append(faults, err)
		Expect(len(faults)).To(BeNumerically("<", 50), "it never ends: %v", err)
		w.clock = w.clock.Add(time.Second)
	}
	return faults
}

func (w *world) latest() report.Latest {
	GinkgoHelper()
	var latest report.Latest
	Expect(json.Unmarshal(w.objects[latestKey].content, &latest)).To(Succeed())
	return latest
}

func (w *world) summary() report.Summary {
	GinkgoHelper()
	return w.latest().Summary
}

// lines unpacks results.ndjson.gz.
func (w *world) lines(key string) []report.Result {
	GinkgoHelper()
	packed, err := gzip.NewReader(bytes.NewReader(w.objects[key].content))
	Expect(err).NotTo(HaveOccurred())
	content, err := io.ReadAll(packed)
	Expect(err).NotTo(HaveOccurred())
	var results []report.Result
	for line := range bytes.Lines(content) {
		var result report.Result
		Expect(json.Unmarshal(line, &result)).To(Succeed())
		results = append(results, result)
	}
	return results
}

// files are all files of reports, by key.
func (w *world) files() map[string]string {
	files := map[string]string{}
	for _, key := range w.keys(names.ReportsPrefix) {
		files[key] = string(w.objects[key].content)
	}
	return files
}
