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

// Message is one message for a topic.
type Message struct {
	Topic      string // ARN
	Subject    string
	Body       string
	Attributes map[string]Attribute
}

// Attribute is an attribute of a message.
type Attribute struct {
	Type  string // SNS's: String or String.Array
	Value string
}

// Publish hands a message to a topic, and returns the id that SNS gave it. SNS has not the message, or not for sure, when
// there is an error.
func (s *SNS) Publish(ctx context.Context, message Message) (string, error) {
	form := "Action=Publish&Version=2010-03-31&TopicArn=" + escapeQuery(message.Topic) +
		"&Subject=" + escapeQuery(message.Subject) + "&Message=" + escapeQuery(message.Body)
	for i, name := range slices.Sorted(maps.Keys(message.Attributes)) {
		entry, attribute := "&MessageAttributes.entry."+strconv.Itoa(i+1), message.Attributes[name]
		form += entry + ".Name=" + escapeQuery(name) + entry + ".Value.DataType=" + escapeQuery(attribute.Type) +
			entry + ".Value.StringValue=" + escapeQuery(attribute.Value)
	}
	got, err := s.client.do(ctx, call{
		service: serviceSNS, method: http.MethodPost, url: s.client.settings.baseURL(serviceSNS) + "/", once: true,
		header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, body: []byte(form),
	})
	if err != nil {
		return "", err
	}
	var taken published
	if err := xml.Unmarshal([]byte(got.body), &taken); err != nil {
		return "", fmt.Errorf("reading the answer: %w", err)
	}
	return taken.ID, nil
}

// escapeQuery writes a text as a value of a query or a form.
func escapeQuery(text string) string {
	return strings.ReplaceAll(escape(text), "/", "%2F")
}
