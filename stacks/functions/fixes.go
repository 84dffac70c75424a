package functions

import (
	"fmt"
	"maps"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
)

// fixes are what the remediator may do in this deployment.
type fixes struct {
	ruleNames  []string              // full names of the deployed rules whose violations it looks at, sorted
	statements []catalogue.Statement // what its role needs for their remediations
}

// chooseFixes finds the deployed rules that have a remediation which is not off. A rule that the catalogue does not know,
// of an older deployment, has none.
func chooseFixes(s Settings, upstream Upstream) (fixes, error) {
	var chosen fixes
	var remediations []string
	for _, short := range slices.Sorted(maps.Keys(upstream.ConfigRules.RuleNames)) {
		rule, _ := s.Catalogue.Rule(short)
		if rule.Remediation == "" || s.modeOf(short) == names.ModeOff {
			continue
		}
		chosen.ruleNames = append(chosen.ruleNames, upstream.ConfigRules.RuleNames[short])
		remediations = append(remediations, rule.Remediation)
	}
	foundation := upstream.Foundation
	statements, err := s.Catalogue.Statements(remediations, awsenv.Partition, foundation.Region, foundation.AccountID)
	if err != nil {
		return fixes{}, fmt.Errorf("finding the permissions of remediations: %w", err)
	}
	chosen.statements = statements
	return chosen, nil
}

// modeOf is the remediator's mode for the rule with the short name.
func (s Settings) modeOf(rule string) string {
	if mode, ok := s.Remediations[rule]; ok {
		return mode
	}
	return s.RemediationMode
}

// remediable lists the short names of the rules that have a remediation.
func remediable(known *catalogue.Catalogue) []string {
	var rules []string
	for _, rule := range known.Rules {
		if rule.Remediation != "" {
			rules = append(rules, rule.Name)
		}
	}
	return rules
}
