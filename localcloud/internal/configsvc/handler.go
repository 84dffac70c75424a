// Package configsvc is AWS Config in front of moto: it refuses what AWS refuses and moto does not, keeps what moto drops
// of a rule, evaluates the managed rules that package evaluate knows when resources change and when time says so, keeps
// the results, answers the queries about them, and puts changes of compliance on the event bus.
package configsvc

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

const (
	service      = "config"
	targetPrefix = "StarlingDoveService."
	bodyLimit    = 1 << 20 // bytes; the largest request of Config is far below
)

// Options are what AWS Config needs of the local cloud around it.
type Options struct {
	Moto     http.Handler // what answers the operations that are not answered here
	AWS      http.Handler // the whole of the local AWS, which has the resources that rules look at
	Triggers Triggers     // of the managed rules that moto knows
	Clock    Clock
	Bus      Bus // what changes of compliance are put on; may be nil
	Complain func(format string, arguments ...any)
}

// Handler serves AWS Config.
type Handler struct {
	moto       http.Handler
	triggers   Triggers
	clock      Clock
	recorders  *recorders
	book       *book
	results    *Results
	engine     *engine
	operations map[string]func(http.ResponseWriter, *http.Request) error
}

// New makes the handler. Close ends what it does by itself.
func New(options Options) *Handler {
	h := &Handler{
		moto: options.Moto, triggers: options.Triggers, clock: options.Clock,
		recorders: &recorders{made: map[string]bool{}}, book: newBook(), results: NewResults(),
	}
	ending, end := context.WithCancel(context.Background())
	h.engine = &engine{
		aws: options.AWS, clock: options.Clock, book: h.book, results: h.results, complain: options.Complain,
		outbox:  &outbox{bus: options.Bus, complain: options.Complain},
		regions: map[string]*queue{}, ending: ending, end: end,
	}
	h.operations = map[string]func(http.ResponseWriter, *http.Request) error{
		"PutConfigRule":                             h.putRule,
		"DeleteConfigRule":                          h.deleteRule,
		"DescribeConfigRules":                       h.describeRules,
		"DescribeConfigRuleEvaluationStatus":        h.evaluationStatus,
		"DescribeConfigurationRecorderStatus":       h.recorderStatus,
		"StartConfigurationRecorder":                h.startRecorder,
		"DescribeComplianceByConfigRule":            h.complianceByRule,
		"DescribeComplianceByResource":              h.complianceByResource,
		"GetComplianceDetailsByConfigRule":          h.complianceDetails,
		"GetComplianceDetailsByResource":            h.resourceDetails,
		"GetComplianceSummaryByConfigRule":          h.ruleSummary,
		"GetComplianceSummaryByResourceType":        h.typeSummary,
		"StartConfigRulesEvaluation":                h.startEvaluation,
		"DeleteEvaluationResults":                   h.deleteResults,
		"DescribeAggregateComplianceByConfigRules":  h.aggregateCompliance,
		"GetAggregateComplianceDetailsByConfigRule": h.aggregateDetails,
		"GetAggregateConfigRuleComplianceSummary":   h.aggregateSummary,
	}
	return h
}

// Operations are those that are answered here and not by moto alone.
func (h *Handler) Operations() []string { return slices.Sorted(maps.Keys(h.operations)) }

// Close ends the evaluations, and returns when none is under way.
func (h *Handler) Close() { h.engine.close() }

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h.recorders.ensure(context.WithoutCancel(r.Context()), h.moto, awsreq.From(r).Region); err != nil {
		writeError(w, err)
		return
	}
	operation := h.operations[awsreq.From(r).Operation]
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
func input[T any](r *http.Request) (T, error) { return relay.Input[T](r, bodyLimit) }

// output answers with a document.
func output(w http.ResponseWriter, document any) error { return relay.Output(w, document) }
