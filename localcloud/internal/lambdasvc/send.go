package lambdasvc

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// sender sends on behalf of a function: with its role's credentials, and through the gateway, which treats what it is
// sent as it would treat the function's own calls.
type sender struct {
	gateway http.Handler
	roles   lambdarun.Roles
	to      *target
}

func (h *Handler) sender(to *target) sender {
	return sender{gateway: h.Gateway, roles: h.Roles, to: to}
}

// messageAttribute is an attribute of a message: its name, type and value.
type messageAttribute struct{ name, kind, value string }

// resource is what an ARN names.
type resource struct{ service, region, account, name string }

func parseARN(arn string) (resource, error) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return resource{}, fmt.Errorf("%q is no ARN", arn)
	}
	return resource{service: parts[2], region: parts[3], account: parts[4], name: parts[5]}, nil
}

// record sends the record of an invocation to a destination.
func (s sender) record(ctx context.Context, destination string, body []byte, how condition) error {
	to, err := parseARN(destination)
	if err != nil {
		return err
	}
	switch to.service {
	case "sqs":
		return s.queue(ctx, to, body, nil)
	case "sns":
		return s.topic(ctx, to, destination, body, nil)
	case "lambda":
		return s.function(ctx, to, destination, body)
	case "events":
		return s.bus(ctx, to, destination, body, how)
	}
	return fmt.Errorf("localcloud sends records to SQS, SNS, Lambda and EventBridge, and not to %s", to.service)
}

// letter sends an event to a dead-letter queue or topic.
func (s sender) letter(ctx context.Context, target string, q *queued) error {
	to, err := parseARN(target)
	if err != nil {
		return err
	}
	switch to.service {
	case "sqs":
		return s.queue(ctx, to, q.event.Payload, letterAttributes(q))
	case "sns":
		return s.topic(ctx, to, target, q.event.Payload, letterAttributes(q))
	}
	return fmt.Errorf("a dead-letter target is a queue or a topic, and not of %s", to.service)
}

// caller is the function's role, calling a service.
func (s sender) caller(ctx context.Context, service, region string) (relay.Caller, error) {
	credentials, err := s.roles.Assume(ctx, s.to.function.Region, s.to.function.Role, s.to.function.Name)
	if err != nil {
		return relay.Caller{}, err
	}
	return relay.Caller{
		Service: service, Region: region,
		Authorization: "AWS4-HMAC-SHA256 Credential=" + credentials.AccessKeyID + "/20260101/" + region + "/" + service +
			"/aws4_request, SignedHeaders=host, Signature=none",
	}, nil
}

func (s sender) queue(ctx context.Context, to resource, body []byte, attributes []messageAttribute) error {
	caller, err := s.caller(ctx, "sqs", to.region)
	if err != nil {
		return err
	}
	input := map[string]any{"QueueUrl": "http://localhost/" + to.account + "/" + to.name, "MessageBody": string(body)}
	if len(attributes) > 0 {
		typed := map[string]any{}
		for _, a := range attributes {
			typed[a.name] = map[string]string{"DataType": a.kind, "StringValue": a.value}
		}
		input["MessageAttributes"] = typed
	}
	return relay.Call(ctx, s.gateway, caller, "AmazonSQS.SendMessage", input, nil)
}

func (s sender) topic(ctx context.Context, to resource, arn string, body []byte, attributes []messageAttribute) error {
	form := url.Values{"Action": {"Publish"}, "Version": {"2010-03-31"}, "TopicArn": {arn}, "Message": {string(body)}}
	for i, a := range attributes {
		prefix := fmt.Sprintf("MessageAttributes.entry.%d.", i+1)
		form.Set(prefix+"Name", a.name)
		form.Set(prefix+"Value.DataType", a.kind)
		form.Set(prefix+"Value.StringValue", a.value)
	}
	// Action goes first: whoever reads only the beginning of a form must find it there.
	rest := form.Encode()
	return s.ask(ctx, "sns", to.region, "/", "application/x-www-form-urlencoded", []byte("Action=Publish&"+strings.Replace(rest, "Action=Publish&", "", 1)))
}

func (s sender) function(ctx context.Context, to resource, arn string, body []byte) error {
	return s.ask(ctx, "lambda", to.region, "/2015-03-31/functions/"+url.PathEscape(arn)+"/invocations", "application/json", body)
}

// ask sends something to a service that does not speak JSON 1.1.
func (s sender) ask(ctx context.Context, service, region, path, contentType string, body []byte) error {
	caller, err := s.caller(ctx, service, region)
	if err != nil {
		return err
	}
	gateway := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if service == "lambda" {
			r.Header.Set("X-Amz-Invocation-Type", kindAsynchronous)
		}
		s.gateway.ServeHTTP(w, r)
	})
	answer, err := relay.Ask(ctx, gateway, caller, http.MethodPost, path, contentType, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if !answer.OK() {
		return fmt.Errorf("%s answered with status %d: %.200s", service, answer.Status, answer.Body)
	}
	return nil
}

// bus puts a record on an event bus, as Lambda does.
func (s sender) bus(ctx context.Context, to resource, arn string, body []byte, how condition) error {
	caller, err := s.caller(ctx, "events", to.region)
	if err != nil {
		return err
	}
	kind := "Failure"
	if how == conditionSuccess {
		kind = "Success"
	}
	entry := map[string]any{
		"Source": "lambda", "DetailType": "Lambda Function Invocation Result - " + kind, "Detail": string(body), "EventBusName": arn,
		"Resources": []string{s.to.function.ARN + ":" + s.to.qualifier, arn},
	}
	var put struct {
		FailedEntryCount int
		Entries          json.RawMessage
	}
	if err := relay.Call(ctx, s.gateway, caller, "AWSEvents.PutEvents", map[string]any{"Entries": []any{entry}}, &put); err != nil {
		return err
	}
	if put.FailedEntryCount > 0 {
		return awserr.New("InternalException", "the event bus refused the record: %s", put.Entries)
	}
	return nil
}
