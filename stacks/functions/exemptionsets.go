package functions

import (
	"fmt"
	"slices"
	"time"
)

// needless says which other exemption makes the one at index superfluous: one that people wrote twice, or one that leaves at
// least the same resources alone for at least as long. Two of them that say the same are one fault, at the later one.
func needless(all []numbered, index int) []error {
	one := all[index]
	if one.value.Rule == "" || one.value.Resource == "" {
		return nil // which is a fault of its own
	}
	for i, other := range all {
		if i == index || other.value.Rule != one.value.Rule {
			continue
		}
		switch {
		case other.value.Resource == one.value.Resource && i < index:
			return []error{fmt.Errorf("resource %q of rule %s is exempt on line %d already: keep one of the two",
				one.value.Resource, one.value.Rule, other.line)}
		case other.value.Resource != one.value.Resource && other.value.outdoes(one.value) &&
			(i < index || !one.value.outdoes(other.value)):
			return []error{fmt.Errorf("resource %q of rule %s is exempt by %q on line %d, for as long or longer: remove this one",
				one.value.Resource, one.value.Rule, other.value.Resource, other.line)}
		}
	}
	return nil
}

// outdoes says whether the exemption holds for everything that the other one holds for, for at least as long.
func (e *exemption) outdoes(other *exemption) bool {
	mine, mineErr := time.Parse(time.DateOnly, e.Expires)
	its, itsErr := time.Parse(time.DateOnly, other.Expires)
	return mineErr == nil && itsErr == nil && !mine.Before(its) && covers(e.Resource, other.Resource)
}

// idle are warnings of exemptions for rules that are not deployed. They are no faults: stacks may share one file and choose
// other rules.
func (d document) idle(deployed map[string]string) []string {
	var rules []string
	for _, one := range d.Exemptions {
		if _, ok := deployed[one.Rule]; !ok && !slices.Contains(rules, one.Rule) {
			rules = append(rules, one.Rule)
		}
	}
	var warnings []string
	for _, rule := range rules {
		warnings = append(warnings, fmt.Sprintf("exemptions for rule %s have no effect, because the rule is not deployed", rule))
	}
	return warnings
}
