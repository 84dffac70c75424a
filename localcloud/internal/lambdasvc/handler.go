// Package lambdasvc mends Lambda: it keeps the attributes of functions that moto drops, and it keeps the permissions
// and asynchronous invocation settings of functions itself, because moto's can't be changed or taken away by version
// and alias. It keeps the code of each version, and has it run when it is invoked, at once or as a queued event.
package lambdasvc

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/telemetry"
)

// bodyLimit is how many bytes a request may have: a function's zip is up to 50 MB, in base64.
const bodyLimit = 80 << 20

// Clock is the local cloud's time.
type Clock interface {
	Now() time.Time
	After(length time.Duration, run func()) (stop func())
}

// Runner runs functions.
type Runner interface {
	Invoke(ctx context.Context, f *lambdarun.Function, event *lambdarun.Event) (*lambdarun.Outcome, error)
	Recycle(functionARN string) (int, error)
}

// Metrics takes Lambda's own metrics.
type Metrics interface {
	Measure(region, namespace string, data ...telemetry.Datum)
	Flush()
}

// Options are what the handler works with.
type Options struct {
	Moto    http.Handler
	Gateway http.Handler // where records of invocations are sent through, as their functions would send them
	Clock   Clock
	Folder  string // for the code of functions
	Roles   lambdarun.Roles
	Runner  Runner
	Metrics Metrics
	Log     *log.Logger
}

// Handler serves Lambda in front of moto.
type Handler struct {
	Options
	functions  *functions
	described  *descriptions
	history    *history
	operations map[string]operation
}

// operation serves one operation.
type operation func(http.ResponseWriter, *http.Request, route) error

// New makes the handler.
func New(options Options) *Handler {
	h := &Handler{
		Options: options, functions: newFunctions(), described: newDescriptions(), history: &history{},
	}
	h.operations = map[string]operation{
		"CreateFunction":                  h.create,
		"GetFunction":                     h.get,
		"GetFunctionConfiguration":        h.getConfiguration,
		"UpdateFunctionConfiguration":     h.update,
		"UpdateFunctionCode":              h.updateCode,
		"PublishVersion":                  h.publish,
		"ListFunctions":                   h.list("Functions"),
		"ListVersionsByFunction":          h.list("Versions"),
		"DeleteFunction":                  h.delete,
		"DeleteAlias":                     h.delete,
		"PutFunctionConcurrency":          h.putConcurrency,
		"DeleteFunctionConcurrency":       h.deleteConcurrency,
		"AddPermission":                   h.addPermission,
		"RemovePermission":                h.removePermission,
		"GetPolicy":                       h.getPolicy,
		"PutFunctionEventInvokeConfig":    h.putInvokeConfig,
		"UpdateFunctionEventInvokeConfig": h.updateInvokeConfig,
		"GetFunctionEventInvokeConfig":    h.getInvokeConfig,
		"DeleteFunctionEventInvokeConfig": h.deleteInvokeConfig,
		"ListFunctionEventInvokeConfigs":  h.listInvokeConfigs,
		"Invoke":                          h.invoke,
		"InvokeAsync":                     h.notImplemented("InvokeAsync", "use Invoke with the invocation type Event"),
		"InvokeWithResponseStream":        h.notImplemented("InvokeWithResponseStream", "use Invoke"),
	}
	return h
}

// Operations are those that are answered here and not by moto alone.
func (h *Handler) Operations() []string { return slices.Sorted(maps.Keys(h.operations)) }

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	about := parseRoute(r)
	awsreq.SetOperation(r, about.operation)
	serve := h.operations[about.operation]
	if changes(r, about) {
		h.described.forget()
		defer h.described.forget()
	}
	if serve == nil {
		h.Moto.ServeHTTP(w, r)
		return
	}
	w.Header().Set("x-amzn-RequestId", awserr.RequestID()) // which is replaced where moto or the function has one
	if err := serve(w, r, about); err != nil {
		writeError(w, err)
	}
}

// changes says whether a request may change how functions are described.
func changes(r *http.Request, about route) bool {
	return r.Method != http.MethodGet && about.operation != "Invoke"
}

// notImplemented answers for what Lambda has and localcloud has not.
func (h *Handler) notImplemented(name, instead string) operation {
	return func(http.ResponseWriter, *http.Request, route) error {
		return &awserr.Error{
			Status: http.StatusNotImplemented, Code: "NotImplemented",
			Message: "localcloud does not have the operation " + name + ": " + instead,
		}
	}
}

// writeError answers with an AWS error, or with the 500 that stands for any other.
func writeError(w http.ResponseWriter, err error) {
	var fault *awserr.Error
	var throttled *throttle
	if errors.As(err, &throttled) {
		throttled.write(w)
		return
	}
	if !errors.As(err, &fault) {
		fault = &awserr.Error{Status: http.StatusInternalServerError, Code: "ServiceException", Message: err.Error()}
	}
	fault.WriteREST(w)
}

// keyOf is the key of the function that a request is about.
func keyOf(r *http.Request, name string) functionKey {
	return functionKey{region: awsreq.From(r).Region, name: name}
}

// input decodes a request's body and leaves it readable.
func input[T any](r *http.Request) (T, error) {
	var in T
	body, err := awsreq.Body(r, bodyLimit)
	if err != nil {
		return in, err
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return in, awserr.New("InvalidRequestContentException", "Could not parse request body into json: %v", err)
	}
	return in, nil
}

// output answers with a document.
func output(w http.ResponseWriter, status int, document any) error {
	answer := relay.Answer{Status: status, Header: http.Header{}}
	if err := answer.SetJSON(document); err != nil {
		return err
	}
	answer.Header.Set("Content-Type", "application/json")
	answer.Header.Set("x-amzn-RequestId", awserr.RequestID())
	answer.Send(w)
	return nil
}

// notFound is Lambda's error for what is not there.
func notFound(message string) error {
	return &awserr.Error{Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: message}
}
