package notify_test

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
)

const topicARN = "arn:aws:sns:us-east-1:123456789012:violations"

// fakeSNS keeps what was published last.
type fakeSNS struct {
	awshttp.Message
	id  string
	err error
}

func (f *fakeSNS) Publish(_ context.Context, message awshttp.Message) (string, error) {
	f.Message = message
	return f.id, f.err
}

var _ = Describe("A topic", func() {
	var client *fakeSNS
	var topic *notify.Topic

	BeforeEach(func() {
		client = &fakeSNS{id: "message-1"}
		topic = notify.NewTopic(client, topicARN)
	})

	It("should publish subject, body and attributes", func() {
		Expect(topic.Publish(context.Background(), notify.Message{
			Subject: "Hello", Body: "World", Attributes: map[string]string{"severity": "high", "rule": ""},
		})).To(Equal("message-1"))
		Expect(client.Topic).To(Equal(topicARN))
		Expect(client.Subject).To(Equal("Hello"))
		Expect(client.Body).To(Equal("World"))
		Expect(client.Attributes).To(Equal(map[string]awshttp.Attribute{"severity": {Type: "String", Value: "high"}}),
			"SNS refuses an empty attribute")
	})

	It("should publish lists, of which a filter policy needs to meet one value", func() {
		_, err := topic.Publish(context.Background(), notify.Message{
			Attributes: map[string]string{"kind": "summary"}, Lists: map[string][]string{"rule": {"a", "b\""}, "none": nil},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(client.Attributes).To(Equal(map[string]awshttp.Attribute{
			"kind": {Type: "String", Value: "summary"}, "rule": {Type: "String.Array", Value: `["a","b\""]`},
		}))
	})

	It("should pass on SNS's error with the topic's name", func() {
		fault := errors.New("throttled")
		client.err = fault
		_, err := topic.Publish(context.Background(), notify.Message{})
		Expect(err).To(MatchError(fault))
		Expect(err).To(MatchError(ContainSubstring(topicARN)))
	})

	It("should not take a message for published that SNS gave no id", func() {
		client.id = ""
		_, err := topic.Publish(context.Background(), notify.Message{})
		Expect(err).To(MatchError(ContainSubstring("no message id")))
	})

	It("should make any text one that SNS takes", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			text := rapid.String().Draw(t, "text")
			_, err := topic.Publish(context.Background(), notify.Message{Subject: text, Body: text})
			if err != nil {
				t.Fatal(err)
			}
			subject := client.Subject
			if len(subject) >= 100 || strings.IndexFunc(subject, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
				t.Fatalf("SNS would refuse the subject %q", subject)
			}
			if !utf8.ValidString(client.Body) {
				t.Fatalf("the body %q is not UTF-8", client.Body)
			}
		})
	})

	It("should keep a subject of 99 characters and cut off a longer one", func() {
		for length, want := range map[int]string{99: strings.Repeat("x", 99), 100: strings.Repeat("x", 96) + "..."} {
			_, err := topic.Publish(context.Background(), notify.Message{Subject: strings.Repeat("x", length)})
			Expect(err).NotTo(HaveOccurred())
			Expect(client.Subject).To(Equal(want))
		}
	})

	It("should cut off a body that is larger than a message may be, at a whole character", func() {
		_, err := topic.Publish(context.Background(), notify.Message{Body: strings.Repeat("ü", 200*1024)})
		Expect(err).NotTo(HaveOccurred())
		Expect(len(client.Body)).To(And(BeNumerically("<=", 250*1024), BeNumerically(">", 249*1024)))
		Expect(client.Body).To(HaveSuffix("ü..."))
	})
})
