package localcloud_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/mail"
	"net/url"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// letter is a mail as the endpoint tells it.
type letter struct{ From, To, Subject, Body, Topic, MessageID, File string }

// mailbox tells the mails of a topic.
func mailbox(ctx context.Context, topic string) []letter {
	GinkgoHelper()
	status, body := send(ctx, http.MethodGet, "/_localcloud/mailbox?topic="+url.QueryEscape(topic), nil, nil)
	Expect(status).To(Equal(http.StatusOK), body)
	var mails []letter
	Expect(json.Unmarshal([]byte(body), &mails)).To(Succeed())
	return mails
}

var _ = Describe("Email subscriptions", func() {
	var (
		topics *sns.Client
		topic  *string
	)

	BeforeEach(func(ctx SpecContext) {
		topics = sns.NewFromConfig(client)
		made, err := topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("mail-" + rand.Text())})
		Expect(err).NotTo(HaveOccurred())
		topic = made.TopicArn
	})

	subscribe := func(ctx context.Context, protocol, address string, attributes map[string]string) {
		GinkgoHelper()
		_, err := topics.Subscribe(ctx, &sns.SubscribeInput{TopicArn: topic, Protocol: &protocol, Endpoint: &address, Attributes: attributes})
		Expect(err).NotTo(HaveOccurred())
	}

	It("should get what their filter policies want", func(ctx SpecContext) {
		subscribe(ctx, "email", "all@example.com", nil)
		subscribe(ctx, "email", "high@example.com", map[string]string{"FilterPolicy": `{"severity":["high"]}`})
		subscribe(ctx, "email-json", "low@example.com", map[string]string{"FilterPolicy": `{"severity":[{"anything-but":"high"}]}`})
		subscribe(ctx, "email", "body@example.com", map[string]string{"FilterPolicy": `{"a":{"b":[1]}}`, "FilterPolicyScope": "MessageBody"})
		severity := func(value string) map[string]types.MessageAttributeValue {
			return map[string]types.MessageAttributeValue{"severity": {DataType: aws.String("String"), StringValue: &value}}
		}
		published, err := topics.Publish(ctx, &sns.PublishInput{
			TopicArn: topic, Subject: aws.String("Größe"), Message: aws.String(`{"a":{"b":1}}`), MessageAttributes: severity("high"),
		})
		Expect(err).NotTo(HaveOccurred())
		batch, err := topics.PublishBatch(ctx, &sns.PublishBatchInput{TopicArn: topic, PublishBatchRequestEntries: []types.PublishBatchRequestEntry{
			{Id: aws.String("one"), Message: aws.String("first"), MessageAttributes: severity("low")},
			{Id: aws.String("two"), Message: aws.String("second"), Subject: aws.String("Second"), MessageAttributes: severity("high")},
		}})
		Expect(err).NotTo(HaveOccurred())
		Expect(batch.Successful).To(HaveLen(2))
		mails := mailbox(ctx, *topic)
		var to []string
		for _, one := range mails {
			to = append(to, one.To)
		}
		Expect(to).To(ConsistOf("all@example.com", "high@example.com", "body@example.com",
			"all@example.com", "low@example.com", "all@example.com", "high@example.com"))
		Expect(mails[0].MessageID).To(Equal(*published.MessageId))
		file, err := os.Open(mails[0].File)
		Expect(err).NotTo(HaveOccurred())
		defer file.Close()
		read, err := mail.ReadMessage(file)
		Expect(err).NotTo(HaveOccurred())
		Expect(read.Header.AddressList("From")).To(HaveExactElements(HaveField("Address", "no-reply@sns.amazonaws.com")))
	})

	It("should follow changes", func(ctx SpecContext) {
		subscribe(ctx, "email", "first@example.com", nil)
		_, err := topics.Publish(ctx, &sns.PublishInput{TopicArn: topic, Message: aws.String("one")})
		Expect(err).NotTo(HaveOccurred())
		subscribe(ctx, "email", "second@example.com", nil)
		_, err = topics.Publish(ctx, &sns.PublishInput{TargetArn: topic, Message: aws.String("two")})
		Expect(err).NotTo(HaveOccurred())
		Expect(mailbox(ctx, *topic)).To(HaveLen(3))
	})

	It("should not let a subject write headers", func(ctx SpecContext) {
		_, err := topics.Publish(ctx, &sns.PublishInput{TopicArn: topic, Message: aws.String("x"), Subject: aws.String("a\r\nBcc: b@example.com")})
		Expect(err).To(MatchError(ContainSubstring("InvalidParameter")))
	})
})
