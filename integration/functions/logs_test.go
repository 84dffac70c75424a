package functions_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

var _ = Describe("A function's log group", func() {
	DescribeTable("should keep logs for 7 days, encrypted with the key, and be tagged",
		func(ctx SpecContext, short string) {
			name := "/aws/lambda/" + full(short)
			groups, err := clients.Logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{
				LogGroupNamePrefix: aws.String(name),
			})
			Expect(err).NotTo(HaveOccurred())
			Expect(groups.LogGroups).To(ConsistOf(And(
				HaveField("LogGroupName", HaveValue(Equal(name))),
				HaveField("RetentionInDays", HaveValue(BeEquivalentTo(7))),
				HaveField("KmsKeyId", HaveValue(Equal(keyARN))),
			)))
			Expect(clients.LogGroupTags(ctx, stage.ARN("logs", "log-group:"+name))).To(expect.Tags("Keeps the logs of the " + short))
		},
		everyFunction(),
	)
})
