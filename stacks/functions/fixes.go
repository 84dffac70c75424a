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
	rules      []string              // names in the catalogue of the deployed rules whose violations it looks at, sorted
	ruleNames  []string              // their full names
	statements []catalogue.Statement // what its role needs for their remediations
}

// chooseFixes finds the deployed rules that have a remediation which is not off. A rule that the catalogue does not know,
// of an older deployment, has none.
func chooseFixes(s Settings, upstream Upstream) (fixes, error) {
	var chosen fixes
	var remediations, enforced []string
	for _, short := range slices.Sorted(maps.Keys(upstream.ConfigRules.RuleNames)) {
		rule, _ := s.Catalogue.Rule(short)
		if rule.Remediation == "" || s.modeOf(short) == names.ModeOff {
			continue
		}
		chosen.rules = append(chosen.rules, short)
		chosen.ruleNames = append(chosen.ruleNames, upstream.ConfigRules.RuleNames[short])
		remediations = append(remediations, rule.Remediation)
		described, _ := s.Catalogue.Remediation(rule.Remediation)
		if s.modeOf(short) == names.ModeEnforce && (!described.Disruptive || s.Remediations[short].AllowDisruption) {
			enforced = append(enforced, rule.Remediation)
		}
	}
	statements := func(remediations []string) ([]catalogue.Statement, error) {
		return s.Catalogue.Statements(remediations, awsenv.Partition, upstream.Foundation.Region, upstream.Foundation.AccountID)
	}
	all, err := statements(remediations)
	if err != nil {
		return fixes{}, fmt.Errorf("finding the permissions of remediations: %w", err)
	}
	applied, _ := statements(enforced) // its remediations are among those that were just found
	chosen.statements = permitted(all, applied)
	return chosen, nil
}

// permitted are the statements that read, and of those that write the ones that are applied: what only plans may not
// change anything, even if its code wanted to.
func permitted(all, applied []catalogue.Statement) []catalogue.Statement {
	return slices.DeleteFunc(all, func(statement catalogue.Statement) bool {
		return statement.Writes && !slices.ContainsFunc(applied, func(a catalogue.Statement) bool { return a.Sid == statement.Sid })
	})
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
