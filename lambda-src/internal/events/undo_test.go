package events_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/undo"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
)

const recordKey = "remediations/2026/11/23/0123456789abcdef0123456789abcdef.json"

var _ = Describe("An operator's request to undo", func() {
	It("should be read as it is written", func() {
		request := undo.Request{Key: recordKey, By: "arn:aws:iam::123456789012:user/ann", DryRun: true}
		event, err := events.Parse(request.Event())
		Expect(err).NotTo(HaveOccurred())
		Expect(event).To(Equal(events.Event{Kind: events.Undo, Undo: request}))
	})

	DescribeTable("should be malformed, and say why",
		func(why, detail string) {
			event, err := events.Parse(fmt.Appendf(nil, `{"source":"compliance.operator","detail-type":"Undo","detail":%s}`, detail))
			Expect(err).To(MatchError(events.ErrMalformed))
			Expect(err).To(MatchError(ContainSubstring(why)))
			Expect(event.Kind).To(Equal(events.Unknown))
		},
		Entry("without a detail", "reading the detail", `"text"`),
		Entry("without who asks", "by, which says who asks, is missing", `{"key":"`+recordKey+`"}`),
		Entry("with a name without end", "too long", `{"key":"`+recordKey+`","by":"`+strings.Repeat("a", 2049)+`"}`),
		Entry("without a key", `key "" is not that of a record`, `{"by":"ann"}`),
		Entry("with the key of something else", "expected remediations/YYYY/MM/DD/<id>.json", `{"by":"ann","key":"config/exemptions.json"}`),
		Entry("with an id that is none", "is not that of a record", `{"by":"ann","key":"`+strings.ToUpper(recordKey)+`"}`),
		Entry("with capitals in its id", "is not that of a record", `{"by":"ann","key":"`+strings.Replace(recordKey, "abc", "ABC", 1)+`"}`),
		Entry("with a day that is none", "is not that of a record", `{"by":"ann","key":"`+strings.Replace(recordKey, "2026", "2o26", 1)+`"}`),
		Entry("with a way out of the folder", "is not that of a record", `{"by":"ann","key":"`+strings.Replace(recordKey, "2026", "../.", 1)+`"}`),
	)

	It("should report all that is wrong at once", func() {
		_, err := events.Parse(undo.Request{Key: "x"}.Event())
		Expect(err).To(MatchError(And(ContainSubstring("key"), ContainSubstring("by,"))))
	})
})

// FuzzParseUndo holds that whatever is accepted names a record and who asks, and nothing else in the bucket.
func FuzzParseUndo(f *testing.F) {
	for _, seed := range []string{
		`{"key":"` + recordKey + `","by":"ann"}`, `{}`, `null`, `[]`, `{"key":"remediations/../config/exemptions.json","by":"ann"}`,
		`{"key":"` + recordKey + `","by":"","dryRun":true}`, `{"key":1}`, `{"dryRun":"yes"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, detail []byte) {
		payload := fmt.Appendf(nil, `{"source":"compliance.operator","detail-type":"Undo","detail":%s}`, detail)
		event, err := events.Parse(payload)
		if err != nil {
			if !errors.Is(err, events.ErrMalformed) || event.Kind != events.Unknown {
				t.Fatalf("kind %d with error %v", event.Kind, err)
			}
			return
		}
		if !json.Valid(payload) {
			t.Fatal("read what is not JSON")
		}
		if event.Kind != events.Undo {
			return
		}
		if event.Undo.By == "" || len(event.Undo.Key) != len(recordKey) || !strings.HasPrefix(event.Undo.Key, "remediations/") ||
			strings.Contains(event.Undo.Key, "..") {
			t.Fatalf("read %+v", event.Undo)
		}
	})
}
