package mail

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"mime/quotedprintable"
	stdmail "net/mail"
	"net/url"
	"strings"
	"time"
)

// What SNS writes where nothing else is given.
const (
	sender         = "no-reply@sns.amazonaws.com"
	defaultName    = "AWS Notifications"
	defaultSubject = "AWS Notification Message"
)

// Mail is a mail, as the endpoint tells it.
type Mail struct {
	Time            time.Time `json:"time"` // of the local cloud
	From            string    `json:"from"`
	To              string    `json:"to"`
	Subject         string    `json:"subject"`
	Body            string    `json:"body"`
	Topic           string    `json:"topic"` // ARN
	SubscriptionArn string    `json:"subscriptionArn"`
	MessageID       string    `json:"messageId"` // SNS's
	File            string    `json:"file"`      // path of the mail
}

// notification is a message as subscriptions of email-json get it.
type notification struct {
	Type              string
	MessageID         string `json:"MessageId"`
	TopicArn          string
	Subject           string `json:",omitempty"`
	Message           string
	Timestamp         string
	SignatureVersion  string
	Signature         string
	SigningCertURL    string
	UnsubscribeURL    string
	MessageAttributes map[string]attribute `json:",omitempty"`
}

// compose writes the mail of a message for a subscription.
func compose(one message, to subscription, name, region string, now time.Time) Mail {
	if name == "" {
		name = defaultName
	}
	made := Mail{
		Time: now.UTC(), From: (&stdmail.Address{Name: name, Address: sender}).String(), To: to.address, Subject: one.subject,
		Topic: one.topic, SubscriptionArn: to.arn, MessageID: one.id,
	}
	if made.Subject == "" {
		made.Subject = defaultSubject
	}
	service := "https://sns." + region + ".amazonaws.com/"
	text := one.forProtocol(to.protocol)
	if to.protocol == document {
		made.Body = notify(one, to, text, service, now)
		return made
	}
	link := service + "unsubscribe.html?" + url.Values{"SubscriptionArn": {to.arn}, "Endpoint": {to.address}}.Encode()
	made.Body = text + "\n\n--\nIf you wish to stop receiving notifications from this topic, please click or visit the link below to unsubscribe:\n" +
		link + "\n\nPlease do not reply directly to this email. If you have any questions or comments regarding this email, " +
		"please contact us at https://aws.amazon.com/support\n"
	return made
}

func notify(one message, to subscription, text, service string, now time.Time) string {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	encoder.Encode(notification{ //nolint:errcheck,errchkjson,gosec // strings encode
		Type: "Notification", MessageID: one.id, TopicArn: one.topic, Subject: one.subject, Message: text,
		Timestamp: now.UTC().Format("2006-01-02T15:04:05.000Z"), SignatureVersion: "1", Signature: "localcloud-signs-nothing",
		SigningCertURL:    service + "SimpleNotificationService-localcloud.pem",
		UnsubscribeURL:    service + "?" + url.Values{"Action": {"Unsubscribe"}, "SubscriptionArn": {to.arn}}.Encode(),
		MessageAttributes: one.attributes,
	})
	return body.String()
}

// eml writes a mail as RFC 5322 has it.
func (m Mail) eml() []byte {
	var out bytes.Buffer
	header := func(name, value string) { fmt.Fprintf(&out, "%s: %s\r\n", name, value) }
	header("Date", m.Time.Format(time.RFC1123Z))
	header("From", m.From)
	header("To", (&stdmail.Address{Address: m.To}).String())
	header("Subject", mime.QEncoding.Encode("utf-8", m.Subject))
	header("Message-ID", "<"+m.MessageID+"."+fmt.Sprint(m.Time.UnixNano())+"@localcloud>")
	header("X-SNS-Topic", m.Topic)
	header("MIME-Version", "1.0")
	header("Content-Type", "text/plain; charset=UTF-8")
	header("Content-Transfer-Encoding", "quoted-printable")
	out.WriteString("\r\n")
	body := quotedprintable.NewWriter(&out)
	body.Write([]byte(strings.ReplaceAll(m.Body, "\n", "\r\n"))) //nolint:errcheck,gosec // it writes to memory
	body.Close()                                                 //nolint:errcheck,gosec // it writes to memory
	return out.Bytes()
}
