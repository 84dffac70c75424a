package foundation

import (
	"encoding/json"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// publishing is the policy of a topic that the deployment's functions publish to, with more statements.
func publishing(arn, more string) string {
	return `{
		"Version": "2012-10-17",
		"Statement": [
			{
				"Sid": "DenyPlainHTTP", "Effect": "Deny", "Principal": {"AWS": ["*"]},
				"Action": ["sns:Publish"], "Resource": ["` + arn + `"],
				"Condition": {"Bool": {"aws:SecureTransport": ["false"]}}
			},
			{
				"Sid": "FunctionsPublish", "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:root"]},
				"Action": ["sns:Publish"], "Resource": ["` + arn + `"],
				"Condition": {"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:role/monitor-test-*"]}}
			}` + more + `
		]
	}`
}

var _ = Describe("The topics", func() {
	DescribeTable("should be encrypted with the key, traced, and signed with SHA256",
		func(topic, display string) {
			recording := deploy(nil)
			Expect(recording.Resource(topic).Inputs).To(SatisfyAll(
				HaveKeyWithValue("name", "monitor-test-"+topic), HaveKeyWithValue("displayName", display),
				HaveKeyWithValue("kmsMasterKeyId", keyARN(recording)), HaveKeyWithValue("tracingConfig", "Active"),
				HaveKeyWithValue("signatureVersion", 2.0), HaveKeyWithValue("deliveryPolicy", deliveryPolicy)))
		},
		Entry("the one of violations", "violations", "Compliance violations"),
		Entry("the one of operations", "operations", "Compliance monitor operations"),
	)

	It("should let the functions publish violations", func() {
		recording := deploy(nil)
		Expect(recording.Resource("violations-policy").Inputs["arn"]).To(Equal(violationsARN))
		Expect(recording.Resource("violations-policy").Inputs["policy"]).To(MatchJSON(publishing(violationsARN, "")))
	})

	It("should let the functions and the alarms publish to operations", func() {
		recording := deploy(nil)
		Expect(recording.Resource("operations-policy").Inputs["arn"]).To(Equal(operationsARN))
		Expect(recording.Resource("operations-policy").Inputs["policy"]).To(MatchJSON(publishing(operationsARN, `, {
			"Sid": "AlarmsPublish", "Effect": "Allow", "Principal": {"Service": ["cloudwatch.amazonaws.com"]},
			"Action": ["sns:Publish"], "Resource": ["`+operationsARN+`"],
			"Condition": {
				"StringEquals": {"aws:SourceAccount": ["111122223333"]},
				"ArnLike": {"aws:SourceArn": ["arn:aws:cloudwatch:us-east-1:111122223333:alarm:monitor-test*"]}
			}
		}`)))
	})
})

var _ = Describe("The delivery policy", func() {
	var retries struct {
		HTTP struct {
			Healthy struct {
				MinDelayTarget, MaxDelayTarget, NumRetries                int
				NumMaxDelayRetries, NumNoDelayRetries, NumMinDelayRetries int
				BackoffFunction                                           string
			} `json:"defaultHealthyRetryPolicy"`
			DisableSubscriptionOverrides bool `json:"disableSubscriptionOverrides"`
			Throttle                     struct {
				MaxReceivesPerSecond int
			} `json:"defaultThrottlePolicy"`
		} `json:"http"`
	}
	BeforeEach(func() { Expect(json.Unmarshal([]byte(deliveryPolicy), &retries)).To(Succeed()) })

	It("should retry often, ever slower, and be what AWS accepts", func() {
		healthy := retries.HTTP.Healthy
		Expect(healthy.BackoffFunction).To(Equal("exponential"))
		Expect(healthy.NumRetries).To(And(BeNumerically(">=", 10), BeNumerically("<=", 100)))
		Expect(retries.HTTP.Throttle.MaxReceivesPerSecond).To(BeNumerically(">=", 1))

		backedOff := healthy.NumRetries - healthy.NumNoDelayRetries - healthy.NumMinDelayRetries - healthy.NumMaxDelayRetries
		Expect(backedOff).To(BeNumerically(">=", 0))
		// Exponential delays are never longer than linear ones between the same bounds.
		most := healthy.NumMinDelayRetries*healthy.MinDelayTarget + healthy.NumMaxDelayRetries*healthy.MaxDelayTarget +
			backedOff*(healthy.MinDelayTarget+healthy.MaxDelayTarget)/2
		Expect(most).To(BeNumerically("<=", 3600))
	})
})

var _ = Describe("Subscriptions", func() {
	It("should mail each address, and keep what could not be delivered in the queue", func() {
		recording := deploy(nil)
		Expect(recording.Resources("aws:sns/topicSubscription:TopicSubscription")).To(HaveLen(3))
		for name, expected := range map[string][2]string{
			"violations-security@example.com": {violationsARN, "security@example.com"},
			"violations-audit@example.com":    {violationsARN, "audit@example.com"},
			"operations-ops@example.com":      {operationsARN, "ops@example.com"},
		} {
			inputs := recording.Resource(name).Inputs
			Expect(inputs).To(SatisfyAll(HaveKeyWithValue("topic", expected[0]), HaveKeyWithValue("protocol", "email"),
				HaveKeyWithValue("endpoint", expected[1])), name)
			Expect(inputs["redrivePolicy"]).To(MatchJSON(`{"deadLetterTargetArn": "`+queueARN+`"}`), name)
		}
	})

	It("should be none where the settings name nobody", func() {
		recording := deploy(map[string]string{"violationsEmails": "[]", "operationsEmails": "[]"})
		Expect(recording.Resources("aws:sns/topicSubscription:TopicSubscription")).To(BeEmpty())
		Expect(recording.Exports).To(HaveKeyWithValue("violationsSubscriptionArns", map[string]any{}))
	})

	It("should let one person have both kinds of mail", func() {
		recording := deploy(map[string]string{
			"violationsEmails": `["one@example.com"]`, "operationsEmails": `["one@example.com"]`,
		})
		Expect(recording.Resources("aws:sns/topicSubscription:TopicSubscription")).To(HaveLen(2))
	})

	It("should have a queue that takes messages from the two topics only", func() {
		recording := deploy(nil)
		Expect(recording.Resource("deliveries-dlq").Inputs).To(SatisfyAll(
			HaveKeyWithValue("name", "monitor-test-deliveries-dlq"),
			HaveKeyWithValue("kmsMasterKeyId", keyARN(recording))))
		Expect(recording.Resource("deliveries-dlq").Inputs["policy"]).To(MatchJSON(`{
			"Version": "2012-10-17",
			"Statement": [
				{
					"Sid": "DenyPlainHTTP", "Effect": "Deny", "Principal": {"AWS": ["*"]},
					"Action": ["sqs:*"], "Resource": ["` + queueARN + `"],
					"Condition": {"Bool": {"aws:SecureTransport": ["false"]}}
				},
				{
					"Sid": "Sender1", "Effect": "Allow", "Principal": {"Service": ["sns.amazonaws.com"]},
					"Action": ["sqs:SendMessage"], "Resource": ["` + queueARN + `"],
					"Condition": {"ArnEquals": {"aws:SourceArn": ["` + violationsARN + `", "` + operationsARN + `"]}}
				}
			]
		}`))
	})
})
