// Package lambdasvc mends Lambda: it keeps the attributes of functions that moto drops, and it keeps the permissions
// and asynchronous invocation settings of functions itself, because moto's can't be changed or taken away by version
// and alias. It runs nothing.
package lambdasvc

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// bodyLimit is how many bytes a request may have: a function's zip is up to 50 MB, in base64.
const bodyLimit = 80 << 20

// Handler serves Lambda in front of moto.
type Handler struct {
	moto       http.Handler
	now        func() time.Time
	functions  *functions
	operations map[string]operation
}

// operation serves one operation.
type operation func(http.ResponseWriter, *http.Request, route) error

// New makes the handler.
func New(moto http.Handler) *Handler {
	h := &Handler{moto: moto, now: time.Now, functions: newFunctions()}
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
	}
	return h
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	about := parseRoute(r)
	awsreq.SetOperation(r, about.operation)
	serve := h.operations[about.operation]
	if serve == nil {
		h.moto.ServeHTTP(w, r)
		return
	}
	if err := serve(w, r, about); err != nil {
		writeError(w, err)
	}
}

// writeError answers with an AWS error, or with the 500 that stands for any other.
func writeError(w http.ResponseWriter, err error) {
	var fault *awserr.Error
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
