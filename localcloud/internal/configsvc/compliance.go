package configsvc

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
)

// Limits of the service model.
const (
	defaultDetails  = 10 // results on a page of GetComplianceDetailsByConfigRule that names no limit
	maxDetails      = 100
	maxRuleName     = 64 // characters of a rule's name in GetComplianceDetailsByConfigRule
	complianceRules = 25 // rules on a page of DescribeComplianceByConfigRule
	cappedCount     = 25 // contributors are counted up to this
)

type complianceInput struct {
	ConfigRuleNames []string
	ComplianceTypes []string
	NextToken       string
}

type ruleCompliance struct {
	ConfigRuleName string
	Compliance     complianceOf
}

type complianceOf struct {
	ComplianceType             string
	ComplianceContributorCount *contributorCount `json:",omitempty"`
}

type contributorCount struct {
	CappedCount int
	CapExceeded bool
}

// counted counts up to a cap.
func counted(count, limit int) *contributorCount {
	return &contributorCount{CappedCount: min(count, limit), CapExceeded: count > limit}
}

// complianceByRule answers DescribeComplianceByConfigRule.
func (h *Handler) complianceByRule(w http.ResponseWriter, r *http.Request) error {
	in, err := input[complianceInput](r)
	if err != nil {
		return err
	}
	if err := checkTypes(in.ComplianceTypes, compliant, nonCompliant, insufficientData); err != nil {
		return err
	}
	start, err := decodeToken(in.NextToken, "rules", 1)
	if err != nil {
		return err
	}
	rules, err := h.namedRules(r, in.ConfigRuleNames)
	if err != nil {
		return err
	}
	out := struct {
		ComplianceByConfigRules []ruleCompliance
		NextToken               string `json:",omitempty"`
	}{ComplianceByConfigRules: []ruleCompliance{}}
	slices.SortFunc(rules, func(a, b rule) int { return strings.Compare(a.ConfigRuleName, b.ConfigRuleName) })
	for _, rule := range rules {
		compliance := h.compliance(ruleKey{region: awsreq.From(r).Region, name: rule.ConfigRuleName})
		if rule.ConfigRuleName <= start[0] || !wanted(in.ComplianceTypes, compliance.ComplianceType) {
			continue
		}
		if count := len(out.ComplianceByConfigRules); count == complianceRules {
			out.NextToken = encodeToken("rules", out.ComplianceByConfigRules[count-1].ConfigRuleName)
			break
		}
		out.ComplianceByConfigRules = append(out.ComplianceByConfigRules, ruleCompliance{rule.ConfigRuleName, compliance})
	}
	return output(w, out)
}

func (h *Handler) compliance(key ruleKey) complianceOf {
	return complianceFrom(h.results.of(key))
}

// complianceFrom sums up results of a rule, or of a resource.
func complianceFrom(results []Result) complianceOf {
	overall, contributors := summary(results)
	compliance := complianceOf{ComplianceType: overall}
	if overall == nonCompliant {
		compliance.ComplianceContributorCount = counted(contributors, cappedCount)
	}
	return compliance
}

type detailsInput struct {
	ConfigRuleName  string
	ComplianceTypes []string
	Limit           int
	NextToken       string
}

// check refuses what AWS refuses.
func (in detailsInput) check() error {
	if err := checkLength(in.ConfigRuleName, "configRuleName", maxRuleName); err != nil {
		return err
	}
	if err := checkLimit(in.Limit, maxDetails); err != nil {
		return err
	}
	return checkTypes(in.ComplianceTypes, compliant, nonCompliant, notApplicable)
}

type evaluationResult struct {
	EvaluationResultIdentifier resultIdentifier
	ComplianceType             string
	ResultRecordedTime         float64
	ConfigRuleInvokedTime      float64
	Annotation                 string `json:",omitempty"`
}

type resultIdentifier struct {
	EvaluationResultQualifier resultQualifier
	OrderingTimestamp         float64
}

type resultQualifier struct {
	ConfigRuleName string
	ResourceType   string
	ResourceID     string `json:"ResourceId"`
	EvaluationMode string
}

// complianceDetails answers GetComplianceDetailsByConfigRule.
func (h *Handler) complianceDetails(w http.ResponseWriter, r *http.Request) error {
	in, err := input[detailsInput](r)
	if err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	after, err := decodeToken(in.NextToken, in.ConfigRuleName, 2)
	if err != nil {
		return err
	}
	if _, err := h.namedRules(r, []string{in.ConfigRuleName}); err != nil {
		return err
	}
	if in.Limit == 0 {
		in.Limit = defaultDetails
	}
	all := h.results.of(ruleKey{region: awsreq.From(r).Region, name: in.ConfigRuleName})
	results, more := page(all, resourceKey{after[0], after[1]}, in.ComplianceTypes, in.Limit)
	out := struct {
		EvaluationResults []evaluationResult
		NextToken         string `json:",omitempty"`
	}{EvaluationResults: make([]evaluationResult, 0, len(results))}
	for _, result := range results {
		out.EvaluationResults = append(out.EvaluationResults, wire(in.ConfigRuleName, result))
	}
	if more {
		last := results[len(results)-1]
		out.NextToken = encodeToken(in.ConfigRuleName, last.ResourceType, last.ResourceID)
	}
	return output(w, out)
}

// wire is a result as AWS sends it.
func wire(rule string, result Result) evaluationResult {
	return evaluationResult{
		EvaluationResultIdentifier: resultIdentifier{
			EvaluationResultQualifier: resultQualifier{
				ConfigRuleName: rule, ResourceType: result.ResourceType, ResourceID: result.ResourceID, EvaluationMode: "DETECTIVE",
			},
			OrderingTimestamp: epoch(result.Ordering),
		},
		ComplianceType:        result.Compliance,
		ResultRecordedTime:    epoch(result.Recorded),
		ConfigRuleInvokedTime: epoch(result.Invoked),
		Annotation:            result.Annotation,
	}
}

// epoch is a time as the JSON protocols write it: seconds, with milliseconds behind the point.
func epoch(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }

func wanted(types []string, compliance string) bool {
	return len(types) == 0 || slices.Contains(types, compliance)
}
