// Package eventsvc serves EventBridge in front of moto, which keeps the buses, rules and targets: it checks what is put,
// takes events, matches them, and delivers them to targets as EventBridge does, with permissions, retries and
// dead-letter queues; and it fires the rules that have a schedule.
package eventsvc

import (
	"context"
	"errors"
	"log"
	"maps"
	"net/http"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

const (
	service      = "events"
	targetPrefix = "AWSEvents."
	principal    = "events.amazonaws.com" // whom policies of targets must let in
	account      = "123456789012"         // moto's only one
	defaultBus   = "default"
	bodyLimit    = 8 << 20 // bytes; well above what ten entries may have
)

// ErrNotRetried is in an error of [Functions] after which an event is not tried again: there is no such function, say.
var ErrNotRetried = errors.New("trying again is of no use")

// Functions is Lambda, as EventBridge needs it.
type Functions interface {
	// InvokeAsync queues an event for a function.
	InvokeAsync(ctx context.Context, region, functionARN string, payload []byte) error
	// Permits says whether the function's policy lets a service invoke it for a source.
	Permits(region, functionARN, servicePrincipal, sourceARN, sourceAccount string) bool
}

// Options are what a [Handler] is made of.
type Options struct {
	Moto      http.Handler
	Services  http.Handler // answers for SQS, SNS and CloudWatch Logs, each as its signature says
	Functions Functions
	Clock     *clock.Clock
	Log       *log.Logger // for what nobody else is told
}

// Handler serves EventBridge.
type Handler struct {
	Options
	rules      *rulebook
	schedules  *schedules
	deliveries *history
	slots      chan struct{} // one for each delivery under way
	operations map[string]func(http.ResponseWriter, *http.Request) error
}

// maxDeliveries is how many deliveries may be under way.
const maxDeliveries = 16

// New makes the handler.
func New(options Options) *Handler {
	h := &Handler{Options: options, rules: newRulebook(options.Moto), deliveries: &history{}, slots: make(chan struct{}, maxDeliveries)}
	h.schedules = newSchedules(options.Clock, h.fire)
	h.operations = map[string]func(http.ResponseWriter, *http.Request) error{
		"PutRule":          h.putRule,
		"EnableRule":       h.changeRule,
		"DisableRule":      h.changeRule,
		"DeleteRule":       h.changeRule,
		"PutTargets":       h.putTargets,
		"RemoveTargets":    h.changeTargets,
		"CreateArchive":    h.passChange,
		"UpdateArchive":    h.passChange,
		"DeleteArchive":    h.passChange,
		"DeleteEventBus":   h.passChange,
		"PutEvents":        h.putEvents,
		"TestEventPattern": h.testEventPattern,
	}
	return h
}

// Operations are those that are answered here and not by moto alone.
func (h *Handler) Operations() []string { return slices.Sorted(maps.Keys(h.operations)) }

// Close ends the schedules. What is under way may go on for a moment.
func (h *Handler) Close() { h.schedules.close() }

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation := h.operations[awsreq.From(r).Operation]
	if operation == nil {
		h.Moto.ServeHTTP(w, r)
		return
	}
	if err := operation(w, r); err != nil {
		writeError(w, err)
	}
}

// passChange passes something on that may change rules.
func (h *Handler) passChange(w http.ResponseWriter, r *http.Request) error {
	defer h.rules.forget(awsreq.From(r).Region)
	h.Moto.ServeHTTP(w, r)
	return nil
}

// writeError answers with an AWS error, or with the 500 that stands for any other.
func writeError(w http.ResponseWriter, err error) {
	var fault *awserr.Error
	if !errors.As(err, &fault) {
		fault = &awserr.Error{Status: http.StatusInternalServerError, Code: "InternalException", Message: err.Error()}
	}
	fault.WriteJSON(w)
}

// input decodes a request's body and leaves it readable.
func input[T any](r *http.Request) (T, error) { return relay.Input[T](r, bodyLimit) }

// output answers with a document.
func output(w http.ResponseWriter, document any) error { return relay.Output(w, document) }
