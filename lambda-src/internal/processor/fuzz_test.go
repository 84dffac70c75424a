package processor_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// FuzzHandle checks that no event makes the processor fail when AWS is well: whatever it is given, it counts it once, as
// processed or as ignored for a reason, logs it, and keeps and tells only what it has processed.
func FuzzHandle(f *testing.F) {
	for _, seed := range []string{
		string(violation().payload()), string(event{rule: "other-rule", resource: "r", after: "COMPLIANT", account: account, ordering: now}.payload()),
		"", "{}", "null", "[]", `{"source":`, `{"source":"aws.events","detail-type":"Scheduled Event"}`, `{"source":"aws.s3"}`, "\x00\xff",
		strings.Replace(string(violation().payload()), `"data"`, `"../\u0000\ud800%2e"`, 1),
		strings.Replace(string(violation().payload()), "2026", "0001", 2),
		strings.Replace(string(violation().payload()), `"monitor-test-s3-encryption"`, `"monitor-test-"`, 1),
		strings.Replace(string(violation().payload()), `"NON_COMPLIANT"`, `"INSUFFICIENT_DATA"`, 1),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		aws, emitted, logged := newCloud(), newMetrics(), &bytes.Buffer{}
		handler := aws.environment(func() time.Time { return now })
		handler.Metrics, handler.Log, handler.FloodLimit = emitted, slog.New(slog.NewJSONHandler(logged, nil)), 1
		if err := handler.Handle(request("request-1"), payload); err != nil {
			t.Fatalf("%q would be tried again: %v", payload, err)
		}
		processed, ignored := emitted.totals["EventsProcessed"], 0.0
		for name, count := range emitted.totals {
			if strings.HasPrefix(name, "IgnoredEvents Reason=") {
				ignored += count
			}
		}
		if processed+ignored != 1 || len(aws.objects) != int(processed) || len(aws.mails) > len(aws.objects) || logged.Len() == 0 {
			t.Fatalf("%q: %v, %d objects, %d mails, log %q", payload, emitted.totals, len(aws.objects), len(aws.mails), logged)
		}
	})
}
