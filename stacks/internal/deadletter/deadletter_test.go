package deadletter_test

import (
	"encoding/json"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/deadletter"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/iampolicy"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

const queueARN = "arn:aws:sqs:us-east-1:111122223333:monitor-prod-lost"

// making is a program that makes the queue called lost with the senders.
func making(senders ...deadletter.Sender) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		provider, err := awsenv.NewProvider(ctx, awsenv.Account{}, awsenv.BaseTags("monitor", "prod", nil))
		if err != nil {
			return err
		}
		queue, err := deadletter.New(ctx, awsenv.New("monitor-prod", "111122223333", "us-east-1", provider), deadletter.Queue{
			Short: "lost", Purpose: "Holds what got lost", Key: pulumi.String("arn:key"), Senders: senders,
		})
		if err != nil {
			return err
		}
		ctx.Export("arn", queue.Arn)
		return nil
	}
}

var _ = Describe("A dead-letter queue", func() {
	events := deadletter.Sender{Service: "events.amazonaws.com", SourceARNs: []string{"arn:rule/one", "arn:rule/two"}}

	It("should keep messages for 14 days, encrypted with the key", func() {
		recording, err := pulumitest.Run(making(), pulumitest.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Resource("lost").Inputs).To(SatisfyAll(
			HaveKeyWithValue("name", "monitor-prod-lost"), HaveKeyWithValue("kmsMasterKeyId", "arn:key"),
			HaveKeyWithValue("messageRetentionSeconds", 1209600.0)))
		Expect(recording.Resource("lost").Tags()).To(HaveKeyWithValue("Purpose", "Holds what got lost"))
		Expect(recording.Exports).To(HaveKeyWithValue("arn", queueARN))
		Expect(recording.Untagged()).To(BeEmpty())
		Expect(recording.WithoutExplicitProvider()).To(BeEmpty())
	})

	It("should refuse plain HTTP and admit each sender for its own sources", func() {
		topics := deadletter.Sender{Service: "sns.amazonaws.com", SourceARNs: []string{"arn:topic"}}
		recording, err := pulumitest.Run(making(events, topics), pulumitest.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Resource("lost").Inputs["policy"]).To(MatchJSON(`{
			"Version": "2012-10-17",
			"Statement": [
				{
					"Sid": "DenyPlainHTTP", "Effect": "Deny", "Principal": {"AWS": ["*"]},
					"Action": ["sqs:*"], "Resource": ["` + queueARN + `"],
					"Condition": {"Bool": {"aws:SecureTransport": ["false"]}}
				},
				{
					"Sid": "Sender1", "Effect": "Allow", "Principal": {"Service": ["events.amazonaws.com"]},
					"Action": ["sqs:SendMessage"], "Resource": ["` + queueARN + `"],
					"Condition": {"ArnEquals": {"aws:SourceArn": ["arn:rule/one", "arn:rule/two"]}}
				},
				{
					"Sid": "Sender2", "Effect": "Allow", "Principal": {"Service": ["sns.amazonaws.com"]},
					"Action": ["sqs:SendMessage"], "Resource": ["` + queueARN + `"],
					"Condition": {"ArnEquals": {"aws:SourceArn": ["arn:topic"]}}
				}
			]
		}`))
	})

	It("should admit nobody beyond its senders, however many there are", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			var senders []deadletter.Sender
			for i := range rapid.IntRange(0, 5).Draw(t, "senders") {
				senders = append(senders, deadletter.Sender{
					Service: fmt.Sprintf("service%d.amazonaws.com", i), SourceARNs: []string{fmt.Sprintf("arn:%d", i)},
				})
			}
			g := NewWithT(t)
			recording, err := pulumitest.Run(making(senders...), pulumitest.Options{})
			g.Expect(err).NotTo(HaveOccurred())
			var policy iampolicy.Document
			text, _ := recording.Resource("lost").Inputs["policy"].(string)
			g.Expect(json.Unmarshal([]byte(text), &policy)).To(Succeed())
			var admitted []string
			for _, statement := range policy.Statement {
				if statement.Effect == iampolicy.Allow {
					g.Expect(statement.Condition["ArnEquals"]["aws:SourceArn"]).NotTo(BeEmpty())
					admitted = append(admitted, statement.Principal.Service...)
				}
			}
			g.Expect(admitted).To(HaveLen(len(senders)))
			for _, sender := range senders {
				g.Expect(admitted).To(ContainElement(sender.Service))
			}
		})
	})

	It("should say that it could not be made", func() {
		_, err := pulumitest.Run(making(events), pulumitest.Options{FailAt: "aws:sqs/queue:Queue lost"})
		Expect(err).To(MatchError(HavePrefix("making the queue lost: ")))
	})
})
