package managed

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

// Check checks the rules against the list that the program carries: AWS has the identifier; the trigger and the
// resource types agree with AWS's; every parameter is one of the rule's, has a value of its type, and none that AWS
// requires is missing. All catalogue.Faults are reported at once, in the order of the rules.
func Check(rules []catalogue.Rule) error {
	list, err := Load()
	return errors.Join(err, list.Check(rules))
}

// Check is the function Check against this list.
func (l List) Check(rules []catalogue.Rule) error {
	var faults []error
	for _, rule := range rules {
		report := func(field, value, expected string) {
			faults = append(faults, catalogue.Fault{
				Subject: fmt.Sprintf("rule %q", rule.Name), Field: field, Value: value, Expected: expected,
			})
		}
		known, found := l.Lookup(rule.Identifier)
		if !found {
			report("identifier", rule.Identifier, fmt.Sprintf("an AWS managed rule (as of %s); did you mean %s?",
				l.Date, strings.Join(l.Suggest(rule.Identifier), ", ")))
			continue
		}
		known.checkKind(rule, report)
		known.checkParameters(rule, report)
	}
	return errors.Join(faults...)
}

type reporter func(field, value, expected string)

func (r Rule) checkKind(rule catalogue.Rule, report reporter) {
	if rule.Trigger != r.Trigger {
		report("trigger", string(rule.Trigger), fmt.Sprintf("%s, as AWS has it for %s", r.Trigger, rule.Identifier))
	}
	for _, resourceType := range rule.ResourceTypes {
		if len(r.ResourceTypes) > 0 && !slices.Contains(r.ResourceTypes, resourceType) {
			report("resource type", resourceType, "one of "+strings.Join(r.ResourceTypes, ", "))
		}
	}
}

func (r Rule) checkParameters(rule catalogue.Rule, report reporter) {
	for _, name := range slices.Sorted(maps.Keys(rule.Parameters)) {
		if !slices.ContainsFunc(r.Parameters, func(p Parameter) bool { return p.Name == name }) {
			report("parameter", name, r.parameterNames(rule.Identifier))
		}
	}
	for _, parameter := range r.Parameters {
		value, given := rule.Parameters[parameter.Name]
		switch {
		case given && !parameter.Type.Accepts(value):
			report("parameter "+parameter.Name, value, parameter.Type.Describe())
		case !given && parameter.Required:
			report("parameter "+parameter.Name, "", parameter.Type.Describe()+": "+rule.Identifier+" requires it")
		}
	}
	text := rule.InputParameters()
	if length := utf8.RuneCountInString(text); length > catalogue.MaxInputParameters {
		report("parameters", text, fmt.Sprintf("at most %d characters as JSON, but they have %d",
			catalogue.MaxInputParameters, length))
	}
}

func (r Rule) parameterNames(identifier string) string {
	if len(r.Parameters) == 0 {
		return "none: " + identifier + " takes no parameters"
	}
	var out []string
	for _, parameter := range r.Parameters {
		out = append(out, parameter.Name)
	}
	return "a parameter of " + identifier + ": " + strings.Join(out, ", ")
}
