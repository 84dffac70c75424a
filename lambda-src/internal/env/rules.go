package env

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Rule is how one rule is remediated, beyond its mode.
type Rule struct {
	Limit           int               // most changes in one hour
	AllowDisruption bool              // whether a fix that stops what runs may be made
	Parameters      map[string]string // of the Config rule as it is deployed
}

// Rules say how rules are remediated. The zero Rules are the defaults and the catalogue's parameters.
type Rules struct {
	settings map[string]ruleSettings
}

// ruleSettings are what differs for one rule.
type ruleSettings struct {
	Limit           int               `json:"limit"` // 0: not said
	AllowDisruption bool              `json:"allowDisruption"`
	Parameters      map[string]string `json:"parameters"` // nil: the catalogue's
}

// Of is how a rule of the catalogue is remediated.
func (r Rules) Of(rule catalogue.Rule) Rule {
	own := r.settings[rule.Name]
	found := Rule{Limit: names.DefaultBreakerLimit, AllowDisruption: own.AllowDisruption, Parameters: rule.Parameters}
	for _, limit := range []int{r.settings[names.EveryRule].Limit, own.Limit} {
		if limit != 0 {
			found.Limit = limit
		}
	}
	if own.Parameters != nil {
		found.Parameters = own.Parameters
	}
	return found
}

func (r *reader) rules() Rules {
	value, ok := r.lookup(names.EnvRuleSettings)
	if !ok || value == "" {
		return Rules{}
	}
	rules, err := ParseRules(value)
	if err != nil {
		r.faults = append(r.faults, fmt.Errorf("%s %w: %w", names.EnvRuleSettings, ErrInvalid, err))
	}
	return rules
}

// ParseRules reads a JSON object of rules' short names and their settings, such as
// {"*":{"limit":20},"s3-encryption":{"limit":5}}, in which names.EveryRule stands for all rules that are not named. A field
// that it does not know is an error, because it could be the one that holds a change back.
func ParseRules(text string) (Rules, error) {
	var settings map[string]ruleSettings
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&settings)
	if _, end := decoder.Token(); err == nil && !errors.Is(end, io.EOF) {
		err = errors.New("there is more after its end")
	}
	if err == nil && settings == nil {
		err = errors.New("it is null")
	}
	if err != nil {
		return Rules{}, fmt.Errorf(`reading %q: expected a JSON object such as {"rule":{"limit":5}}: %w`, text, err)
	}
	var faults []error
	for _, rule := range slices.Sorted(maps.Keys(settings)) {
		faults = append(faults, settings[rule].faults(rule)...)
	}
	if err := errors.Join(faults...); err != nil {
		return Rules{}, err
	}
	return Rules{settings: settings}, nil
}

func (s ruleSettings) faults(rule string) []error {
	var faults []error
	if rule != names.EveryRule && (rule == "" || !lowerName(rule)) {
		faults = append(faults, fmt.Errorf("%q is not the short name of a rule", rule))
	}
	if rule == names.EveryRule && (s.AllowDisruption || s.Parameters != nil) {
		faults = append(faults, fmt.Errorf("rule %q has more than a limit, which is all that can be said of every rule", rule))
	}
	if s.Limit != 0 && (s.Limit < names.LeastBreakerLimit || s.Limit > names.MostBreakerLimit) {
		faults = append(faults, fmt.Errorf("rule %q has limit %d: expected a whole number from %d to %d", rule, s.Limit,
			names.LeastBreakerLimit, names.MostBreakerLimit))
	}
	return faults
}
