package report_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
)

// TestLine checks that a line is what encoding/json writes.
func TestLine(t *testing.T) {
	at := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "none") {
			return time.Time{}
		}
		return time.UnixMilli(rapid.Int64Range(-1e12, 1e14).Draw(t, "milliseconds")).UTC()
	})
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~]*`), rapid.SampledFrom([]string{"", "a<b", "\xff", "\u2028", "\x7f"}))
	rapid.Check(t, func(t *rapid.T) {
		result := report.Result{
			Rule: text.Draw(t, "rule"), Severity: catalogue.Severity(text.Draw(t, "severity")), ResourceType: text.Draw(t, "type"),
			ResourceID: text.Draw(t, "id"), Compliance: text.Draw(t, "compliance"), Annotation: text.Draw(t, "annotation"),
			Ordering: at.Draw(t, "ordering"), Recorded: at.Draw(t, "recorded"), Since: at.Draw(t, "since"), ExemptUntil: text.Draw(t, "until"),
		}
		var want bytes.Buffer
		if err := json.NewEncoder(&want).Encode(result); err != nil {
			t.Fatal(err)
		}
		line := result.AppendLine([]byte("before"))
		if string(line) != "before"+want.String() {
			t.Fatalf("%s is not %s", line, want.String())
		}
	})
}
