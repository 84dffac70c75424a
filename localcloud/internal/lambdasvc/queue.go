package lambdasvc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
)

// Errors of [Handler.InvokeAsync].
var (
	ErrNoFunction = errors.New("no such function")
	ErrTooLarge   = fmt.Errorf("the event has more than %d bytes", asynchronousLimit)
)

// queued is an event in the queue of a function.
type queued struct {
	about    reference
	region   string
	event    *lambdarun.Event
	accepted time.Time
	tries    int // that ran
	progress progress
	last     *lambdarun.Outcome // of the last try that ran
	refusal  error              // of the last try that did not

}

// InvokeAsync queues an event for a function, as AWS's services do that invoke functions. The ARN may name a version
// or an alias; the payload is JSON. It returns as soon as the event is queued; an error says that it was not:
// [ErrNoFunction], [ErrTooLarge], or why localcloud can't run the function. A function that may not run now is no
// error: its event waits, as it does at AWS. Whether the caller may invoke it is to be asked before, see
// [Handler.Permits].
func (h *Handler) InvokeAsync(ctx context.Context, region, functionARN string, payload []byte) error {
	if len(payload) > asynchronousLimit {
		return fmt.Errorf("queueing an event for %s: %w", functionARN, ErrTooLarge)
	}
	to, err := h.resolve(ctx, region, parseReference(functionARN))
	if isNotFound(err) {
		return fmt.Errorf("queueing an event for %s: %w", functionARN, ErrNoFunction)
	}
	if err != nil {
		return fmt.Errorf("queueing an event for %s: %w", functionARN, err)
	}
	h.enqueue(to, &lambdarun.Event{
		RequestID: awserr.RequestID(), InvokedARN: to.invokedARN, Payload: payload, TraceID: traceID(""),
	})
	return nil
}

func isNotFound(err error) bool {
	var fault *awserr.Error
	return errors.As(err, &fault) && fault.Code == "ResourceNotFoundException"
}

// enqueue has an event handled as soon as it can be.
func (h *Handler) enqueue(to *target, event *lambdarun.Event) {
	event.Patient = true
	about := reference{name: to.key.name, qualifier: to.qualifier}
	h.later(0, &queued{about: about, region: to.key.region, event: event, accepted: h.Clock.Now()})
}

// later has an event tried after a while of the local cloud's time.
func (h *Handler) later(after time.Duration, q *queued) {
	h.Clock.After(after, func() { h.try(q) })
}

// try has an event handled, and sees to what is to be done with it then. Everything that it leads to, but for a
// further try, is done when it returns.
func (h *Handler) try(q *queued) {
	ctx := context.Background()
	defer h.Metrics.Flush() // whoever moves the clock sees what came of it
	q.progress.age = h.Clock.Now().Sub(q.accepted)
	to, err := h.resolve(ctx, q.region, q.about)
	if isNotFound(err) {
		return // the function was deleted, and its queue with it
	}
	if err != nil {
		h.Log.Printf("trying an event for the function %s: %v; the event is lost", q.about.name, err)
		return
	}
	if expired(q.progress, to.settings) {
		h.done(ctx, to, q, conditionAge)
		return
	}
	last, err := h.tryOnce(ctx, to, q)
	if errors.Is(err, lambdarun.ErrClosed) {
		return // what is queued goes with the instance
	}
	q.progress.age = h.Clock.Now().Sub(q.accepted)
	next := decide(last, q.progress, to.settings)
	if next.again {
		h.later(next.after, q)
	} else {
		h.done(ctx, to, q, next.ended)
	}
}

// tryOnce runs the function, unless its concurrency of zero forbids it for good.
func (h *Handler) tryOnce(ctx context.Context, to *target, q *queued) (result, error) {
	if reserved := to.function.Reserved; reserved != nil && *reserved == 0 {
		q.refusal = lambdarun.ErrReserved
		return zeroConcurrency, nil
	}
	outcome, err := h.run(ctx, to, q.event, attempt{kind: kindAsynchronous, number: q.tries + 1})
	if err != nil {
		if !isThrottle(err) && !errors.Is(err, lambdarun.ErrClosed) {
			h.Log.Printf("trying an event for the function %s: %v", to.key.name, err)
		}
		q.refusal = err
		q.progress.refusals++
		return refusedResult, err
	}
	q.tries++
	q.last, q.refusal, q.progress.refusals = outcome, nil, 0
	if outcome.ErrorType == "" {
		return handled, nil
	}
	q.progress.failures++
	return failedResult, nil
}

// done sends the records of an event that is not tried again.
func (h *Handler) done(ctx context.Context, to *target, q *queued, how condition) {
	if how == conditionSuccess {
		h.deliver(ctx, to, q, how, to.settings.onSuccess())
		return
	}
	h.measure(to, h.Clock.Now(), count("AsyncEventsDropped", 1))
	h.deliver(ctx, to, q, how, to.settings.onFailure())
	h.deadLetter(ctx, to, q)
}

// deliver sends the record of an event to its destination, if there is one.
func (h *Handler) deliver(ctx context.Context, to *target, q *queued, how condition, destination string) {
	if destination == "" {
		return
	}
	body, err := encodeRecord(h.Clock.Now(), to, q, how)
	if err == nil {
		err = h.sender(to).record(ctx, destination, body, how)
	}
	if err != nil {
		h.Log.Printf("sending the record of an event of the function %s to %s: %v; the record is lost", to.key.name, destination, err)
		h.measure(to, h.Clock.Now(), count("DestinationDeliveryFailures", 1))
	}
}

// deadLetter sends an event itself to its function's dead-letter queue or topic, if there is one.
func (h *Handler) deadLetter(ctx context.Context, to *target, q *queued) {
	if to.deadLetter == "" {
		return
	}
	if err := h.sender(to).letter(ctx, to.deadLetter, q); err != nil {
		h.Log.Printf("sending an event of the function %s to %s: %v; the event is lost", to.key.name, to.deadLetter, err)
		h.measure(to, h.Clock.Now(), count("DeadLetterErrors", 1))
	}
}
