package catalogue

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Validate checks everything about the catalogue that can be checked without AWS's list of managed rules, and reports
// all Faults at once.
func (c *Catalogue) Validate() error {
	faults := unmet("catalogue", []expectation{
		{"rules", "", "at least one rule", len(c.Rules) > 0},
	})
	faults = append(faults, unmet("catalogue", unique("pack", c.packNames()))...)
	faults = append(faults, unmet("catalogue", unique("rule", c.ruleNames()))...)
	faults = append(faults, unmet("catalogue", unique("remediation", c.remediationNames()))...)
	faults = append(faults, unmet("catalogue", c.shared())...)
	for _, pack := range c.Packs {
		faults = append(faults, unmet(fmt.Sprintf("pack %q", pack.Name), c.ofPack(pack))...)
	}
	for _, remediation := range c.Remediations {
		faults = append(faults, unmet(fmt.Sprintf("remediation %q", remediation.Name), ofRemediation(remediation))...)
	}
	for _, rule := range c.Rules {
		faults = append(faults, unmet(fmt.Sprintf("rule %q", rule.Name), c.ofRule(rule))...)
	}
	return errors.Join(faults...)
}

// shared requires that statements with one sid are the same: remediations may share one, and a role has it once.
func (c *Catalogue) shared() []expectation {
	var out []expectation
	known := map[string]Statement{}
	for _, remediation := range c.Remediations {
		for _, statement := range remediation.Statements {
			first, found := known[statement.Sid]
			out = append(out, expectation{
				"sid", statement.Sid, "the same statement wherever the sid is", !found || reflect.DeepEqual(first, statement),
			})
			known[statement.Sid] = statement
		}
	}
	return out
}

func (c *Catalogue) ofPack(p Pack) []expectation {
	inPack := func(r Rule) bool { return slices.Contains(r.Packs, p.Name) }
	return []expectation{
		{"name", p.Name, "lower-case words joined by hyphens", kebab(p.Name)},
		{"description", p.Description, "a sentence on what the pack is for", !blank(p.Description)},
		{"rules", "", "at least one rule that names the pack", slices.ContainsFunc(c.Rules, inPack)},
	}
}

func ofRemediation(r Remediation) []expectation {
	out := []expectation{
		{"name", r.Name, "lower-case words joined by hyphens", kebab(r.Name)},
		{"description", r.Description, "a sentence on what it changes", !blank(r.Description)},
		{"risk", string(r.Risk), severityWords(), slices.Contains(Severities(), r.Risk)},
		{"statements", "", "at least one statement: a fix needs permissions", len(r.Statements) > 0},
	}
	for _, s := range r.Statements {
		out = append(out,
			expectation{"sid", s.Sid, "letters and digits only", alphanumeric(s.Sid)},
			expectation{"actions", "", "at least one action", len(s.Actions) > 0},
		)
		out = append(out, each("action", s.Actions, "service:Action without wildcards", action)...)
		out = append(out, ofResources(s)...)
	}
	return out
}

func (c *Catalogue) ofRule(r Rule) []expectation {
	length := utf8.RuneCountInString(r.Description)
	out := []expectation{
		{"name", r.Name, "lower-case words joined by hyphens", kebab(r.Name)},
		{"identifier", r.Identifier, "AWS's identifier of a managed rule, such as ENCRYPTED_VOLUMES", identifier(r.Identifier)},
		{"trigger", string(r.Trigger), "one of change, periodic, both", slices.Contains(Triggers(), r.Trigger)},
		{"severity", string(r.Severity), severityWords(), slices.Contains(Severities(), r.Severity)},
		{"description", r.Description, "a sentence on what is compliant", !blank(r.Description)},
		{
			"description", r.Description, fmt.Sprintf("at most %d characters, but it has %d", MaxDescription, length),
			length <= MaxDescription,
		},
		{"guidance", r.Guidance, "what to do about a violation", !blank(r.Guidance)},
		{"resourceTypes", "", "at least one resource type", len(r.ResourceTypes) > 0},
		{"packs", "", "at least one pack: settings could not select it", len(r.Packs) > 0},
		{
			"remediation", r.Remediation, "nothing, or " + oneOf(c.remediationNames()),
			r.Remediation == "" || slices.Contains(c.remediationNames(), r.Remediation),
		},
	}
	out = append(out, each("resource type", r.ResourceTypes, "AWS::Service::Resource or AWS::::Account", resourceType)...)
	out = append(out, unique("resource type", r.ResourceTypes)...)
	out = append(out, each("pack", r.Packs, oneOf(c.packNames()), func(p string) bool {
		return slices.Contains(c.packNames(), p)
	})...)
	out = append(out, unique("pack", r.Packs)...)
	return append(out, ofFrameworks(r.Frameworks)...)
}

func ofFrameworks(f Frameworks) []expectation {
	var out []expectation
	for _, framework := range []struct {
		field, expected string
		controls        []string
		form            func(string) bool
	}{
		{"CIS control", "a number such as 2.1.1", f.CIS, dotted},
		{"NIST control", "a control such as CP-9 or SC-28(1)", f.NIST, nistControl},
		{"PCI control", "a number such as 8.4.2", f.PCI, dotted},
	} {
		out = append(out, each(framework.field, framework.controls, framework.expected, framework.form)...)
		out = append(out, unique(framework.field, framework.controls)...)
	}
	return out
}

func each(field string, values []string, expected string, met func(string) bool) []expectation {
	var out []expectation
	for _, value := range values {
		out = append(out, expectation{field, value, expected, met(value)})
	}
	return out
}

func unique(field string, values []string) []expectation {
	seen := map[string]bool{}
	var out []expectation
	for _, value := range values {
		out = append(out, expectation{field, value, "to find it once, but it is there again", !seen[value]})
		seen[value] = true
	}
	return out
}

func severityWords() string {
	return oneOf(collect(Severities(), func(s Severity) string { return string(s) }))
}

func blank(text string) bool {
	return strings.TrimSpace(text) == ""
}
