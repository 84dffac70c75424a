package eventsvc

import (
	"context"
	"fmt"
	"time"
)

// delivery is an event on its way to a target.
type delivery struct {
	event   event
	rule    *rule
	target  target
	retries int
	last    *failure // of the last try
}

// failure is why a target did not take an event.
type failure struct {
	code    string // as dead-letter queues are told it
	message string
	passing bool // whether trying again may help
}

// Codes of failures, as the user guide lists them.
const (
	codeNoPermission = "NO_PERMISSIONS"
	codeNoResource   = "NO_RESOURCE"
	codeInvalidJSON  = "INVALID_JSON"
	codeInvalid      = "INVALID_PARAMETER"
	codeThrottled    = "THROTTLING"
	codeClient       = "SDK_CLIENT_ERROR"
	codeTarget       = "ERROR_FROM_TARGET"
)

// deliveryTimeout is how long a target may take, in the machine's time.
const deliveryTimeout = 30 * time.Second

// attempt tries to deliver an event once, and sees to what follows.
func (h *Handler) attempt(d *delivery) {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	ctx, cancel := context.WithTimeout(context.Background(), deliveryTimeout)
	defer cancel()
	now := h.Clock.Now()
	if _, oldest := d.target.RetryPolicy.limits(); d.last != nil && now.Sub(d.event.taken) >= oldest {
		h.giveUp(ctx, d, exhaustedAge)
		return
	}
	if d.last != nil {
		d.retries++
	}
	d.last = h.send(ctx, d)
	switch {
	case d.last == nil:
		h.note(d, outcomeDelivered, "")
	case !d.last.passing:
		h.giveUp(ctx, d, "")
	default:
		next := judge(d.target.RetryPolicy, d.retries, now.Sub(d.event.taken))
		if next.exhausted != "" {
			h.giveUp(ctx, d, next.exhausted)
			return
		}
		tried := *d // as it was, for the next try changes it
		h.Clock.After(next.after, func() { h.attempt(d) })
		h.note(&tried, outcomeRetried, "") // whoever reads it may move the clock at once
	}
}

// send gives a target its input.
func (h *Handler) send(ctx context.Context, d *delivery) *failure {
	payload, err := d.target.payload(d.event.text, about{ruleARN: d.rule.Arn, ruleName: d.rule.Name, taken: d.event.taken})
	if err != nil {
		return &failure{code: codeInvalid, message: err.Error()}
	}
	switch serviceOf(d.target.Arn) {
	case "lambda":
		return h.toFunction(ctx, d, payload)
	case "sqs":
		return h.toQueue(ctx, d, payload)
	case "sns":
		return h.toTopic(ctx, d, payload)
	case "logs":
		return h.toLogGroup(ctx, d, payload)
	}
	return &failure{code: codeInvalid, message: fmt.Sprintf("localcloud delivers to functions, queues, topics and log groups, not to %s", d.target.Arn)}
}

// giveUp sends an event to the target's dead-letter queue, if it has one.
func (h *Handler) giveUp(ctx context.Context, d *delivery, exhausted string) {
	queue := d.target.DeadLetterConfig.Arn
	if queue == "" {
		h.note(d, outcomeDropped, exhausted)
		return
	}
	if fault := h.toDeadLetters(ctx, d, queue, exhausted); fault != nil {
		h.Log.Printf("sending the event %s of the rule %s to the dead-letter queue %s: %s: %s; the event is lost",
			d.event.id, d.rule.Name, queue, fault.code, fault.message)
		h.note(d, outcomeDropped, exhausted)
		return
	}
	h.note(d, outcomeDeadLettered, exhausted)
}
