package catalogue

import (
	"bytes"
	_ "embed" // for rules.yaml
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed rules.yaml
var embedded []byte

var load = sync.OnceValues(func() (*Catalogue, error) { return Parse(embedded) })

// Load is the catalogue that the program carries (rules.yaml). It is parsed on first use, once; all callers share it,
// so it must not be changed: Rule, Remediation and Select return copies.
func Load() (*Catalogue, error) {
	return load()
}

// Parse reads a catalogue from YAML and validates it. An unknown or repeated key is an error that names its line;
// everything else that is wrong is reported at once, as Faults. Whether AWS knows the rules' identifiers, triggers
// and parameters is not looked at here but by package managed, because its list is large and functions do without it.
func Parse(text []byte) (*Catalogue, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var c Catalogue
	if err := decoder.Decode(&c); err != nil {
		return nil, fmt.Errorf("parsing the catalogue (correct the YAML at the line given): %w", err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("parsing the catalogue: there is more after the first YAML document; make it one document")
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("validating the catalogue: %w", err)
	}
	return &c, nil
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
