package report_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"time"

	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
)

var (
	started = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	errDisk = errors.New("the disk is broken")
)

// records is a source of records in memory, which fails after them if it has an error.
type records struct {
	left []sorted.Record
	err  error
}

func (r *records) Next() (sorted.Record, error) {
	if len(r.left) == 0 {
		if r.err != nil {
			return sorted.Record{}, r.err
		}
		return sorted.Record{}, io.EOF
	}
	next := r.left[0]
	r.left = r.left[1:]
	return next, nil
}

// source is the records as a source, sorted.
func source(all ...sorted.Record) *records {
	all = slices.Clone(all)
	slices.SortFunc(all, sorted.Record.Compare)
	return &records{left: all}
}

// output keeps everything. It fails at one of its calls.
type output struct {
	results    []report.Result
	violations []sorted.Record
	resources  map[string]bool
	fail       int
	calls      int
}

func (o *output) call() error {
	if o.calls++; o.calls == o.fail {
		return errDisk
	}
	return nil
}

func (o *output) Result(result report.Result) error {
	o.results = append(o.results, result)
	return o.call()
}

func (o *output) Violation(record sorted.Record) error {
	o.violations = append(o.violations, sorted.Record{Key: bytes.Clone(record.Key), Value: bytes.Clone(record.Value)})
	return o.call()
}

func (o *output) Resource(resource []byte, nonCompliant bool) error {
	if o.resources == nil {
		o.resources = map[string]bool{}
	}
	o.resources[string(resource)] = o.resources[string(resource)] || nonCompliant
	return o.call()
}

// result is a bucket's result, which AWS Config has recorded at the given time.
func result(rule, bucket, compliance string, at time.Time) sorted.Record {
	return report.Encode(rule, 0, awshttp.Evaluation{
		ResourceType: "AWS::S3::Bucket", ResourceID: bucket, Ordering: at,
		Compliance: compliance, Recorded: at.Add(time.Minute), Annotation: "as told",
	})
}

// build makes a report and keeps what it says for the next one.
func build(in report.Input, results []sorted.Record, violations []sorted.Record) (report.Summary, report.Base, *output) {
	out := &output{}
	summary, base, err := report.Build(in, source(results...), source(violations...), out)
	Expect(err).NotTo(HaveOccurred())
	Expect(slices.IsSortedFunc(out.violations, sorted.Record.Compare)).To(BeTrue())
	return summary, base, out
}

// input is a report of complete rules.
func input(rules ...string) report.Input {
	in := report.Input{Prefix: "monitor-test", Account: "123456789012", Region: "us-east-1", Started: started}
	for _, rule := range rules {
		in.Rules = append(in.Rules, report.RuleSummary{Rule: rule, ConfigRule: "monitor-test-" + rule, Severity: "high"})
	}
	return in
}
