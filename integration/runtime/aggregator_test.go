package runtime_test

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

var _ = Describe("The aggregator", func() {
	It("should report all results of our rules, point to the report, and measure it", func(ctx SpecContext) {
		evaluate(ctx, "s3-versioning", map[string]string{
			"first": "COMPLIANT", "second": "COMPLIANT", "third": "NON_COMPLIANT", "fourth": "NOT_APPLICABLE",
		})
		mail := inbox(ctx, "violations")
		answer := invoke(ctx, names.Aggregator, []byte(schedule), nil)

		By("writing the report")
		latest := read(ctx, names.LatestReportKey)
		files, _ := latest["files"].(map[string]any)
		key, _ := files["summary"].(string)
		Expect(key).To(MatchRegexp(`^reports/\d{4}/\d\d/\d\d/\d{6}Z/summary\.json$`))
		summary := read(ctx, key)
		Expect(latest["summary"]).To(Equal(map[string]any(summary)))
		Expect(summary).To(And(
			HaveKeyWithValue("complete", true), HaveKeyWithValue("missing", BeEmpty()), HaveKeyWithValue("prefix", prefix),
			HaveKeyWithValue("schemaVersion", 2.0), HaveKeyWithValue("unavailable", BeEmpty()),
			HaveKeyWithValue("rules", HaveLen(ruleCount(ctx))),
			HaveKeyWithValue("rules", ContainElement(And(
				HaveKeyWithValue("rule", "s3-versioning"), HaveKeyWithValue("complete", true),
				HaveKeyWithValue("compliant", 2.0), HaveKeyWithValue("nonCompliant", 1.0), HaveKeyWithValue("notApplicable", 1.0),
			))),
		))

		By("telling of it")
		Expect(received(ctx, mail, 1)).To(ConsistOf(HaveField("Subject", And(
			ContainSubstring("compliance of "+prefix), ContainSubstring("score")))))

		By("keeping it encrypted with the key")
		for _, file := range []any{names.LatestReportKey, files["summary"], files["results"], files["page"]} {
			Expect(clients.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String(file.(string))})).To(And(
				HaveField("ServerSideEncryption", types.ServerSideEncryptionAwsKms),
				HaveField("SSEKMSKeyId", HaveValue(Equal(keyARN))),
			))
		}

		By("measuring it")
		Expect(metrics(answer.Output)).To(ContainElements(
			metric(names.MetricComplianceScore, summary["score"]),
			metric(names.MetricReportAge, BeNumerically("<", 60)),
			metric(names.MetricIncompleteReports, 0.0),
			metric(names.MetricExemptionsExpiring, 0.0),
			metric(names.MetricNonCompliant, 1.0, names.DimensionRule, "s3-versioning"),
			metric(names.MetricNonCompliant, 0.0, names.DimensionSeverity, "critical"),
		))
	})
})

// ruleCount is how many Config rules are deployed.
func ruleCount(ctx context.Context) int {
	GinkgoHelper()
	all, err := clients.Inventory(ctx, prefix)
	Expect(err).NotTo(HaveOccurred())
	count := 0
	for _, item := range all {
		if strings.HasPrefix(item, "config rule ") {
			count++
		}
	}
	return count
}
