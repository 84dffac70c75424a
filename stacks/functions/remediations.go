package functions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// Remediation is what the settings say of how one rule is remediated. What they don't say is that of all rules.
type Remediation struct {
	Mode            string // off, plan or enforce; empty where they don't say
	Limit           int    // most changes an hour; 0 where they don't say
	AllowDisruption bool   // whether a fix that stops what runs may be made
}

// The members of a rule's settings.
const (
	remediationMode            = "mode"
	remediationLimit           = "limit"
	remediationAllowDisruption = "allowDisruption"
)

var remediationMembers = []string{remediationMode, remediationLimit, remediationAllowDisruption}

// modeOf is the remediator's mode for the rule with the short name.
func (s Settings) modeOf(rule string) string {
	if mode := s.Remediations[rule].Mode; mode != "" {
		return mode
	}
	return s.RemediationMode
}

// mode accepts the remediator's modes.
func mode(value string) string {
	return settings.OneOf(names.ModeOff, names.ModePlan, names.ModeEnforce)(value)
}

// remediations reads what is said of single rules, which must be rules of the catalogue that have a remediation: a mode, or
// an object.
func remediations(r *settings.Reader, known *catalogue.Catalogue) map[string]Remediation {
	const shape = "a map of rules to modes, or to objects with mode, limit and allowDisruption"
	given := settings.Object(r, "remediations", shape, map[string]json.RawMessage{})
	all := map[string]Remediation{}
	hasRemediation := settings.OneOf(remediable(known)...)
	for _, rule := range slices.Sorted(maps.Keys(given)) {
		key := "remediations." + rule
		if expected := hasRemediation(rule); expected != "" {
			r.Fault(key, plain(given[rule]), "a rule that has a remediation: "+expected)
		}
		all[rule] = remediation(r, key, given[rule])
	}
	return all
}

// remediation reads what is said of one rule, and records everything that is wrong with it.
func remediation(r *settings.Reader, key string, given json.RawMessage) Remediation {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(given, &members); err != nil || members == nil {
		return Remediation{Mode: readMode(r, key, given)}
	}
	var one Remediation
	for _, member := range slices.Sorted(maps.Keys(members)) {
		path, value := key+"."+member, members[member]
		switch member {
		case remediationMode:
			one.Mode = readMode(r, path, value)
		case remediationLimit:
			number, err := strconv.Atoi(plain(value))
			if err != nil || number < names.LeastBreakerLimit || number > names.MostBreakerLimit {
				r.Fault(path, plain(value), fmt.Sprintf("a whole number from %d to %d", names.LeastBreakerLimit, names.MostBreakerLimit))
			}
			one.Limit = number
		case remediationAllowDisruption:
			if expected := settings.OneOf("true", "false")(plain(value)); expected != "" {
				r.Fault(path, plain(value), expected)
			}
			one.AllowDisruption = plain(value) == "true"
		default:
			r.Fault(path, plain(value), "no such member; known are "+strings.Join(remediationMembers, ", "))
		}
	}
	return one
}

// readMode reads a mode. A bare off is false to YAML, and no mode.
func readMode(r *settings.Reader, path string, given json.RawMessage) string {
	var text string
	expected := `a mode in quotes where YAML needs them ("off"), or an object`
	if json.Unmarshal(given, &text) == nil && !bytes.Equal(given, []byte("null")) {
		expected = mode(text)
	}
	if expected != "" {
		r.Fault(path, plain(given), expected)
	}
	return text
}

// plain is a value of JSON as people wrote it in YAML.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil && text != "" {
		return text
	}
	return string(value)
}

// modesJSON is the modes of the rules that have one of their own. Its keys are sorted, so that the same modes are the same
// text.
func modesJSON(remediations map[string]Remediation) string {
	modes := map[string]string{}
	for rule, one := range remediations {
		if one.Mode != "" {
			modes[rule] = one.Mode
		}
	}
	text, _ := json.Marshal(modes) //nolint:errchkjson // a map of strings can't fail to marshal
	return string(text)
}

// ruleSettings are what the remediator is told of one rule beside its mode, where it differs from what it takes for given.
type ruleSettings struct {
	Limit           int             `json:"limit,omitempty"`
	AllowDisruption bool            `json:"allowDisruption,omitempty"`
	Parameters      json.RawMessage `json:"parameters,omitempty"` // as the rule is deployed, where they are not the catalogue's
}

// rulesJSON is what the remediator is told of the deployed rules that it looks at. Parameters are those with which the
// config-rules layer has deployed a rule, so that a fix is measured by what AWS Config measures by.
func rulesJSON(s Settings, upstream Upstream, chosen fixes) (string, error) {
	all := map[string]ruleSettings{}
	if s.BreakerLimit != names.DefaultBreakerLimit {
		all[names.EveryRule] = ruleSettings{Limit: s.BreakerLimit}
	}
	for _, short := range chosen.rules {
		own := ruleSettings{Limit: s.Remediations[short].Limit, AllowDisruption: s.Remediations[short].AllowDisruption}
		rule, _ := s.Catalogue.Rule(short)
		if given := upstream.ConfigRules.RuleParameters[short]; given != rule.InputParameters() {
			own.Parameters = json.RawMessage(given)
			if given == "" {
				own.Parameters = json.RawMessage("{}")
			}
		}
		if own.Limit != 0 || own.AllowDisruption || own.Parameters != nil {
			all[short] = own
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("reading the parameters of the deployed rules; deploy the config-rules layer again: %w", err)
	}
	return string(text), nil
}
