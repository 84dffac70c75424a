package exemptions_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"schemaVersion":1,"exemptions":[]}`,
		`{"schemaVersion":1,"exemptions":[{"rule":"r","resource":"*","owner":"o","reason":"x","expires":"2026-11-23"}]}`,
		`{"schemaVersion":1,"exemptions":[{"rule":"r","resource":"a?*","owner":"o","reason":"x","expires":"9999-12-31"}]}`,
		`{"schemaVersion":1}`, `{"schemaVersion":1,"exemptions":[{}]}`, `null`, `[]`, ``, `{"schemaVersion":1,"exemptions":[]} `,
	} {
		f.Add([]byte(seed), "resource")
	}
	f.Fuzz(func(t *testing.T, content []byte, resource string) {
		list, err := exemptions.Parse(content)
		if err != nil {
			return
		}
		if !json.Valid(content) {
			t.Fatal("read what is not JSON")
		}
		if exemption, ok := list.Find("r", resource, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)); ok {
			if exemption.Owner == "" || exemption.Reason == "" || exemption.Expires.IsZero() {
				t.Fatalf("an exemption that nobody answers for: %+v", exemption)
			}
		}
	})
}
