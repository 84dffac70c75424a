package catalogue

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// AccountType is the resource type of results that are about the account as a whole.
const AccountType = "AWS::::Account"

// Limits of AWS Config's PutConfigRule, in characters.
const (
	MaxDescription     = 256
	MaxInputParameters = 1024 // of the parameters written as one JSON object
)

// Triggers lists all triggers.
func Triggers() []Trigger {
	return []Trigger{OnChange, Periodic, Both}
}

// Frequency is the rule's MaximumExecutionFrequency, or empty where AWS refuses one: on rules that are evaluated
// only when a resource changes.
func (r Rule) Frequency() string {
	if r.Trigger == OnChange {
		return ""
	}
	return names.PeriodicRuleFrequency
}

// Scope is the resource types that the rule is restricted to, or nil where AWS refuses a scope: on periodic rules
// (since February 2025).
func (r Rule) Scope() []string {
	if r.Trigger == Periodic {
		return nil
	}
	return slices.Clone(r.ResourceTypes)
}

// InputParameters is the rule's parameters as PutConfigRule takes them: one JSON object of strings with sorted keys,
// or empty if there are none.
func (r Rule) InputParameters() string {
	if len(r.Parameters) == 0 {
		return ""
	}
	text, _ := json.Marshal(r.Parameters) //nolint:errchkjson // a map of strings can't fail to marshal
	return string(text)
}

// clone shares nothing with r, so that changing one leaves the other alone.
func (r Rule) clone() Rule {
	r.ResourceTypes = slices.Clone(r.ResourceTypes)
	r.Packs = slices.Clone(r.Packs)
	r.Parameters = maps.Clone(r.Parameters)
	r.Frameworks = Frameworks{
		CIS:  slices.Clone(r.Frameworks.CIS),
		NIST: slices.Clone(r.Frameworks.NIST),
		PCI:  slices.Clone(r.Frameworks.PCI),
	}
	return r
}
