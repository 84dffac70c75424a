package foundation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// retries is how deliveries over HTTP are tried again: 20 times in about an hour.
const retries = `{"http": {
	"defaultHealthyRetryPolicy": {"minDelayTarget": 20, "maxDelayTarget": 300, "numRetries": 20, "numMaxDelayRetries": 5,
		"numNoDelayRetries": 3, "numMinDelayRetries": 2, "backoffFunction": "exponential"},
	"disableSubscriptionOverrides": false,
	"defaultThrottlePolicy": {"maxReceivesPerSecond": 10}}}`

// subscriptions are all subscriptions to a topic.
func subscriptions(ctx context.Context, topic string) []types.Subscription {
	GinkgoHelper()
	topicARN := stage.ARN("sns", topic)
	listed, err := clients.SNS.ListSubscriptionsByTopic(ctx, &sns.ListSubscriptionsByTopicInput{TopicArn: &topicARN})
	Expect(err).NotTo(HaveOccurred())
	return listed.Subscriptions
}

var _ = Describe("The topics", func() {
	publish := func(topic string) policydoc.Statement {
		return policydoc.Allow([]string{"sns:Publish"}, stage.ARN("sns", topic))
	}
	functions := func(topic string) policydoc.Statement {
		return publish(topic).By("arn:aws:iam::"+stage.Account+":root").
			If("ArnLike", "aws:PrincipalArn", "arn:aws:iam::"+stage.Account+":role/"+prefix+"-*")
	}

	DescribeTable("should be encrypted, signed, traced, and retry deliveries",
		func(ctx SpecContext, topic, displayName string) {
			topicARN := stage.ARN("sns", topic)
			topicOf, err := clients.SNS.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &topicARN})
			Expect(err).NotTo(HaveOccurred())
			Expect(topicOf.Attributes).To(And(
				HaveKeyWithValue("DisplayName", displayName),
				HaveKeyWithValue("KmsMasterKeyId", *key(ctx).Arn),
				HaveKeyWithValue("SignatureVersion", "2"),
				HaveKeyWithValue("TracingConfig", "Active"),
				HaveKeyWithValue("DeliveryPolicy", MatchJSON(retries)),
			))
		},
		Entry("violations", violations, "Compliance violations"),
		Entry("operations", operations, "Compliance monitor operations"),
	)

	DescribeTable("should take messages over TLS from the deployment's own senders only",
		func(ctx SpecContext, topic string, allowed policydoc.Document) {
			topicARN := stage.ARN("sns", topic)
			topicOf, err := clients.SNS.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &topicARN})
			Expect(err).NotTo(HaveOccurred())
			allowed["DenyPlainHTTP"] = policydoc.DenyPlainHTTP("sns:Publish", topicARN)
			Expect(policydoc.Parse(topicOf.Attributes["Policy"])).To(Equal(allowed))
		},
		Entry("violations, from the functions", violations, policydoc.Document{"FunctionsPublish": functions(violations)}),
		Entry("operations, from the functions and the alarms", operations, policydoc.Document{
			"FunctionsPublish": functions(operations),
			"AlarmsPublish": publish(operations).From("cloudwatch.amazonaws.com").
				If("StringEquals", "aws:SourceAccount", stage.Account).
				If("ArnLike", "aws:SourceArn", stage.ARN("cloudwatch", "alarm:"+prefix+"*")),
		}),
	)

	DescribeTable("should mail the settings' subscribers, and keep what can't be delivered",
		func(ctx SpecContext, topic, email string) {
			listed := subscriptions(ctx, topic)
			Expect(listed).To(ConsistOf(And(
				HaveField("Protocol", HaveValue(Equal("email"))), HaveField("Endpoint", HaveValue(Equal(email))),
			)))
			Expect(clients.SNS.GetSubscriptionAttributes(ctx, &sns.GetSubscriptionAttributesInput{
				SubscriptionArn: listed[0].SubscriptionArn,
			})).To(HaveField("Attributes", And(
				HaveKeyWithValue("TopicArn", stage.ARN("sns", topic)),
				HaveKeyWithValue("RawMessageDelivery", "false"),
				HaveKeyWithValue("RedrivePolicy", MatchJSON(`{"deadLetterTargetArn": "`+stage.ARN("sqs", deliveries)+`"}`)),
			)))
		},
		Entry("violations", violations, "security@example.com"),
		Entry("operations", operations, "operations@example.com"),
	)

	DescribeTable("should be tagged",
		func(ctx SpecContext, topic, purpose string) {
			Expect(clients.TopicTags(ctx, stage.ARN("sns", topic))).To(expect.Tags(purpose))
		},
		Entry("violations", violations, "Tells people about resources that violate a rule"),
		Entry("operations", operations, "Tells operators about alarms and remediations of the compliance monitor"),
	)
})

var _ = Describe("The queue of what could not be delivered", func() {
	queueURL := func(ctx context.Context) *string {
		GinkgoHelper()
		found, err := clients.SQS.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &deliveries})
		Expect(err).NotTo(HaveOccurred())
		return found.QueueUrl
	}

	It("should be encrypted with the key, and keep messages for 14 days", func(ctx SpecContext) {
		queue, err := clients.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
			QueueUrl: queueURL(ctx), AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameAll},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(queue.Attributes).To(And(
			HaveKeyWithValue("KmsMasterKeyId", *key(ctx).Arn),
			HaveKeyWithValue("MessageRetentionPeriod", "1209600"),
			Not(HaveKey("RedrivePolicy")),
		))
		queueARN := stage.ARN("sqs", deliveries)
		Expect(policydoc.Parse(queue.Attributes["Policy"])).To(Equal(policydoc.Document{
			"DenyPlainHTTP": policydoc.DenyPlainHTTP("sqs:*", queueARN),
			"Sender1": policydoc.Allow([]string{"sqs:SendMessage"}, queueARN).From("sns.amazonaws.com").
				If("ArnEquals", "aws:SourceArn", stage.ARN("sns", operations), stage.ARN("sns", violations)),
		}))
	})

	It("should be tagged", func(ctx SpecContext) {
		Expect(clients.QueueTags(ctx, *queueURL(ctx))).To(expect.Tags("Holds notifications that no subscriber took"))
	})
})
