package functions_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

var _ = Describe("A dead-letter queue", func() {
	DescribeTable("should be encrypted with the key, keep messages for 14 days, and take them from whom it is for only",
		func(ctx SpecContext, short string, senders ...string) {
			queue, err := clients.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
				QueueUrl: aws.String(queueURL(short)), AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
			})
			Expect(err).NotTo(HaveOccurred())
			Expect(queue.Attributes).To(And(
				HaveKeyWithValue("QueueArn", stage.ARN("sqs", full(short))),
				HaveKeyWithValue("KmsMasterKeyId", keyARN),
				HaveKeyWithValue("MessageRetentionPeriod", "1209600"),
				Not(HaveKey("RedrivePolicy")),
			))
			wanted := policydoc.Document{"DenyPlainHTTP": policydoc.DenyPlainHTTP("sqs:*", stage.ARN("sqs", full(short)))}
			if len(senders) > 0 {
				wanted["Sender1"] = policydoc.Allow([]string{"sqs:SendMessage"}, stage.ARN("sqs", full(short))).
					From("events.amazonaws.com").If("ArnEquals", "aws:SourceArn", senders...)
			}
			Expect(policydoc.Parse(queue.Attributes["Policy"])).To(Equal(wanted))
		},
		Entry("of events that the processor could not handle", "processor-failures"),
		Entry("of events that the aggregator could not handle", "aggregator-failures"),
		Entry("of events that the remediator could not handle", "remediator-failures"),
		Entry("of events that did not reach the processor", "processor-undelivered", eventRuleARN("processor-compliance")),
		Entry("of events that did not reach the aggregator", "aggregator-undelivered", eventRuleARN("aggregator-schedule")),
		Entry("of events that did not reach the remediator", "remediator-undelivered",
			eventRuleARN("remediator-compliance"), eventRuleARN("remediator-schedule")),
	)

	DescribeTable("should be tagged",
		func(ctx SpecContext, short string) {
			Expect(clients.QueueTags(ctx, queueURL(short+"-failures"))).To(
				expect.Tags("Holds events that the " + short + " could not handle"))
			Expect(clients.QueueTags(ctx, queueURL(short+"-undelivered"))).To(
				expect.Tags("Holds events that did not reach the " + short))
		},
		everyFunction(),
	)
})
