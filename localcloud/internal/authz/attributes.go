package authz

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// attributes are what a decision about a topic or a queue depends on.
type attributes struct {
	key    string           // that it is encrypted with, or empty
	policy *policy.Document // nil for none
}

// attributesOf reads those of a topic or a queue; anything else has none here, and what does not exist has none either:
// that is for the service to say.
func (g *Guard) attributesOf(ctx context.Context, service, arn, region string) (attributes, error) {
	read := map[string]func(context.Context, relay.Caller, string) (map[string]string, error){"sns": g.topic, "sqs": g.queue}[service]
	if read == nil || arn == allResources {
		return attributes{}, nil
	}
	raw, err := read(ctx, relay.Caller{Service: service, Region: region}, arn)
	if err != nil {
		return attributes{}, err
	}
	found := attributes{key: raw["KmsMasterKeyId"]}
	if text := raw["Policy"]; text != "" {
		if found.policy, err = policy.Parse([]byte(text)); err != nil {
			return attributes{}, fmt.Errorf("reading the policy of %s: %w", arn, err)
		}
	}
	return found, nil
}

// grant is what the resource's policy says.
func (a attributes) grant(request policy.Request) policy.Decision {
	if a.policy == nil {
		return policy.Decision{}
	}
	return a.policy.Grants(request)
}

func (g *Guard) topic(ctx context.Context, caller relay.Caller, arn string) (map[string]string, error) {
	form := url.Values{"Action": {"GetTopicAttributes"}, "Version": {"2010-03-31"}, "TopicArn": {arn}}
	got, err := relay.Ask(ctx, g.moto, caller, http.MethodPost, "/", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil || got.Status == http.StatusNotFound {
		return nil, err
	}
	var answer struct {
		Entries []struct {
			Key   string `xml:"key"`
			Value string `xml:"value"`
		} `xml:"GetTopicAttributesResult>Attributes>entry"`
	}
	if err := xml.Unmarshal(got.Body, &answer); err != nil || !got.OK() {
		return nil, fmt.Errorf("asking moto for the attributes of %s: status %d: %.200s", arn, got.Status, got.Body)
	}
	found := map[string]string{}
	for _, entry := range answer.Entries {
		found[entry.Key] = entry.Value
	}
	return found, nil
}

func (g *Guard) queue(ctx context.Context, caller relay.Caller, arn string) (map[string]string, error) {
	parts := strings.SplitN(arn, ":", 6)
	in := map[string]any{
		"QueueUrl": "http://localhost/" + parts[4] + "/" + parts[5], "AttributeNames": []string{"All"},
	}
	var answer struct{ Attributes map[string]string }
	err := relay.Call(ctx, g.moto, caller, "AmazonSQS.GetQueueAttributes", in, &answer)
	var fault *awserr.Error
	if errors.As(err, &fault) && strings.Contains(fault.Code, "NonExistentQueue") {
		return nil, nil
	}
	return answer.Attributes, err
}
