package awshttp_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
)

// FuzzError checks that whatever an answer's body is, there is a code to go by, and that a condition that did not hold is
// told from what is missing only by what AWS says.
func FuzzError(f *testing.F) {
	for _, seed := range []string{
		slowDown, "", "<html>", `<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>`, `<Error><Code></Code></Error>`, "\x00",
	} {
		f.Add(412, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		err := awshttp.ReadError(status, body)
		if err.Code == "" || err.Status != status {
			t.Fatalf("%d with %q is %+v", status, body, err)
		}
	})
}

// FuzzEscape checks that a path that is read again is the key that it was made of.
func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"events/2026/11/23/a.json", "a b+c", "ä/ö", "%", "?#", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		again, err := url.PathUnescape(awshttp.Escape(key))
		if err != nil || again != key {
			t.Fatalf("%q was read as %q (%v)", key, again, err)
		}
	})
}

// FuzzCompliance checks that what is taken for a page of results is JSON, as encoding/json has it.
func FuzzCompliance(f *testing.F) {
	for _, seed := range []string{evaluations, throttled, "", `{"EvaluationResults":[{"ResultRecordedTime":01}]}`, `{"EvaluationResults":[],"a":"\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if page, err := awshttp.ParseCompliance(text); err == nil && (!json.Valid([]byte(text)) || page.Results == nil) {
			t.Fatalf("%q was read as %+v", text, page)
		}
	})
}
