package mail

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	stdmail "net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/eventpattern"
)

var now = time.Date(2026, time.November, 25, 1, 2, 3, 0, time.UTC)

const topicARN = "arn:aws:sns:us-east-1:123456789012:alerts"

// answers is an SNS that answers each action with a text, and refuses what it has none for.
type answers map[string]string

func (a answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, found := a[awsreq.From(r).Operation]
	if !found {
		w.WriteHeader(http.StatusNotFound)
	}
	io.WriteString(w, text)
}

// one is an SNS with one subscription.
func one(protocol, attributes string) answers {
	return answers{
		"Publish":            `<PublishResponse><PublishResult><MessageId>id-1</MessageId></PublishResult></PublishResponse>`,
		"GetTopicAttributes": `<R><GetTopicAttributesResult><Attributes><entry><key>DisplayName</key><value>Monitor</value></entry></Attributes></GetTopicAttributesResult></R>`,
		"ListSubscriptionsByTopic": `<R><ListSubscriptionsByTopicResult><Subscriptions><member><SubscriptionArn>arn:s</SubscriptionArn><Protocol>` + protocol +
			`</Protocol><Endpoint>ann@example.com</Endpoint></member></Subscriptions></ListSubscriptionsByTopicResult></R>`,
		"GetSubscriptionAttributes": `<R><GetSubscriptionAttributesResult><Attributes>` + attributes + `</Attributes></GetSubscriptionAttributesResult></R>`,
	}
}

// handler is mail in front of an SNS.
func handler(sns http.Handler) *Handler {
	GinkgoHelper()
	made, err := New(Options{SNS: sns, Folder: filepath.Join(GinkgoT().TempDir(), "box"), Clock: clock.New(), Log: log.New(GinkgoWriter, "", 0)})
	Expect(err).NotTo(HaveOccurred())
	return made
}

// publish publishes, and gives the status and the answer.
func publish(h http.Handler, form url.Values) (int, string) {
	operation := form.Get("Action")
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, awsreq.With(r, &awsreq.Info{Service: "sns", Region: "us-east-1", Operation: operation}))
	return recorder.Code, recorder.Body.String()
}

func simple(more ...string) url.Values {
	form := url.Values{"Action": {"Publish"}, "TopicArn": {topicARN}, "Message": {"Hello"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

var _ = Describe("A message", func() {
	It("should become a mail as SNS writes it", func() {
		h := handler(one("email", ""))
		_, answer := publish(h, simple("Subject", "It happened"))
		Expect(answer).To(ContainSubstring("id-1"), "SNS's answer")
		mails := h.mailbox.find(query{})
		Expect(mails).To(HaveLen(1))
		Expect(mails[0]).To(And(HaveField("From", `"Monitor" <no-reply@sns.amazonaws.com>`), HaveField("To", "ann@example.com"),
			HaveField("Subject", "It happened"), HaveField("MessageID", "id-1"), HaveField("Topic", topicARN)))
		Expect(mails[0].Body).To(HavePrefix("Hello\n\n--\nIf you wish to stop receiving notifications from this topic, please click or visit the link below to unsubscribe:\n" +
			"https://sns.us-east-1.amazonaws.com/unsubscribe.html?Endpoint=ann%40example.com&SubscriptionArn=arn%3As\n"))
		content, err := os.ReadFile(mails[0].File)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(content)).To(ContainSubstring("Subject: It happened\r\n"))
	})

	It("should become a document for who wants one", func() {
		h := handler(one("email-json", ""))
		publish(h, simple("MessageAttributes.entry.1.Name", "severity", "MessageAttributes.entry.1.Value.DataType", "String", "MessageAttributes.entry.1.Value.StringValue", "high"))
		var got notification
		Expect(json.Unmarshal([]byte(h.mailbox.find(query{})[0].Body), &got)).To(Succeed())
		Expect(got).To(And(HaveField("Type", "Notification"), HaveField("Message", "Hello"), HaveField("TopicArn", topicARN),
			HaveField("MessageAttributes", Equal(map[string]attribute{"severity": {Type: "String", Value: "high"}}))))
		Expect(h.mailbox.find(query{})[0].Subject).To(Equal("AWS Notification Message"))
	})

	DescribeTable("should be told to each protocol in its words",
		func(protocol, message, expected string) {
			h := handler(one(protocol, ""))
			publish(h, simple("MessageStructure", "json", "Message", message))
			Expect(h.mailbox.find(query{})[0].Body).To(ContainSubstring(expected))
		},
		Entry("its own", "email", `{"default":"d","email":"for people"}`, "for people\n"),
		Entry("those for all", "email", `{"default":"for all"}`, "for all\n"),
		Entry("another protocol's own", "email-json", `{"default":"d","email-json":"for programs"}`, `"Message": "for programs"`),
		Entry("its text where SNS took what is no JSON", "email", `none`, "none\n"),
	)

	It("should not become mails when SNS does not take it, or can't tell for whom it is", func() {
		h := handler(answers{})
		status, _ := publish(h, simple())
		Expect(status).To(Equal(http.StatusNotFound))
		Expect(h.mailbox.find(query{})).To(BeEmpty())
		for _, missing := range []string{"GetTopicAttributes", "ListSubscriptionsByTopic", "GetSubscriptionAttributes"} {
			sns := one("email", "")
			delete(sns, missing)
			h = handler(sns)
			status, _ = publish(h, simple())
			Expect(status).To(Equal(http.StatusOK), "it is published all the same")
			Expect(h.mailbox.find(query{})).To(BeEmpty())
			sns[missing] = "senseless"
			publish(h, simple())
			Expect(h.mailbox.find(query{})).To(BeEmpty())
		}
		h = handler(one("sqs", ""))
		publish(h, simple())
		Expect(h.mailbox.find(query{})).To(BeEmpty())
		h = handler(one("email", `<entry><key>FilterPolicy</key><value>{"a":5}</value></entry>`))
		publish(h, simple())
		Expect(h.mailbox.find(query{})).To(BeEmpty())
	})

	It("should be refused with a subject that would write headers", func() {
		status, body := publish(handler(one("email", "")), simple("Subject", "a\nBcc: b"))
		Expect(status).To(Equal(http.StatusBadRequest))
		Expect(body).To(ContainSubstring("InvalidParameter"))
	})

	It("should be looked up again after a change", func() {
		sns := one("email", "")
		h := handler(sns)
		publish(h, simple())
		sns["ListSubscriptionsByTopic"] = `<R/>`
		publish(h, simple())
		Expect(h.mailbox.find(query{})).To(HaveLen(2))
		publish(h, url.Values{"Action": {"GetTopicAttributes"}})
		publish(h, simple())
		Expect(h.mailbox.find(query{})).To(HaveLen(3))
		publish(h, url.Values{"Action": {"Unsubscribe"}})
		publish(h, simple())
		Expect(h.mailbox.find(query{})).To(HaveLen(3))
	})
})

var _ = Describe("A filter policy", func() {
	attributes := map[string]attribute{
		"severity": {Type: "String", Value: "high"}, "count": {Type: "Number", Value: "5"}, "rules": {Type: "String.Array", Value: `["a","b",3]`},
		"broken": {Type: "String.Array", Value: `a`}, "odd": {Type: "Number", Value: "x"}, "bytes": {Type: "Binary", Value: "YQ=="},
	}

	DescribeTable("should pass what it wants",
		func(policy string, onBody bool, body string, expected bool) {
			filter, err := eventpattern.CompileUnlimited(policy)
			Expect(err).NotTo(HaveOccurred())
			wants := subscription{filter: filter, onBody: onBody}.wants(message{text: body, attributes: attributes})
			Expect(wants).To(Equal(expected))
		},
		Entry("by an attribute", `{"severity":["high","critical"]}`, false, "", true),
		Entry("not by another value", `{"severity":["low"]}`, false, "", false),
		Entry("not by an attribute that is missing", `{"severity":["high"],"other":["x"]}`, false, "", false),
		Entry("by an attribute that must be missing", `{"other":[{"exists":false}]}`, false, "", true),
		Entry("by a number", `{"count":[{"numeric":[">=",5]}]}`, false, "", true),
		Entry("by an element of an array", `{"rules":["b"]}`, false, "", true),
		Entry("by a number in an array", `{"rules":[{"numeric":["=",3]}]}`, false, "", true),
		Entry("not by an array that is none", `{"broken":[{"exists":true}]}`, false, "", false),
		Entry("not by a number that is none", `{"odd":[{"exists":true}]}`, false, "", false),
		Entry("not by bytes", `{"bytes":[{"exists":true}]}`, false, "", false),
		Entry("by anything but", `{"severity":[{"anything-but":["low"]}]}`, false, "", true),
		Entry("by one of two", `{"$or":[{"severity":["low"]},{"count":[5]}]}`, false, "", true),
		Entry("by its body", `{"detail":{"kind":[{"prefix":"non"}]}}`, true, `{"detail":{"kind":"noncompliant"}}`, true),
		Entry("not by another body", `{"detail":{"kind":["x"]}}`, true, `{"detail":{"kind":"noncompliant"}}`, false),
		Entry("not by a body that is no JSON", `{"detail":[{"exists":false}]}`, true, `hello`, false),
	)
})

var _ = Describe("The mailbox", func() {
	ask := func(h *Handler, method, query string) *httptest.ResponseRecorder {
		recorder := httptest.NewRecorder()
		h.Mailbox().ServeHTTP(recorder, httptest.NewRequest(method, "/"+query, nil))
		return recorder
	}

	It("should tell the mails that are asked for, and forget them", func() {
		h := handler(one("email", ""))
		publish(h, simple())
		for query, count := range map[string]int{
			"": 1, "?to=ANN@example.com": 1, "?to=bob@example.com": 0, "?topic=alerts": 1, "?topic=" + topicARN: 1, "?topic=lerts": 0,
			"?since=2020-01-01T00:00:00Z": 1, "?since=2999-01-01T00:00:00Z": 0,
		} {
			var mails []Mail
			Expect(json.Unmarshal(ask(h, "GET", query).Body.Bytes(), &mails)).To(Succeed())
			Expect(mails).To(HaveLen(count), query)
		}
		Expect(ask(h, "GET", "?since=today").Code).To(Equal(http.StatusBadRequest))
		Expect(ask(h, "PUT", "").Code).To(Equal(http.StatusMethodNotAllowed))
		Expect(ask(h, "DELETE", "").Code).To(Equal(http.StatusNoContent))
		Expect(ask(h, "GET", "").Body.String()).To(MatchJSON("[]"))
		Expect(os.ReadDir(h.Folder)).To(BeEmpty())
	})

	It("should say when it can't be made", func() {
		file := filepath.Join(GinkgoT().TempDir(), "file")
		Expect(os.WriteFile(file, nil, 0o600)).To(Succeed())
		_, err := New(Options{Folder: filepath.Join(file, "box")})
		Expect(err).To(MatchError(HavePrefix("making the mailbox: ")))
	})

	It("should tell a mail that it can't write", func() {
		h := handler(one("email", ""))
		Expect(os.RemoveAll(h.Folder)).To(Succeed())
		err := h.mailbox.add(Mail{To: "a/../b"})
		Expect(errors.Is(err, os.ErrNotExist)).To(BeTrue())
		Expect(h.mailbox.find(query{})[0].File).To(HaveSuffix("-a_.._b.eml"))
	})
})

func TestAMailReadsAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		subject := rapid.StringMatching(`[ -~äöü日本]{1,80}`).Draw(t, "subject")
		body := rapid.StringMatching(`([ -~äöü日本]{0,120}\n){0,5}`).Draw(t, "body")
		written := Mail{Time: now, From: "a <a@example.com>", To: "b@example.com", Subject: subject, Body: body}
		read, err := stdmail.ReadMessage(strings.NewReader(string(written.eml())))
		if err != nil {
			t.Fatal(err)
		}
		got, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
		if err != nil || strings.TrimSpace(got) != strings.TrimSpace(subject) {
			t.Fatalf("%q became %q (%v)", subject, got, err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(read.Body))
		if err != nil || strings.ReplaceAll(string(text), "\r\n", "\n") != body {
			t.Fatalf("%q became %q (%v)", body, text, err)
		}
	})
}
