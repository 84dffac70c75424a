package configsvc

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// Evaluation is a result that a test puts in.
type Evaluation struct {
	Rule              string    `json:"rule"`
	ResourceType      string    `json:"resourceType"`
	ResourceID        string    `json:"resourceId"`
	ComplianceType    string    `json:"complianceType"`
	OrderingTimestamp time.Time `json:"orderingTimestamp"` // now, if missing
	Annotation        string    `json:"annotation"`
}

// maxAnnotation is how many characters an annotation may have.
const maxAnnotation = 256

// Evaluations is the endpoint through which tests put results in and see all that there were. POST takes one evaluation
// or an array of them, with the region as ?region=: all are taken or, with every fault named, none; the answer says how
// many were recorded, and how many were older than what is there. GET answers with the history of one resource under
// one rule, given as ?rule=, ?resourceType= and ?resourceId=, also when the resource is gone.
func (h *Handler) Evaluations() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			recorded, stale, err := h.record(r)
			if err != nil {
				writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
				return
			}
			writeJSON(w, http.StatusOK, map[string]int{"recorded": recorded, "stale": stale})
		case http.MethodGet:
			writeJSON(w, http.StatusOK, h.history(r))
		default:
			w.Header().Set("Allow", http.MethodGet+", "+http.MethodPost)
			http.Error(w, "use GET or POST", http.StatusMethodNotAllowed)
		}
	})
}

func writeJSON(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(document) //nolint:errcheck,errchkjson,gosec // the caller has gone
}

// history lists what was found of a resource, the oldest first.
func (h *Handler) history(r *http.Request) []Evaluation {
	query := r.URL.Query()
	key := ruleKey{region: cmp.Or(query.Get("region"), awsreq.DefaultRegion), name: query.Get("rule")}
	found := []Evaluation{}
	for _, result := range h.results.history(key, resourceKey{query.Get("resourceType"), query.Get("resourceId")}) {
		found = append(found, Evaluation{
			Rule: key.name, ResourceType: result.ResourceType, ResourceID: result.ResourceID,
			ComplianceType: result.Compliance, OrderingTimestamp: result.Ordering, Annotation: result.Annotation,
		})
	}
	return found
}

func (h *Handler) record(r *http.Request) (recorded, stale int, err error) {
	body, err := awsreq.Body(r, 16*bodyLimit)
	if err != nil {
		return 0, 0, err
	}
	evaluations, err := parseEvaluations(body)
	if err != nil {
		return 0, 0, err
	}
	region := r.URL.Query().Get("region")
	if region == "" {
		region = awsreq.DefaultRegion
	}
	known, err := h.knownRules(r, region)
	if err != nil {
		return 0, 0, err
	}
	if err := checkEvaluations(evaluations, known); err != nil {
		return 0, 0, err
	}
	now := h.clock.Now()
	for _, evaluation := range evaluations {
		if h.engine.insert(ruleKey{region: region, name: evaluation.Rule}, known[evaluation.Rule], evaluation.result(now)) {
			recorded++
		} else {
			stale++
		}
	}
	return recorded, stale, nil
}

// knownRules are the ARNs of a region's rules, by name.
func (h *Handler) knownRules(r *http.Request, region string) (map[string]string, error) {
	rules, err := h.rulesOf(r.Context(), relay.Caller{Service: service, Region: region})
	known := map[string]string{}
	for _, rule := range rules {
		known[rule.ConfigRuleName] = rule.ConfigRuleArn
	}
	return known, err
}

// parseEvaluations reads one evaluation or an array of them.
func parseEvaluations(body []byte) ([]Evaluation, error) {
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '{' {
		body = slices.Concat([]byte("["), body, []byte("]"))
	}
	var evaluations []Evaluation
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&evaluations); err != nil {
		return nil, fmt.Errorf("reading the evaluations: %w", err)
	}
	return evaluations, nil
}

// checkEvaluations names every fault.
func checkEvaluations(evaluations []Evaluation, known map[string]string) error {
	var faults []error
	types := []string{compliant, nonCompliant, notApplicable}
	for i, e := range evaluations {
		fault := func(format string, arguments ...any) {
			faults = append(faults, fmt.Errorf("evaluation %d: "+format, append([]any{i}, arguments...)...))
		}
		if _, found := known[e.Rule]; !found {
			fault("there is no rule %q", e.Rule)
		}
		if e.ResourceType == "" || e.ResourceID == "" {
			fault("resourceType and resourceId must not be empty")
		}
		if !slices.Contains(types, e.ComplianceType) {
			fault("complianceType %q is none of %v", e.ComplianceType, types)
		}
		if len([]rune(e.Annotation)) > maxAnnotation {
			fault("the annotation is longer than %d characters", maxAnnotation)
		}
	}
	return errors.Join(faults...)
}

func (e Evaluation) result(now time.Time) Result {
	if e.OrderingTimestamp.IsZero() {
		e.OrderingTimestamp = now
	}
	return Result{
		ResourceType: e.ResourceType, ResourceID: e.ResourceID, Compliance: e.ComplianceType,
		Ordering: e.OrderingTimestamp, Recorded: now, Invoked: now, Annotation: e.Annotation, Inserted: true,
	}
}
