package configsvc

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
)

const maxStatuses = 50 // rules on a page of DescribeConfigRuleEvaluationStatus

type ruleStatus struct {
	ConfigRuleName               string
	ConfigRuleArn                string
	ConfigRuleID                 string   `json:"ConfigRuleId"`
	FirstActivatedTime           *float64 `json:",omitempty"`
	LastSuccessfulInvocationTime *float64 `json:",omitempty"`
	LastFailedInvocationTime     *float64 `json:",omitempty"`
	LastSuccessfulEvaluationTime *float64 `json:",omitempty"`
	LastFailedEvaluationTime     *float64 `json:",omitempty"`
	LastErrorCode                string   `json:",omitempty"`
	LastErrorMessage             string   `json:",omitempty"`
	FirstEvaluationStarted       bool
}

// evaluationStatus answers DescribeConfigRuleEvaluationStatus.
func (h *Handler) evaluationStatus(w http.ResponseWriter, r *http.Request) error {
	in, err := input[struct {
		ConfigRuleNames []string
		Limit           int
		NextToken       string
	}](r)
	if err != nil {
		return err
	}
	if err := checkLimit(in.Limit, maxStatuses); err != nil {
		return err
	}
	after, err := decodeToken(in.NextToken, "statuses", 1)
	if err != nil {
		return err
	}
	rules, err := h.namedRules(r, in.ConfigRuleNames)
	if err != nil {
		return err
	}
	slices.SortFunc(rules, func(a, b rule) int { return cmp.Compare(a.ConfigRuleName, b.ConfigRuleName) })
	out := struct {
		ConfigRulesEvaluationStatus []ruleStatus
		NextToken                   string `json:",omitempty"`
	}{ConfigRulesEvaluationStatus: []ruleStatus{}}
	for _, rule := range rules {
		if rule.ConfigRuleName <= after[0] {
			continue
		}
		if count := len(out.ConfigRulesEvaluationStatus); count == cmp.Or(in.Limit, maxStatuses) {
			out.NextToken = encodeToken("statuses", out.ConfigRulesEvaluationStatus[count-1].ConfigRuleName)
			break
		}
		out.ConfigRulesEvaluationStatus = append(out.ConfigRulesEvaluationStatus, h.statusOf(awsreq.From(r).Region, rule))
	}
	return output(w, out)
}

func (h *Handler) statusOf(region string, of rule) ruleStatus {
	wire := ruleStatus{ConfigRuleName: of.ConfigRuleName, ConfigRuleArn: of.ConfigRuleArn, ConfigRuleID: of.ConfigRuleID}
	known := h.book.get(ruleKey{region: region, name: of.ConfigRuleName})
	if known == nil {
		return wire
	}
	status := h.book.view(known).status
	wire.FirstActivatedTime, wire.FirstEvaluationStarted = moment(status.activated), status.started
	wire.LastSuccessfulInvocationTime, wire.LastSuccessfulEvaluationTime = moment(status.succeeded), moment(status.succeeded)
	wire.LastFailedInvocationTime, wire.LastFailedEvaluationTime = moment(status.failed), moment(status.failed)
	if status.errorReason != "" {
		wire.LastErrorCode, wire.LastErrorMessage = "EvaluationFailed", status.errorReason
	}
	return wire
}

// moment is a time that may be missing.
func moment(at time.Time) *float64 {
	if at.IsZero() {
		return nil
	}
	seconds := epoch(at)
	return &seconds
}
