package functions

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

// exemptionsSchema is the version of the object that the functions read.
const exemptionsSchema = 1

// document is the object that the functions read.
type document struct {
	SchemaVersion int         `json:"schemaVersion"`
	Exemptions    []exemption `json:"exemptions"`
}

// exemption leaves the resources that match a pattern alone, for one rule and a time.
type exemption struct {
	Rule     string `json:"rule"`     // the rule's name in the catalogue
	Resource string `json:"resource"` // a resource id; * stands for any text, ? for any one character
	Owner    string `json:"owner"`
	Reason   string `json:"reason"`
	Expires  string `json:"expires"` // the last day on which it holds, in UTC: YYYY-MM-DD
}

// fields are the exemption's members by their names in the file.
func (e *exemption) fields() map[string]*string {
	return map[string]*string{
		"rule": &e.Rule, "resource": &e.Resource, "owner": &e.Owner, "reason": &e.Reason, "expires": &e.Expires,
	}
}

// fieldNames are all fields, in the order in which people write them. All are required.
var fieldNames = []string{"rule", "resource", "owner", "reason", "expires"}

// readExemptions reads the file of exemptions, and says everything that is wrong with it.
func readExemptions(path string, known *catalogue.Catalogue, now time.Time) (document, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return document{}, fmt.Errorf("reading exemptions (name their file in the setting exemptionsFile): %w", err)
	}
	file := filepath.Base(path)
	found, err := parseExemptions(file, content)
	exempt := document{SchemaVersion: exemptionsSchema, Exemptions: []exemption{}}
	faults := []error{err}
	for i, one := range found {
		own := append(one.value.faults(known, now), needless(found, i)...)
		for _, fault := range own {
			faults = append(faults, fmt.Errorf("%s:%d: %w", file, one.line, fault))
		}
		exempt.Exemptions = append(exempt.Exemptions, *one.value)
	}
	return exempt, errors.Join(faults...)
}

// faults says what is wrong with the exemption's values.
func (e *exemption) faults(known *catalogue.Catalogue, now time.Time) []error {
	var faults []error
	fields := e.fields()
	for _, name := range fieldNames {
		if strings.TrimSpace(*fields[name]) == "" {
			faults = append(faults, fmt.Errorf("%s is missing", name))
		}
	}
	rule, ok := known.Rule(e.Rule)
	if !ok && e.Rule != "" {
		faults = append(faults, fmt.Errorf("rule %q is not in the catalogue: expected a rule's name without the prefix", e.Rule))
	}
	if ok && e.Resource != "" && !mayMatch(e.Resource, rule.ResourceTypes) {
		faults = append(faults, fmt.Errorf("resource %q matches no id that a resource of rule %s can have: expected one such as %s",
			e.Resource, e.Rule, strings.Join(examples(rule.ResourceTypes), " or ")))
	}
	if e.Expires != "" {
		faults = append(faults, expiryFault(e.Expires, now)...)
	}
	return faults
}

// expiryFault is one fault at most. An exemption holds until the end of its last day, and for a year at most, so that
// somebody looks at it again.
func expiryFault(expires string, now time.Time) []error {
	today := now.UTC().Truncate(24 * time.Hour)
	day, err := time.Parse(time.DateOnly, expires)
	switch latest := today.AddDate(1, 0, 0); {
	case err != nil:
		return []error{fmt.Errorf("expires %q is not a date: expected one such as %s", expires, latest.Format(time.DateOnly))}
	case day.Before(today):
		return []error{fmt.Errorf("expires %s has passed: remove the exemption, or have its owner renew it", expires)}
	case day.After(latest):
		return []error{fmt.Errorf("expires %s is more than a year ahead: expected %s at the latest", expires,
			latest.Format(time.DateOnly))}
	default:
		return nil
	}
}
