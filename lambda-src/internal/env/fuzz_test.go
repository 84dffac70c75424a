package env_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
)

func FuzzParseModes(f *testing.F) {
	for _, seed := range []string{`{"s3-encryption":"enforce"}`, `{}`, `null`, `[]`, ``, `{"a":1}`, `{"A":"plan"}`, `{"a":"plan"}x`, `{"a":"plan","a":"off"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		modes, err := env.ParseModes(text)
		if err != nil {
			if modes != nil {
				t.Fatalf("modes %v with error %v", modes, err)
			}
			return
		}
		if !json.Valid([]byte(text)) {
			t.Fatal("read what is not JSON")
		}
		for rule, mode := range modes {
			if rule == "" || !slices.Contains([]string{names.ModeOff, names.ModePlan, names.ModeEnforce}, mode) {
				t.Fatalf("rule %q has mode %q", rule, mode)
			}
		}
	})
}
