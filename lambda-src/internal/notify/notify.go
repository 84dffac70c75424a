// Package notify publishes messages that people get by mail.
package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
)

// Limits of SNS: a subject is ASCII, without control characters, and shorter than 100 characters;
// a message, with its attributes, has at most 256 KiB.
const (
	maxSubject = 99
	maxBody    = 250 * 1024
)

const cutOff = "..."

// SNS is what a topic calls. The id is SNS's name of the message.
type SNS interface {
	Publish(ctx context.Context, message awshttp.Message) (id string, err error)
}

// Message is one mail. Attributes and lists are for the filter policies of subscriptions; an empty one is left out. A list
// meets a policy that any of its values meets.
type Message struct {
	Subject    string
	Body       string
	Attributes map[string]string
	Lists      map[string][]string
}

// Topic is an SNS topic.
type Topic struct {
	client SNS
	arn    string
}

// NewTopic is the topic with the given ARN.
func NewTopic(client SNS, arn string) *Topic {
	return &Topic{client: client, arn: arn}
}

// Publish hands the message to SNS, and returns the id that SNS gave it. Without an id it is not known to be taken,
// which is an error.
func (t *Topic) Publish(ctx context.Context, message Message) (string, error) {
	attributes := make(map[string]awshttp.Attribute, len(message.Attributes)+len(message.Lists))
	for name, value := range message.Attributes {
		if value != "" {
			attributes[name] = awshttp.Attribute{Type: "String", Value: value}
		}
	}
	for name, values := range message.Lists {
		if len(values) > 0 {
			text, _ := json.Marshal(values) //nolint:errchkjson // a list of strings can't fail to marshal
			attributes[name] = awshttp.Attribute{Type: "String.Array", Value: string(text)}
		}
	}
	id, err := t.client.Publish(ctx, awshttp.Message{
		Topic: t.arn, Subject: Subject(message.Subject), Body: shorten(strings.ToValidUTF8(message.Body, "?"), maxBody),
		Attributes: attributes,
	})
	if err == nil && id == "" {
		err = errors.New("the answer has no message id")
	}
	if err != nil {
		return "", fmt.Errorf("publishing to %s: %w", t.arn, err)
	}
	return id, nil
}

// Subject makes any text one that SNS takes: what is not printable ASCII becomes a question mark, and what is too
// much is cut off.
func Subject(text string) string {
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return shorten(ascii, maxSubject)
}

// shorten cuts a text to a number of bytes, at the start of a character, and says so.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len(cutOff)], "") + cutOff
}
