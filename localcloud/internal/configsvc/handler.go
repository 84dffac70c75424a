// Package configsvc mends AWS Config: it refuses what AWS refuses and moto does not, keeps what moto drops of a rule,
// and answers the queries about compliance, which moto does not know, from results that tests put in. It evaluates
// nothing.
package configsvc

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

const (
	service      = "config"
	targetPrefix = "StarlingDoveService."
	bodyLimit    = 1 << 20 // bytes; the largest request of Config is far below
)

// Handler serves AWS Config in front of moto.
type Handler struct {
	moto      http.Handler
	triggers  Triggers
	recorders *recorders
	kept      *keeper
	results   *Results
}

// New makes the handler. The triggers are those of the managed rules that moto knows.
func New(moto http.Handler, triggers Triggers) *Handler {
	return &Handler{
		moto: moto, triggers: triggers, recorders: &recorders{made: map[string]bool{}},
		kept: newKeeper(), results: NewResults(),
	}
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operations := map[string]func(http.ResponseWriter, *http.Request) error{
		"PutConfigRule":                       h.putRule,
		"DeleteConfigRule":                    h.deleteRule,
		"DescribeConfigRules":                 h.describeRules,
		"DescribeConfigurationRecorderStatus": h.recorderStatus,
		"DescribeComplianceByConfigRule":      h.complianceByRule,
		"GetComplianceDetailsByConfigRule":    h.complianceDetails,
		"StartConfigRulesEvaluation":          h.startEvaluation,
	}
	if err := h.recorders.ensure(context.WithoutCancel(r.Context()), h.moto, awsreq.From(r).Region); err != nil {
		writeError(w, err)
		return
	}
	operation := operations[awsreq.From(r).Operation]
	if operation == nil {
		h.moto.ServeHTTP(w, r)
		return
	}
	if err := operation(w, r); err != nil {
		writeError(w, err)
	}
}

// writeError answers with an AWS error, or with the 500 that stands for any other.
func writeError(w http.ResponseWriter, err error) {
	var fault *awserr.Error
	if !errors.As(err, &fault) {
		fault = &awserr.Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: err.Error()}
	}
	fault.WriteJSON(w)
}

// caller is the one who sent a request, for asking moto on their behalf.
func caller(r *http.Request) relay.Caller {
	return relay.Caller{Service: service, Region: awsreq.From(r).Region, Authorization: r.Header.Get("Authorization")}
}

// input decodes a request's body and leaves it readable.
func input[T any](r *http.Request) (T, error) {
	var in T
	body, err := awsreq.Body(r, bodyLimit)
	if err != nil {
		return in, err
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return in, awserr.New("SerializationException", "%v", err)
	}
	return in, nil
}

// output answers with a document.
func output(w http.ResponseWriter, document any) error {
	answer := relay.Answer{Status: http.StatusOK, Header: http.Header{}}
	if err := answer.SetJSON(document); err != nil {
		return err
	}
	answer.Header.Set("Content-Type", "application/x-amz-json-1.1")
	answer.Header.Set("x-amzn-RequestId", awserr.RequestID())
	answer.Send(w)
	return nil
}
