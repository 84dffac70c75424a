package catalogue

import (
	"slices"
	"sync"
)

//go:generate go run ./source/generate

var load = sync.OnceValue(shipped)

// Load is the catalogue that the program carries: rules.yaml, which 'go generate' has turned into Go. It is made on first
// use, once; all callers share it, so it must not be changed: Rule, Remediation and Select return copies. It was validated
// when it was generated, so there is no error yet; there is room for one.
func Load() (*Catalogue, error) {
	return load(), nil
}

// Rule is a copy of the rule of that name (ours, without a deployment's prefix), and whether there is one.
func (c *Catalogue) Rule(name string) (Rule, bool) {
	at := slices.IndexFunc(c.Rules, func(r Rule) bool { return r.Name == name })
	if at < 0 {
		return Rule{}, false
	}
	return c.Rules[at].clone(), true
}

// Remediation is a copy of the remediation of that name, and whether there is one.
func (c *Catalogue) Remediation(name string) (Remediation, bool) {
	at := slices.IndexFunc(c.Remediations, func(r Remediation) bool { return r.Name == name })
	if at < 0 {
		return Remediation{}, false
	}
	found := c.Remediations[at]
	found.Statements = slices.Clone(found.Statements)
	for i, s := range found.Statements {
		found.Statements[i].Actions = slices.Clone(s.Actions)
		found.Statements[i].Resources = slices.Clone(s.Resources)
	}
	return found, true
}

func (c *Catalogue) ruleNames() []string {
	return collect(c.Rules, func(r Rule) string { return r.Name })
}

func (c *Catalogue) packNames() []string {
	return collect(c.Packs, func(p Pack) string { return p.Name })
}

func (c *Catalogue) remediationNames() []string {
	return collect(c.Remediations, func(r Remediation) string { return r.Name })
}

// collect is what of makes of each of the items.
func collect[T any](items []T, of func(T) string) []string {
	var out []string
	for _, item := range items {
		out = append(out, of(item))
	}
	return out
}
