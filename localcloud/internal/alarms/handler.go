// Package alarms evaluates the metric alarms of CloudWatch, which moto keeps, on the local cloud's clock, and does what
// they are to do when their state changes.
package alarms

import (
	"context"
	"encoding/json"
	"log"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

const (
	service      = "monitoring"
	targetPrefix = "GraniteServiceVersion20100801."
	account      = "123456789012" // moto's only one
	bodyLimit    = 1 << 20
)

// Events takes the events that alarms make.
type Events interface {
	Put(ctx context.Context, region string, event json.RawMessage) error
}

// Options are what a [Handler] is made of.
type Options struct {
	Moto     http.Handler
	Services http.Handler // answers for SNS
	Queues   http.Handler // answers for SQS, uncounted
	Activity *Activity
	Events   Events
	Clock    *clock.Clock
	Settle   func() // brings what was measured to moto
	Log      *log.Logger
}

// Handler serves CloudWatch with alarms.
type Handler struct {
	Options

	mutex   sync.Mutex // held while a region's alarms are evaluated or changed
	ticking map[string]func()
	history []item
	known   map[string]*memory // by region
	queues  map[queueKey]depth
	closed  bool

	operations map[string]http.HandlerFunc
}

// New makes the handler.
func New(options Options) *Handler {
	h := &Handler{Options: options, ticking: map[string]func(){}, known: map[string]*memory{}, queues: map[queueKey]depth{}}
	h.operations = map[string]http.HandlerFunc{
		"PutMetricAlarm": h.put, "SetAlarmState": h.set, "DescribeAlarmHistory": h.describeHistory,
	}
	return h
}

// Operations are those that are answered here and not by moto alone.
func (h *Handler) Operations() []string { return slices.Sorted(maps.Keys(h.operations)) }

// Close ends the evaluations.
func (h *Handler) Close() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.closed = true
	for _, stop := range h.ticking {
		stop()
	}
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if serve := h.operations[awsreq.From(r).Operation]; serve != nil {
		serve(w, r)
		return
	}
	h.pass(w, r)
}

// pass passes a request on. All but questions may change what is known.
func (h *Handler) pass(w http.ResponseWriter, r *http.Request) {
	h.Moto.ServeHTTP(w, r)
	operation := awsreq.From(r).Operation
	switch {
	case operation == "PutMetricData":
		h.Activity.metrics.Add(1)
	case strings.HasPrefix(operation, "Get") || strings.HasPrefix(operation, "List") || strings.HasPrefix(operation, "Describe"):
	default:
		h.mutex.Lock()
		defer h.mutex.Unlock()
		clear(h.known)
	}
}

// alarmName reads which alarm a request is about.
func alarmName(r *http.Request) string {
	body, err := awsreq.Body(r, bodyLimit)
	if err != nil {
		return ""
	}
	var in struct{ AlarmName string }
	if json.Unmarshal(body, &in) == nil {
		return in.AlarmName
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return ""
	}
	return form.Get("AlarmName")
}

// put has moto keep an alarm. One that is new has not enough data; one that is changed has the state that it had.
func (h *Handler) put(w http.ResponseWriter, r *http.Request) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	clear(h.known)
	region, name := awsreq.From(r).Region, alarmName(r)
	before := h.one(r.Context(), region, name)
	answer := relay.Capture(h.Moto, r)
	if answer.OK() {
		state, reason := stateNone, "Unchecked: Initial alarm creation"
		if before != nil {
			state, reason = before.StateValue, before.StateReason
		}
		if err := h.setState(r.Context(), region, name, state, reason); err != nil {
			h.Log.Printf("giving the alarm %s its state: %v", name, err)
		}
		h.start(region)
	}
	answer.Send(w)
}

// set passes a state that somebody sets on, and does what the alarm is to do then.
func (h *Handler) set(w http.ResponseWriter, r *http.Request) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	clear(h.known)
	region, name := awsreq.From(r).Region, alarmName(r)
	before := h.one(r.Context(), region, name)
	answer := relay.Capture(h.Moto, r)
	if after := h.one(r.Context(), region, name); answer.OK() && before != nil && after != nil && after.StateValue != before.StateValue {
		h.changed(context.WithoutCancel(r.Context()), region, *before, after.StateValue, after.StateReason)
	}
	answer.Send(w)
}

// interval is the longest that alarms go without being evaluated.
const interval = 5 * time.Minute

// start has a region's alarms evaluated from now on.
func (h *Handler) start(region string) {
	if h.ticking[region] == nil && !h.closed {
		h.tickAt(region, h.Clock.Now().Truncate(time.Minute).Add(time.Minute))
	}
}

// tickAt has a region's alarms evaluated at a time, and each minute after it.
func (h *Handler) tickAt(region string, due time.Time) {
	h.ticking[region] = h.Clock.After(due.Sub(h.Clock.Now()), func() { h.tick(region, due) })
}

func (h *Handler) tick(region string, due time.Time) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.closed {
		return
	}
	h.tickAt(region, due.Add(time.Minute))
	if err := h.evaluate(context.Background(), region, due); err != nil {
		h.Log.Printf("evaluating the alarms of %s: %v", region, err)
	}
}

// isDue says whether an alarm is evaluated at a time: each minute, or each five where its period is longer.
func (a alarm) isDue(at time.Time) bool {
	every := min(time.Duration(a.period())*time.Second, interval)
	return every > 0 && at.Truncate(max(every, time.Minute)).Equal(at)
}
