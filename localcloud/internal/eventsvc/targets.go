package eventsvc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// toFunction queues an event for a function.
func (h *Handler) toFunction(ctx context.Context, d *delivery, payload []byte) *failure {
	if !isJSON(payload) {
		return &failure{code: codeInvalidJSON, message: "the input of a function must be JSON"}
	}
	region := regionOf(d.target.Arn)
	if !h.Functions.Permits(region, d.target.Arn, principal, d.rule.Arn, account) {
		return &failure{code: codeNoPermission, message: "the function's policy does not let " + principal +
			" invoke " + d.target.Arn + " for " + d.rule.Arn}
	}
	err := h.Functions.InvokeAsync(ctx, region, d.target.Arn, payload)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNotRetried):
		return &failure{code: codeNoResource, message: err.Error()}
	}
	return &failure{code: codeTarget, message: err.Error(), passing: true}
}

// toQueue sends an event to a queue.
func (h *Handler) toQueue(ctx context.Context, d *delivery, payload []byte) *failure {
	if fault := h.queueLets(ctx, d.target.Arn, d.rule.Arn); fault != nil {
		return fault
	}
	message := map[string]any{"MessageBody": string(payload)}
	if group := d.target.SqsParameters.MessageGroupID; group != "" {
		message["MessageGroupId"] = group
	}
	return h.enqueue(ctx, d.target.Arn, message)
}

// enqueue sends a message to a queue.
func (h *Handler) enqueue(ctx context.Context, queue string, message map[string]any) *failure {
	message["QueueUrl"] = queueURL(queue)
	caller := relay.Caller{Service: "sqs", Region: regionOf(queue)}
	return classify(relay.Call(ctx, h.Services, caller, "AmazonSQS.SendMessage", message, nil))
}

// queueURL is an address of a queue that moto understands.
func queueURL(arn string) string { return "http://localhost/" + account + "/" + nameOf(arn) }

// Attributes of messages in dead-letter queues.
const (
	attributeRule      = "RULE_ARN"
	attributeTarget    = "TARGET_ARN"
	attributeCode      = "ERROR_CODE"
	attributeMessage   = "ERROR_MESSAGE"
	attributeExhausted = "EXHAUSTED_RETRY_CONDITION"
	attributeRetries   = "RETRY_ATTEMPTS"
)

// toDeadLetters sends an event, as it matched, to a dead-letter queue, and why.
func (h *Handler) toDeadLetters(ctx context.Context, d *delivery, queue, exhausted string) *failure {
	if serviceOf(queue) != "sqs" {
		return &failure{code: codeInvalid, message: "it is not a queue"}
	}
	if fault := h.queueLets(ctx, queue, d.rule.Arn); fault != nil {
		return fault
	}
	attributes := map[string]any{}
	set := func(name, kind, value string) {
		if value != "" {
			attributes[name] = map[string]string{"DataType": kind, "StringValue": value}
		}
	}
	set(attributeRule, "String", d.rule.Arn)
	set(attributeTarget, "String", d.target.Arn)
	set(attributeCode, "String", d.last.code)
	set(attributeMessage, "String", d.last.message)
	set(attributeExhausted, "String", exhausted)
	set(attributeRetries, "Number", strconv.Itoa(d.retries))
	return h.enqueue(ctx, queue, map[string]any{"MessageBody": string(d.event.text), "MessageAttributes": attributes})
}

// toTopic publishes an event on a topic.
func (h *Handler) toTopic(ctx context.Context, d *delivery, payload []byte) *failure {
	if fault := h.topicLets(ctx, d.target.Arn); fault != nil {
		return fault
	}
	form := url.Values{"TopicArn": {d.target.Arn}, "Message": {string(payload)}}
	return classify(relay.Query(ctx, h.Services, relay.Caller{Service: "sns", Region: regionOf(d.target.Arn)}, "Publish", form, nil))
}

// toLogGroup writes an event to a new stream of a log group.
func (h *Handler) toLogGroup(ctx context.Context, d *delivery, payload []byte) *failure {
	group := strings.TrimPrefix(strings.TrimSuffix(d.target.Arn, ":*"), "arn:aws:logs:"+regionOf(d.target.Arn)+":"+account+":log-group:")
	if fault := h.logsLet(ctx, d.target.Arn, d.rule.Arn); fault != nil {
		return fault
	}
	caller := relay.Caller{Service: "logs", Region: regionOf(d.target.Arn)}
	stream := map[string]any{"logGroupName": group, "logStreamName": awserr.RequestID()}
	if fault := classify(relay.Call(ctx, h.Services, caller, "Logs_20140328.CreateLogStream", stream, nil)); fault != nil {
		return fault
	}
	// The machine's time: moto takes no line that is more than two hours ahead of it, where the clock may be.
	stream["logEvents"] = []map[string]any{{"timestamp": time.Now().UnixMilli(), "message": string(payload)}}
	return classify(relay.Call(ctx, h.Services, caller, "Logs_20140328.PutLogEvents", stream, nil))
}

// classify says whether a target's error may pass.
func classify(err error) *failure {
	if err == nil {
		return nil
	}
	var fault *awserr.Error
	if !errors.As(err, &fault) {
		return &failure{code: codeTarget, message: err.Error(), passing: true}
	}
	made := &failure{code: codeClient, message: fault.Error()}
	short := fault.Code[strings.LastIndexByte(fault.Code, '.')+1:] // SQS's old codes have dots before them
	switch {
	case strings.Contains(short, "NonExistent") || strings.Contains(short, "NotFound") || strings.Contains(short, "DoesNotExist"):
		made.code = codeNoResource
	case strings.Contains(short, "Denied") || strings.Contains(short, "Authorization"):
		made.code = codeNoPermission
	case strings.Contains(short, "Throttl") || fault.Status == http.StatusTooManyRequests:
		made.code, made.passing = codeThrottled, true
	case fault.Status >= http.StatusInternalServerError:
		made.code, made.passing = codeTarget, true
	}
	return made
}
