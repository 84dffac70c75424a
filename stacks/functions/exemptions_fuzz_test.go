package functions

import (
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzParseExemptions holds that whatever is accepted has only fields that people wrote, and survives its way to the
// functions.
func FuzzParseExemptions(f *testing.F) {
	for _, seed := range []string{
		"", "exemptions: []", "exemptions:", "[]", "exemptions: [a]", "exemptions: [{rule: a, rule: b}]",
		"exemptions:\n  - rule: s3-encryption\n    resource: a\n    owner: b\n    reason: c\n    expires: 2027-01-01\n",
		"exemptions: [&a {rule: x}, *a]", "a: &a [*a]", "exemptions: []\n---\n", "exemptions: [{<<: {rule: a}}]", "\x00", "- -",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		found, err := parseExemptions("exemptions.yaml", content)
		if err != nil {
			return
		}
		written := document{SchemaVersion: exemptionsSchema, Exemptions: []exemption{}}
		for _, one := range found {
			if one.line < 1 {
				t.Errorf("an exemption begins on line %d", one.line)
			}
			written.Exemptions = append(written.Exemptions, *one.value)
		}
		var read document
		if err := json.Unmarshal([]byte(written.json()), &read); err != nil {
			t.Fatalf("reading what was written: %v", err)
		}
		if len(read.Exemptions) != len(written.Exemptions) || !reflect.DeepEqual(keys(read), keys(written)) {
			t.Errorf("wrote %v, read %v", written, read)
		}
	})
}

// keys are the rules and dates, which are the same when read again; other text may lose bytes that are no UTF-8.
func keys(d document) []string {
	var all []string
	for _, e := range d.Exemptions {
		all = append(all, e.Rule, e.Expires)
	}
	return all
}
