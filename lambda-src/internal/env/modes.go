package env

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Modes say what the remediator may do, rule by rule.
type Modes struct {
	byDefault string
	byRule    map[string]string
}

// NewModes are modes of which one is for every rule that byRule, by the rules' short names, does not name.
func NewModes(byDefault string, byRule map[string]string) Modes {
	return Modes{byDefault: byDefault, byRule: byRule}
}

// Of is the mode of the rule with the given short name: names.ModeOff, names.ModePlan or names.ModeEnforce.
func (m Modes) Of(rule string) string {
	if mode, ok := m.byRule[rule]; ok {
		return mode
	}
	return m.byDefault
}

func (r *reader) modes() Modes {
	byDefault, ok := r.required(names.EnvRemediationMode)
	if ok && !validMode(byDefault) {
		r.invalid(names.EnvRemediationMode, byDefault, expectedMode())
	}
	modes := Modes{byDefault: byDefault}
	value, ok := r.lookup(names.EnvRemediations)
	if !ok || value == "" {
		return modes
	}
	byRule, err := ParseModes(value)
	if err != nil {
		r.faults = append(r.faults, fmt.Errorf("%s %w: %w", names.EnvRemediations, ErrInvalid, err))
	}
	modes.byRule = byRule
	return modes
}

// ParseModes reads a JSON object of rules' short names and their modes, such as {"s3-encryption":"enforce"}.
func ParseModes(text string) (map[string]string, error) {
	var modes map[string]string
	err := json.Unmarshal([]byte(text), &modes)
	if err == nil && modes == nil {
		err = errors.New("it is null")
	}
	if err != nil {
		return nil, fmt.Errorf(`reading %q: expected a JSON object such as {"rule":"plan"}: %w`, text, err)
	}
	var faults []error
	for _, rule := range slices.Sorted(maps.Keys(modes)) {
		if rule == "" || !lowerName(rule) {
			faults = append(faults, fmt.Errorf("%q is not the short name of a rule", rule))
		}
		if !validMode(modes[rule]) {
			faults = append(faults, fmt.Errorf("rule %q has mode %q: expected %s", rule, modes[rule], expectedMode()))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return modes, nil
}

func validMode(mode string) bool {
	return slices.Contains(modeNames(), mode)
}

func expectedMode() string {
	return "one of " + strings.Join(modeNames(), ", ")
}

func modeNames() []string {
	return []string{names.ModeOff, names.ModePlan, names.ModeEnforce}
}
