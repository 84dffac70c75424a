package configsvc

import (
	"bytes"
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

// Evaluations is the endpoint through which tests put results in: POST of one evaluation or an array of them, with
// the region as ?region=. All are taken or, with every fault named, none. The answer says how many were recorded,
// and how many were older than what is there.
func (h *Handler) Evaluations() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "use POST", http.StatusMethodNotAllowed)
			return
		}
		recorded, stale, err := h.record(r)
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			json.NewEncoder(w).Encode(map[string]string{"error": err.Error()}) //nolint:errcheck,gosec // the caller has gone
			return
		}
		json.NewEncoder(w).Encode(map[string]int{"recorded": recorded, "stale": stale}) //nolint:errcheck,gosec // the caller has gone
	})
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
	now := time.Now()
	for _, evaluation := range evaluations {
		if h.results.put(ruleKey{region: region, name: evaluation.Rule}, evaluation.result(now)) {
			recorded++
		} else {
			stale++
		}
	}
	return recorded, stale, nil
}

func (h *Handler) knownRules(r *http.Request, region string) (map[string]bool, error) {
	rules, err := h.rulesOf(r.Context(), relay.Caller{Service: service, Region: region})
	known := map[string]bool{}
	for _, rule := range rules {
		known[rule.ConfigRuleName] = true
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
func checkEvaluations(evaluations []Evaluation, known map[string]bool) error {
	var faults []error
	types := []string{compliant, nonCompliant, notApplicable}
	for i, e := range evaluations {
		fault := func(format string, arguments ...any) {
			faults = append(faults, fmt.Errorf("evaluation %d: "+format, append([]any{i}, arguments...)...))
		}
		if !known[e.Rule] {
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
		Ordering: e.OrderingTimestamp, Recorded: now, Annotation: e.Annotation,
	}
}
