package catalogue

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/internal/nearest"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Select is the rules of the selected packs and the included rules, without the excluded ones, with the parameters
// overridden, sorted by name. They are copies: overrides do not reach the catalogue.
//
// Faults, reported at once, are names that the catalogue does not have, parameters for a rule that is not selected,
// and a selection of nothing. The rules that could be selected are returned even then, so that the faults that
// CheckNames and package managed find in them can be reported in the same go.
func (c *Catalogue) Select(s Selection) ([]Rule, error) {
	var selected []Rule
	for _, rule := range c.Rules {
		if s.takes(rule) {
			selected = append(selected, rule.with(s.Parameters[rule.Name]))
		}
	}
	slices.SortFunc(selected, func(a, b Rule) int { return strings.Compare(a.Name, b.Name) })

	faults := append(c.unknownNames(s), c.idleParameters(s, selected)...)
	if len(selected) == 0 && len(faults) == 0 {
		faults = append(faults, Fault{
			Subject: "settings", Field: "packs", Value: strings.Join(s.Packs, ", "),
			Expected: "packs or included rules that leave at least one rule selected",
		})
	}
	return selected, errors.Join(faults...)
}

func (s Selection) takes(rule Rule) bool {
	packed := slices.ContainsFunc(rule.Packs, func(pack string) bool { return slices.Contains(s.Packs, pack) })
	return (packed || slices.Contains(s.Include, rule.Name)) && !slices.Contains(s.Exclude, rule.Name)
}

// with is a copy of the rule with some parameters set.
func (r Rule) with(parameters map[string]string) Rule {
	out := r.clone()
	if out.Parameters == nil && len(parameters) > 0 {
		out.Parameters = map[string]string{}
	}
	maps.Copy(out.Parameters, parameters)
	return out
}

func (c *Catalogue) unknownNames(s Selection) []error {
	faults := unmet("settings", each("pack", s.Packs, oneOf(c.packNames()), func(pack string) bool {
		return slices.Contains(c.packNames(), pack)
	}))
	faults = append(faults, c.unknownRules("included rule", s.Include)...)
	faults = append(faults, c.unknownRules("excluded rule", s.Exclude)...)
	return append(faults, c.unknownRules("parameters for rule", slices.Sorted(maps.Keys(s.Parameters)))...)
}

func (c *Catalogue) unknownRules(field string, given []string) []error {
	known := c.ruleNames()
	var faults []error
	for _, name := range given {
		if !slices.Contains(known, name) {
			likely := strings.Join(nearest.Names(name, known, 3), ", ")
			faults = append(faults, Fault{
				Subject: "settings", Field: field, Value: name,
				Expected: "a rule of the catalogue; did you mean " + likely + "?",
			})
		}
	}
	return faults
}

// idleParameters finds parameters that would have no effect because their rule is known but not selected.
func (c *Catalogue) idleParameters(s Selection, selected []Rule) []error {
	var expectations []expectation
	for _, name := range slices.Sorted(maps.Keys(s.Parameters)) {
		_, known := c.Rule(name)
		expectations = append(expectations, expectation{
			"parameters for rule", name, "a rule that is selected; include it or remove its parameters",
			!known || slices.ContainsFunc(selected, func(r Rule) bool { return r.Name == name }),
		})
	}
	return unmet("settings", expectations)
}

// CheckNames checks the names that the rules get in the deployment called prefix: AWS's characters, at most
// names.MaxRuleName of them, and no name twice.
func CheckNames(prefix string, rules []Rule) error {
	var faults []error
	seen := map[string]bool{}
	for _, rule := range rules {
		full := names.Resource(prefix, rule.Name)
		faults = append(faults, unmet(fmt.Sprintf("rule %q", rule.Name), []expectation{
			{
				"full name", full, fmt.Sprintf("at most %d characters, but it has %d; shorten the project's or the "+
					"environment's name, or exclude the rule", names.MaxRuleName, len(full)), len(full) <= names.MaxRuleName,
			},
			{"full name", full, "letters, digits, hyphens and underscores only", ruleName(full)},
			{"full name", full, "a name that no other rule has", !seen[full]},
		})...)
		seen[full] = true
	}
	return errors.Join(faults...)
}

// oneOf words a choice of few.
func oneOf(choices []string) string {
	return "one of " + strings.Join(choices, ", ")
}
