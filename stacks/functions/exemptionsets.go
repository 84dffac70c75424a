package functions

import (
	"fmt"
	"slices"
	"time"
)

// needless says which other exemption makes the one at index superfluous: one that leaves at least the same resources alone
// for at least as long. Of those that say the same, the first is not superfluous; so whoever removes all that are named
// loses nothing.
func needless(all []numbered, index int) []error {
	one := all[index]
	if one.value.Rule == "" || one.value.Resource == "" {
		return nil // which is a fault of its own
	}
	for i, other := range all {
		if i == index || other.value.Rule != one.value.Rule || !supersedes(other.value, one.value, i < index) {
			continue
		}
		return []error{fmt.Errorf("resource %q of rule %s is exempt by %q on line %d already, for as long or longer: remove this one",
			one.value.Resource, one.value.Rule, other.value.Resource, other.line)}
	}
	return nil
}

// supersedes says whether an exemption makes another one superfluous, which it stands before or behind.
func supersedes(one, other *exemption, before bool) bool {
	mine, mineErr := time.Parse(time.DateOnly, one.Expires)
	its, itsErr := time.Parse(time.DateOnly, other.Expires)
	if mineErr != nil || itsErr != nil {
		return before && one.Resource == other.Resource // whatever the dates are to be
	}
	outdoes := !mine.Before(its) && covers(one.Resource, other.Resource)
	outdone := !its.Before(mine) && covers(other.Resource, one.Resource)
	return outdoes && (before || !outdone)
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
