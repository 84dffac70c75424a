package eventsvc

import (
	"context"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// queueLets says why EventBridge may not send to a queue for a rule, or nothing.
func (h *Handler) queueLets(ctx context.Context, queue, ruleARN string) *failure {
	var answer struct{ Attributes map[string]string }
	in := map[string]any{"QueueUrl": queueURL(queue), "AttributeNames": []string{"Policy"}}
	caller := relay.Caller{Service: "sqs", Region: regionOf(queue)}
	if fault := classify(relay.Call(ctx, h.Services, caller, "AmazonSQS.GetQueueAttributes", in, &answer)); fault != nil {
		return fault
	}
	return lets("sqs:SendMessage", queue, ruleARN, answer.Attributes["Policy"])
}

// topicLets says why EventBridge may not publish on a topic, or nothing. It tells SNS no source: the user guide has it
// that conditions are not supported there.
func (h *Handler) topicLets(ctx context.Context, topic string) *failure {
	about, err := relay.Topic(ctx, h.Services, relay.Caller{Service: "sns", Region: regionOf(topic)}, topic)
	if err != nil {
		return classify(err)
	}
	return lets("sns:Publish", topic, "", about.Get("Policy"))
}

// logsLet says why EventBridge may not write to a log group for a rule, or nothing.
func (h *Handler) logsLet(ctx context.Context, group, ruleARN string) *failure {
	var answer struct {
		ResourcePolicies []struct {
			PolicyDocument string `json:"policyDocument"`
		} `json:"resourcePolicies"`
	}
	caller := relay.Caller{Service: "logs", Region: regionOf(group)}
	if fault := classify(relay.Call(ctx, h.Services, caller, "Logs_20140328.DescribeResourcePolicies", map[string]any{}, &answer)); fault != nil {
		return fault
	}
	var texts []string
	for _, one := range answer.ResourcePolicies {
		texts = append(texts, one.PolicyDocument)
	}
	return lets("logs:PutLogEvents", group, ruleARN, texts...)
}

// lets decides by the policies of a resource.
func lets(action, resource, ruleARN string, texts ...string) *failure {
	keys := policy.Keys{}
	keys.Set("aws:PrincipalIsAWSService", "true")
	keys.Set("aws:PrincipalServiceName", principal)
	keys.Set("aws:SecureTransport", "true")
	if ruleARN != "" {
		keys.Set("aws:SourceArn", ruleARN)
	}
	request := policy.Request{Action: action, Resource: resource, Principal: policy.Principal{Service: principal}, Keys: keys}
	allowed := false
	for _, text := range texts {
		document, err := policy.Parse([]byte(text))
		if err != nil {
			continue // there is none, or none that allows anything
		}
		switch document.Decide(request).Effect {
		case policy.Deny:
			return denied(action, resource)
		case policy.Allow:
			allowed = true
		case policy.Silent:
		}
	}
	if !allowed {
		return denied(action, resource)
	}
	return nil
}

func denied(action, resource string) *failure {
	return &failure{code: codeNoPermission, message: "the policy of " + resource + " does not let " + principal + " do " + action}
}
