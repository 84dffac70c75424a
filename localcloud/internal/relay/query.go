package relay

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
)

// versions are those of the APIs that are asked here, by signing name.
var versions = map[string]string{"iam": "2010-05-08", "sns": "2010-03-31", "sts": "2011-06-15"}

// Query asks an operation of a service with the query protocol; a nil output is not read. An error of the service is an
// [awserr.Error].
func Query(ctx context.Context, to http.Handler, caller Caller, action string, parameters url.Values, output any) error {
	// The action goes first: whoever reads only the beginning of a form must find it there.
	form := "Action=" + action + "&Version=" + versions[caller.Service] + "&" + parameters.Encode()
	answer, err := Ask(ctx, to, caller, http.MethodPost, "/", "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil {
		return err
	}
	if !answer.OK() {
		return fmt.Errorf("asking %s for %s: %w", caller.Service, action, queryError(answer))
	}
	if output == nil {
		return nil
	}
	if err := xml.Unmarshal(answer.Body, output); err != nil {
		return fmt.Errorf("decoding the answer of %s to %s: %w", caller.Service, action, err)
	}
	return nil
}

// queryError reads an error of the query protocol.
func queryError(answer *Answer) *awserr.Error {
	var document struct {
		Code    string `xml:"Error>Code"`
		Message string `xml:"Error>Message"`
	}
	if xml.Unmarshal(answer.Body, &document) != nil || document.Code == "" {
		return &awserr.Error{Status: answer.Status, Code: http.StatusText(answer.Status), Message: fmt.Sprintf("%.200s", answer.Body)}
	}
	return &awserr.Error{Status: answer.Status, Code: document.Code, Message: document.Message}
}

// Entries are attributes, as services of the query protocol answer them.
type Entries []struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

// Get is the value of an attribute, or empty.
func (e Entries) Get(key string) string {
	for _, one := range e {
		if one.Key == key {
			return one.Value
		}
	}
	return ""
}

// Topic asks SNS for the attributes of a topic.
func Topic(ctx context.Context, to http.Handler, caller Caller, arn string) (Entries, error) {
	var answer struct {
		Entries Entries `xml:"GetTopicAttributesResult>Attributes>entry"`
	}
	err := Query(ctx, to, caller, "GetTopicAttributes", url.Values{"TopicArn": {arn}}, &answer)
	return answer.Entries, err
}
