package authz

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
	entries, err := relay.Topic(ctx, g.moto, caller, arn)
	var fault *awserr.Error
	if errors.As(err, &fault) && fault.Status == http.StatusNotFound {
		return nil, nil
	}
	return map[string]string{"KmsMasterKeyId": entries.Get("KmsMasterKeyId"), "Policy": entries.Get("Policy")}, err
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
