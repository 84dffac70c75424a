package awshttp

import (
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const serviceSNS = "sns"

// SNS publishes to topics.
type SNS struct{ client client }

// NewSNS is a client of SNS.
func NewSNS(settings Settings) *SNS {
	return &SNS{client: newClient(settings)}
}

// published is an answer of Publish.
type published struct {
	XMLName xml.Name `xml:"PublishResponse"`
	ID      string   `xml:"PublishResult>MessageId"`
}

// Publish hands a message to a topic, and returns the id that SNS gave it. SNS has not the message, or not for sure, when
// there is an error.
func (s *SNS) Publish(ctx context.Context, topic, subject, body string, attributes map[string]string) (string, error) {
	form := "Action=Publish&Version=2010-03-31&TopicArn=" + escapeQuery(topic) +
		"&Subject=" + escapeQuery(subject) + "&Message=" + escapeQuery(body)
	for i, name := range slices.Sorted(maps.Keys(attributes)) {
		entry := "&MessageAttributes.entry." + strconv.Itoa(i+1)
		form += entry + ".Name=" + escapeQuery(name) + entry + ".Value.DataType=String" +
			entry + ".Value.StringValue=" + escapeQuery(attributes[name])
	}
	got, err := s.client.do(ctx, call{
		service: serviceSNS, method: http.MethodPost, url: s.client.settings.baseURL(serviceSNS) + "/", once: true,
		header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, body: []byte(form),
	})
	if err != nil {
		return "", err
	}
	var taken published
	if err := xml.Unmarshal(got.body, &taken); err != nil {
		return "", fmt.Errorf("reading the answer: %w", err)
	}
	return taken.ID, nil
}

// escapeQuery writes a text as a value of a query or a form.
func escapeQuery(text string) string {
	return strings.ReplaceAll(escape(text), "/", "%2F")
}
