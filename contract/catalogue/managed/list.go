// Package managed holds the full list of AWS's managed Config rules, and checks rules of the catalogue against it.
// It is apart from package catalogue because the list is large and only deploy time needs it.
package managed

import (
	"bytes"
	_ "embed" // for managed-rules.json
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/internal/nearest"
)

// The list is made from the pinned moto (see tools/moto). The date is that of the file in moto's release.
//go:generate python3 generate_managed_rules.py --moto 5.2.1 --date 2026-05-10 --out managed-rules.json

//go:embed managed-rules.json
var embedded []byte

// List is AWS's managed rules as they were known on a date.
type List struct {
	Origin string          `json:"origin"` // where the list is from
	Date   string          `json:"date"`   // YYYY-MM-DD
	Rules  map[string]Rule `json:"rules"`  // by identifier, such as ENCRYPTED_VOLUMES
}

// Rule is one managed rule.
type Rule struct {
	Trigger       catalogue.Trigger `json:"trigger"`
	ResourceTypes []string          `json:"resourceTypes"` // none where AWS's documentation gives none
	Parameters    []Parameter       `json:"parameters"`
}

// Parameter is one input parameter of a managed rule.
type Parameter struct {
	Name     string `json:"name"`
	Type     Type   `json:"type"`
	Required bool   `json:"required"` // AWS refuses the rule without it, even where it documents a default
	Default  string `json:"default,omitempty"`
}

var load = sync.OnceValues(func() (List, error) { return Parse(embedded) })

// Load is the list that the program carries. It is parsed on first use, once; all callers share it, so it must not be
// changed.
func Load() (List, error) {
	return load()
}

// Parse reads a list from JSON, and refuses unknown fields, triggers and parameter types: a list that is misread would
// let a wrong rule through to AWS.
func Parse(text []byte) (List, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var list List
	if err := decoder.Decode(&list); err != nil {
		return List{}, fmt.Errorf("parsing the list of managed rules (generate it again): %w", err)
	}
	if err := list.validate(); err != nil {
		return List{}, fmt.Errorf("validating the list of managed rules (generate it again): %w", err)
	}
	return list, nil
}

func (l List) validate() error {
	var faults []error
	expect := func(met bool, subject, field, value, expected string) {
		if !met {
			faults = append(faults, catalogue.Fault{Subject: subject, Field: field, Value: value, Expected: expected})
		}
	}
	_, err := time.Parse(time.DateOnly, l.Date)
	expect(err == nil, "list", "date", l.Date, "a date, YYYY-MM-DD")
	expect(l.Origin != "", "list", "origin", l.Origin, "where the list is from")
	for _, identifier := range slices.Sorted(maps.Keys(l.Rules)) {
		rule := l.Rules[identifier]
		subject := fmt.Sprintf("managed rule %q", identifier)
		expect(slices.Contains(catalogue.Triggers(), rule.Trigger), subject, "trigger", string(rule.Trigger),
			"one of change, periodic, both")
		for _, parameter := range rule.Parameters {
			expect(slices.Contains(types(), parameter.Type), subject, "type of "+parameter.Name, string(parameter.Type),
				fmt.Sprintf("one of %v", types()))
		}
	}
	return errors.Join(faults...)
}

// Lookup is the managed rule with that identifier, and whether there is one.
func (l List) Lookup(identifier string) (Rule, bool) {
	rule, known := l.Rules[identifier]
	return rule, known
}

// Suggest lists up to three identifiers that an unknown one may have meant, the likeliest first.
func (l List) Suggest(identifier string) []string {
	return nearest.Names(identifier, slices.Sorted(maps.Keys(l.Rules)), 3)
}
