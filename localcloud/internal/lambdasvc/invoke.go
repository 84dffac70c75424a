package lambdasvc

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
)

// The kinds of invocation.
const (
	kindSynchronous  = "RequestResponse"
	kindAsynchronous = "Event"
	kindDryRun       = "DryRun"
)

// How many bytes an event may have.
const (
	synchronousLimit  = 6 << 20
	asynchronousLimit = 1 << 20
)

// unhandled is how an error of a function is marked.
const unhandled = "Unhandled"

// invoke serves Invoke.
func (h *Handler) invoke(w http.ResponseWriter, r *http.Request, about route) error {
	kind := r.Header.Get("X-Amz-Invocation-Type")
	if kind == "" {
		kind = kindSynchronous
	}
	event, err := readEvent(r, kind)
	if err != nil {
		return err
	}
	to, err := h.resolve(r.Context(), awsreq.From(r).Region, about.function)
	if err != nil {
		return err
	}
	event.InvokedARN = to.invokedARN
	w.Header().Set("x-amzn-RequestId", event.RequestID)
	switch kind {
	case kindDryRun:
		w.WriteHeader(http.StatusNoContent)
	case kindAsynchronous:
		event.ClientContext = "" // AWS hands it on to synchronous invocations only
		h.enqueue(to, event)
		w.WriteHeader(http.StatusAccepted)
	default:
		return h.answer(w, r, to, event)
	}
	return nil
}

// readEvent reads and checks what a function is to be invoked with.
func readEvent(r *http.Request, kind string) (*lambdarun.Event, error) {
	limit := int64(synchronousLimit)
	switch kind {
	case kindAsynchronous:
		limit = asynchronousLimit
	case kindSynchronous, kindDryRun:
	default:
		return nil, awserr.Validation(kind, "invocationType", "Member must satisfy enum value set: [Event, RequestResponse, DryRun]")
	}
	if log := r.Header.Get("X-Amz-Log-Type"); log != "" && log != "None" && log != "Tail" {
		return nil, awserr.Validation(log, "logType", "Member must satisfy enum value set: [None, Tail]")
	}
	payload, err := awsreq.Body(r, limit)
	if errors.Is(err, awsreq.ErrTooLarge) {
		return nil, &awserr.Error{
			Status: http.StatusRequestEntityTooLarge, Code: "RequestTooLargeException",
			Message: "Request must be smaller than " + strconv.FormatInt(limit, 10) + " bytes for the InvokeFunction operation",
		}
	}
	if err != nil {
		return nil, err
	}
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	var event any
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, awserr.New("InvalidRequestContentException", "Could not parse request body into json: %v", err)
	}
	clientContext, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Amz-Client-Context"))
	if err != nil {
		return nil, awserr.New("InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object: %v", err)
	}
	return &lambdarun.Event{
		RequestID: awserr.RequestID(), Payload: payload, ClientContext: string(clientContext), TraceID: traceID(r.Header.Get("X-Amzn-Trace-Id")),
	}, nil
}

// answer runs a function and answers with what it answers.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, to *target, event *lambdarun.Event) error {
	outcome, err := h.run(r.Context(), to, event, attempt{kind: kindSynchronous, number: 1})
	if err != nil {
		return throttled(err)
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("X-Amz-Executed-Version", to.function.Version)
	header.Set("X-Amzn-Trace-Id", event.TraceID)
	if outcome.ErrorType != "" {
		header.Set("X-Amz-Function-Error", unhandled)
	}
	if r.Header.Get("X-Amz-Log-Type") == "Tail" {
		header.Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString(outcome.Log))
	}
	header.Set("Content-Length", strconv.Itoa(len(outcome.Payload)))
	w.WriteHeader(http.StatusOK)
	w.Write(outcome.Payload) //nolint:errcheck,gosec // the caller has gone
	return nil
}

// attempt is one try to have an event handled.
type attempt struct {
	kind   string
	number int // from 1
}

// run runs a function once, measures it as CloudWatch does, and notes it in the history. An error says that the
// function was not run.
func (h *Handler) run(ctx context.Context, to *target, event *lambdarun.Event, try attempt) (*lambdarun.Outcome, error) {
	began := h.Clock.Now()
	outcome, err := h.Runner.Invoke(ctx, to.function, event)
	if outcome == nil {
		h.history.add(refused(began, to, event, try, err))
		if isThrottle(err) {
			h.measure(to, began, count("Throttles", 1))
		}
		return nil, err
	}
	if err != nil {
		h.Log.Printf("after an invocation of %s: %v", to.invokedARN, err)
	}
	h.history.add(ran(began, to, event, try, outcome))
	failed := 0.0
	if outcome.ErrorType != "" {
		failed = 1
	}
	h.measure(to, began, count("Invocations", 1), count("Errors", failed), milliseconds("Duration", outcome.Duration))
	return outcome, nil
}
