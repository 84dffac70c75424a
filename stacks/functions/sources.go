package functions

import (
	"encoding/json"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Kinds of events that start functions.
const (
	onCompliance = "compliance"
	onSchedule   = "schedule"
)

// Compliance types, as AWS Config spells them. NOT_APPLICABLE is also what a deleted resource gets.
const (
	compliant     = "COMPLIANT"
	nonCompliant  = "NON_COMPLIANT"
	notApplicable = "NOT_APPLICABLE"
)

// source is one EventBridge rule that starts one function.
type source struct {
	function string
	kind     string
	purpose  string
	pattern  string // of events; empty where there is a schedule
	schedule string // an expression; empty where there is a pattern
	disabled bool
}

// short is the rule's name without the prefix.
func (s source) short() string { return s.function + "-" + s.kind }

// sources are all EventBridge rules. The remediator's are off when none of its remediations is on; they stay, so that
// switching one on changes nothing else.
func sources(prefix string, remediable []string) []source {
	idle := len(remediable) == 0
	return []source{
		{
			function: names.Processor, kind: onCompliance,
			purpose: "Starts the processor when the compliance of a resource changes",
			pattern: patternOf(byPrefix(prefix), compliant, nonCompliant, notApplicable),
		},
		{
			function: names.Aggregator, kind: onSchedule,
			purpose:  "Starts the aggregator every 6 hours",
			schedule: names.ScheduleExpression,
		},
		{
			function: names.Remediator, kind: onCompliance, disabled: idle,
			purpose: "Starts the remediator when a resource violates a rule that has a remediation",
			pattern: remediablePattern(prefix, remediable),
		},
		{
			function: names.Remediator, kind: onSchedule, disabled: idle,
			purpose:  "Starts the remediator every 6 hours for what events missed",
			schedule: names.ScheduleExpression,
		},
	}
}

// The pattern's fields are in the order of their names, which is how the provider writes it down.
type (
	eventPattern struct {
		Detail     detailPattern `json:"detail"`
		DetailType []string      `json:"detail-type"`
		Source     []string      `json:"source"`
	}
	detailPattern struct {
		ConfigRuleName []any         `json:"configRuleName"` // texts and prefixes
		MessageType    []string      `json:"messageType"`
		NewEvaluation  resultPattern `json:"newEvaluationResult"`
	}
	resultPattern struct {
		ComplianceType []string `json:"complianceType"`
	}
	prefixPattern struct {
		Prefix string `json:"prefix"`
	}
)

// byPrefix matches all rules of the deployment.
func byPrefix(prefix string) []any {
	return []any{prefixPattern{Prefix: names.RulePrefix(prefix)}}
}

// patternOf matches changes to one of the compliance types under the given rules.
func patternOf(ruleNames []any, complianceTypes ...string) string {
	text, _ := json.Marshal(eventPattern{ //nolint:errchkjson // strings, and structs of strings, only
		Detail: detailPattern{
			ConfigRuleName: ruleNames,
			MessageType:    []string{names.MessageTypeCompliance},
			NewEvaluation:  resultPattern{ComplianceType: complianceTypes},
		},
		DetailType: []string{names.DetailTypeCompliance},
		Source:     []string{names.EventSourceConfig},
	})
	return string(text)
}

// maxPattern is the most characters that EventBridge accepts in a pattern.
const maxPattern = 2048

// remediablePattern matches violations of the rules that have a remediation. Where their names don't fit into a pattern,
// and where there are none, it matches violations of all rules; the remediator leaves those without a remediation alone.
func remediablePattern(prefix string, remediable []string) string {
	var ruleNames []any
	for _, name := range remediable {
		ruleNames = append(ruleNames, name)
	}
	if pattern := patternOf(ruleNames, nonCompliant); len(ruleNames) > 0 && len(pattern) <= maxPattern {
		return pattern
	}
	return patternOf(byPrefix(prefix), nonCompliant)
}
