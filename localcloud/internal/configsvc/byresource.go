package configsvc

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
)

type resourceInput struct {
	ResourceType         string
	ResourceID           string `json:"ResourceId"`
	ResourceEvaluationID string `json:"ResourceEvaluationId"`
	ComplianceTypes      []string
	Limit                int
	NextToken            string
}

type resourceCompliance struct {
	ResourceType string
	ResourceID   string `json:"ResourceId"`
	Compliance   complianceOf
}

// resources gathers the results of a region by resource.
func (h *Handler) resources(region string) map[resourceKey][]Result {
	found := map[resourceKey][]Result{}
	for _, rule := range h.results.rulesOf(region) {
		for _, result := range h.results.of(rule) {
			found[result.key()] = append(found[result.key()], result)
		}
	}
	return found
}

// complianceByResource answers DescribeComplianceByResource.
func (h *Handler) complianceByResource(w http.ResponseWriter, r *http.Request) error {
	in, err := input[resourceInput](r)
	if err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	after, err := decodeToken(in.NextToken, "resources", 2)
	if err != nil {
		return err
	}
	all := h.resources(awsreq.From(r).Region)
	if asked := (resourceKey{in.ResourceType, in.ResourceID}); in.ResourceID != "" && all[asked] == nil {
		all[asked] = []Result{} // AWS says of any resource that it knows nothing about it
	}
	out := struct {
		ComplianceByResources []resourceCompliance
		NextToken             string `json:",omitempty"`
	}{ComplianceByResources: []resourceCompliance{}}
	for _, key := range slices.SortedFunc(maps.Keys(all), compareKeys) {
		compliance := complianceFrom(all[key])
		if compareKeys(key, resourceKey{after[0], after[1]}) <= 0 || !in.asksFor(key) || !wanted(in.ComplianceTypes, compliance.ComplianceType) {
			continue
		}
		if count := len(out.ComplianceByResources); count == cmp.Or(in.Limit, defaultDetails) {
			last := out.ComplianceByResources[count-1]
			out.NextToken = encodeToken("resources", last.ResourceType, last.ResourceID)
			break
		}
		out.ComplianceByResources = append(out.ComplianceByResources, resourceCompliance{key.kind, key.id, compliance})
	}
	return output(w, out)
}

// check refuses what DescribeComplianceByResource refuses.
func (in resourceInput) check() error {
	if in.ResourceID != "" && in.ResourceType == "" {
		return awserr.New("InvalidParameterValueException", "If you specify a resource ID, you must also specify a type for ResourceType")
	}
	return cmp.Or(checkLimit(in.Limit, maxDetails), checkTypes(in.ComplianceTypes, compliant, nonCompliant, insufficientData))
}

func (in resourceInput) asksFor(key resourceKey) bool {
	return (in.ResourceType == "" || in.ResourceType == key.kind) && (in.ResourceID == "" || in.ResourceID == key.id)
}

// resourceDetails answers GetComplianceDetailsByResource. There are no proactive evaluations to ask for.
func (h *Handler) resourceDetails(w http.ResponseWriter, r *http.Request) error {
	in, err := input[resourceInput](r)
	if err != nil {
		return err
	}
	if err := checkTypes(in.ComplianceTypes, compliant, nonCompliant, notApplicable); err != nil {
		return err
	}
	if in.ResourceType == "" || in.ResourceID == "" {
		return awserr.New("InvalidParameterValueException", "Provide ResourceType and ResourceId; there is no evaluation %q", in.ResourceEvaluationID)
	}
	key := resourceKey{in.ResourceType, in.ResourceID}
	after, err := decodeToken(in.NextToken, "resource "+key.kind+" "+key.id, 1)
	if err != nil {
		return err
	}
	out := struct {
		EvaluationResults []evaluationResult
		NextToken         string `json:",omitempty"`
	}{EvaluationResults: []evaluationResult{}}
	last := ""
	for _, rule := range h.results.rulesOf(awsreq.From(r).Region) {
		for _, result := range h.results.of(rule) {
			if rule.name <= after[0] || result.key() != key || !wanted(in.ComplianceTypes, result.Compliance) {
				continue
			}
			if len(out.EvaluationResults) == maxDetails {
				out.NextToken = encodeToken("resource "+key.kind+" "+key.id, last)
				return output(w, out)
			}
			out.EvaluationResults = append(out.EvaluationResults, wire(rule.name, result))
			last = rule.name
		}
	}
	return output(w, out)
}
