package loop_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// summary is what is read of a report's.
type summary struct {
	Prefix      string
	Complete    bool
	Missing     []any
	Unavailable []any
	Score       float64
	Results     struct{ Compliant, NonCompliant, NotApplicable int }
	Rules       []struct {
		Rule     string
		Complete bool
	}
	Files struct{ Summary, Results, Page string }
}

// latest is the report that the reports' pointer points to.
func latest(ctx context.Context) summary {
	GinkgoHelper()
	var pointer struct {
		Summary json.RawMessage
		Files   struct{ Summary, Results, Page string }
	}
	Expect(json.Unmarshal(content(ctx, names.LatestReportKey, ""), &pointer)).To(Succeed())
	Expect(content(ctx, pointer.Files.Summary, "")).To(MatchJSON(pointer.Summary))
	var found summary
	Expect(json.Unmarshal(pointer.Summary, &found)).To(Succeed())
	Expect(found.Files).To(Equal(pointer.Files))
	return found
}

// checkReport checks the last report, which was made since a time of the local cloud's: its files and its metrics.
func checkReport(ctx context.Context, since time.Time) {
	GinkgoHelper()
	report := latest(ctx)
	Expect(report.Prefix).To(Equal(prefix))
	Expect(report.Complete).To(BeTrue())
	Expect(report.Missing).To(BeEmpty())
	rules := 0
	pages := configservice.NewDescribeConfigRulesPaginator(clients.Config, &configservice.DescribeConfigRulesInput{})
	for pages.HasMorePages() {
		rules += len(must(pages.NextPage(ctx)).ConfigRules)
	}
	Expect(report.Rules).To(HaveLen(rules))
	Expect(report.Rules).To(HaveEach(HaveField("Complete", true)))

	lines := results(ctx, report.Files.Results)
	Expect(lines).To(HaveLen(report.Results.Compliant + report.Results.NonCompliant + report.Results.NotApplicable))
	Expect(string(content(ctx, report.Files.Page, ""))).To(And(ContainSubstring("<html"), ContainSubstring("</html>")))
	for _, key := range []string{names.LatestReportKey, report.Files.Summary, report.Files.Results, report.Files.Page} {
		Expect(clients.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})).To(And(
			HaveField("ServerSideEncryption", types.ServerSideEncryptionAwsKms), HaveField("SSEKMSKeyId", HaveValue(Equal(keyARN)))))
	}
	Eventually(ctx, func() []float64 { return measured(ctx, names.MetricComplianceScore, since) }).Should(ContainElement(report.Score))
	Eventually(ctx, func() []float64 { return measured(ctx, names.MetricIncompleteReports, since) }).Should(ContainElement(0.0))
}

// results are the lines of a report.
func results(ctx context.Context, key string) []evaluation {
	GinkgoHelper()
	unpacked, err := gzip.NewReader(bytes.NewReader(content(ctx, key, "")))
	Expect(err).NotTo(HaveOccurred())
	decoder := json.NewDecoder(unpacked)
	var all []evaluation
	for {
		var line struct {
			evaluation
			Compliance string `json:"compliance"`
		}
		err := decoder.Decode(&line)
		if err == io.EOF {
			return all
		}
		Expect(err).NotTo(HaveOccurred())
		Expect(line.Compliance).NotTo(BeEmpty())
		all = append(all, line.evaluation)
	}
}

// measured are the largest values, of a minute each, of a metric of ours since a time of the local cloud's.
func measured(ctx context.Context, metric string, since time.Time, dimension ...string) []float64 {
	GinkgoHelper()
	dimensions := []cloudwatchtypes.Dimension{{Name: aws.String(names.DimensionPrefix), Value: &prefix}}
	if len(dimension) > 0 {
		dimensions = append(dimensions, cloudwatchtypes.Dimension{Name: &dimension[0], Value: &dimension[1]})
	}
	found := must(clients.CloudWatch.GetMetricData(ctx, &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(since.Add(-time.Minute)), EndTime: aws.Time(now(ctx).Add(time.Minute)),
		MetricDataQueries: []cloudwatchtypes.MetricDataQuery{{
			Id: aws.String("it"),
			MetricStat: &cloudwatchtypes.MetricStat{
				Metric: &cloudwatchtypes.Metric{Namespace: aws.String(names.MetricNamespace), MetricName: &metric, Dimensions: dimensions},
				Period: aws.Int32(60), Stat: aws.String("Maximum"),
			},
		}},
	}))
	return found.MetricDataResults[0].Values
}
