package catalogue_test

import (
	"reflect"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/source"
)

// FuzzParse checks that no text makes Parse panic, and that what it accepts is valid, survives being written and read
// again, and can be selected whole.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		sample, "", "rules: []", "rules: [{name: a}]", "packs: &p [{name: a}]\nrules: *p", "---\n---", "\t",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := source.Parse(text)
		if err != nil {
			if c != nil {
				t.Fatal("a catalogue was returned beside an error")
			}
			return
		}
		written, err := yaml.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := source.Parse(written)
		if err != nil {
			t.Fatalf("written and read again: %v\n%s", err, written)
		}
		if !reflect.DeepEqual(ruleNames(c.Rules), ruleNames(again.Rules)) {
			t.Fatalf("written and read again: %v, not %v", ruleNames(again.Rules), ruleNames(c.Rules))
		}
		rules, err := c.Select(catalogue.Selection{Include: ruleNames(c.Rules)})
		if err != nil || len(rules) != len(c.Rules) {
			t.Fatalf("selecting all %d rules: %d, %v", len(c.Rules), len(rules), err)
		}
	})
}
