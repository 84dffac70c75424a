package remediator

import (
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
)

// remediableRule is a rule that may be remediated, with its remediation.
type remediableRule struct {
	catalogue.Rule
	settings   env.Rule
	mode       string // names.ModePlan or names.ModeEnforce
	disruptive bool
	fix        remediation.Remediation
}

// candidate is a resource that violates a rule, as far as AWS Config knows.
type candidate struct {
	rule   remediableRule
	result events.Result
	target resource.Resource
}

func newCandidate(run invocation.Invocation, rule remediableRule, result events.Result) candidate {
	return candidate{rule: rule, result: result, target: resource.Resource{
		Type: result.ResourceType, ID: result.ResourceID, Account: run.Account, Region: run.Region,
	}}
}

// remediable finds the rule of the given name in AWS Config, if it is one of the deployment's, has a remediation,
// and is not switched off.
func (h *Handler) remediable(configRule string) (remediableRule, bool) {
	short, ours := rules.Short(h.Prefix, configRule)
	if !ours {
		return remediableRule{}, false
	}
	rule, ok := h.Catalogue.Rule(short)
	if !ok {
		return remediableRule{}, false
	}
	return h.withRemediation(rule)
}

func (h *Handler) withRemediation(rule catalogue.Rule) (remediableRule, bool) {
	mode := h.Modes.Of(rule.Name)
	fix, ok := h.Remediations[rule.Remediation]
	described, known := h.Catalogue.Remediation(rule.Remediation)
	found := remediableRule{Rule: rule, settings: h.Rules.Of(rule), mode: mode, disruptive: described.Disruptive, fix: fix}
	return found, ok && known && mode != names.ModeOff
}

// allRemediable lists the catalogue's remediable rules. Not all of them need be deployed.
func (h *Handler) allRemediable() []remediableRule {
	var all []remediableRule
	for _, rule := range h.Catalogue.Rules {
		if found, ok := h.withRemediation(rule); ok {
			all = append(all, found)
		}
	}
	return all
}
