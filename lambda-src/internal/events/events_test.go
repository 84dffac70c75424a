package events_test

import (
	"encoding/json"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
)

// fields of a JSON object.
type fields = map[string]any

// changed is the event of real with one change made to it.
func changed(change func(event, detail fields)) []byte {
	var event fields
	Expect(json.Unmarshal([]byte(real), &event)).To(Succeed())
	change(event, event["detail"].(fields))
	payload, err := json.Marshal(event)
	Expect(err).NotTo(HaveOccurred())
	return payload
}

var _ = Describe("An event of AWS Config", func() {
	It("should be read as AWS sends it", func() {
		event, err := events.Parse([]byte(real))
		Expect(err).NotTo(HaveOccurred())
		Expect(event).To(Equal(events.Event{
			Kind: events.ComplianceChange,
			ID:   "6b0c8f61-4a07-4b0b-9f0e-0f6f3f6f2a10",
			Change: events.Change{
				Result: events.Result{
					ConfigRule: "monitor-test-s3-encryption", ResourceType: "AWS::S3::Bucket", ResourceID: "data",
					Ordering: time.Date(2026, 11, 23, 10, 0, 0, 138_000_000, time.UTC),
				},
				Account: "123456789012", Region: "us-east-1",
				Compliance: "NON_COMPLIANT", Previous: "COMPLIANT",
				Recorded:   time.Date(2026, 11, 23, 10, 0, 2, 0, time.UTC),
				Annotation: "no default encryption",
			},
		}))
	})

	It("should have no previous compliance at a first evaluation", func() {
		for _, change := range []func(_, detail fields){
			func(_, detail fields) { delete(detail, "oldEvaluationResult") },
			func(_, detail fields) { detail["oldEvaluationResult"] = nil },
		} {
			event, err := events.Parse(changed(change))
			Expect(err).NotTo(HaveOccurred())
			Expect(event.Kind).To(Equal(events.ComplianceChange))
			Expect(event.Change.Previous).To(BeEmpty())
		}
	})

	It("should be read without what AWS may leave out, and with what it may add", func() {
		event, err := events.Parse(changed(func(event, detail fields) {
			event["replay-name"], detail["newField"] = "x", fields{"a": []int{1}}
			result := detail["newEvaluationResult"].(fields)
			delete(result, "annotation")
			delete(result, "resultRecordedTime")
			result["resultToken"] = "token"
		}))
		Expect(err).NotTo(HaveOccurred())
		Expect(event.Change.Annotation).To(BeEmpty())
		Expect(event.Change.Recorded.IsZero()).To(BeTrue())
	})

	DescribeTable("should have another kind",
		func(kind events.Kind, change func(event, detail fields)) {
			event, err := events.Parse(changed(change))
			Expect(err).NotTo(HaveOccurred())
			Expect(event.Kind).To(Equal(kind))
			Expect(event.ID).NotTo(BeEmpty())
		},
		Entry("when the new result is null", events.ResultWithdrawn, func(_, detail fields) { detail["newEvaluationResult"] = nil }),
		Entry("when the new result is missing", events.ResultWithdrawn, func(_, detail fields) { delete(detail, "newEvaluationResult") }),
		Entry("when the message is another", events.Unknown, func(_, detail fields) { detail["messageType"] = "ScheduledNotification" }),
		Entry("when the detail type is another", events.Unknown, func(event, _ fields) { event["detail-type"] = "Config Configuration Item Change" }),
		Entry("when the source is another", events.Unknown, func(event, _ fields) { event["source"] = "aws.s3" }),
		Entry("when a schedule has come round", events.Schedule, func(event, _ fields) {
			event["source"], event["detail-type"], event["detail"] = "aws.events", "Scheduled Event", fields{}
		}),
	)

	DescribeTable("should be malformed, and say why",
		func(why string, change func(event, detail fields)) {
			event, err := events.Parse(changed(change))
			Expect(err).To(MatchError(events.ErrMalformed))
			Expect(err).To(MatchError(ContainSubstring(why)))
			Expect(event.Kind).To(Equal(events.Unknown))
			Expect(event.ID).To(Equal("6b0c8f61-4a07-4b0b-9f0e-0f6f3f6f2a10"), "it must be possible to find it")
		},
		Entry("without a rule", "configRuleName is missing", func(_, detail fields) { delete(detail, "configRuleName") }),
		Entry("without a resource type", "resourceType is missing", func(_, detail fields) { detail["resourceType"] = "" }),
		Entry("without a resource", "resourceId is missing", func(_, detail fields) { detail["resourceId"] = nil }),
		Entry("without a region", "awsRegion is missing", func(_, detail fields) { delete(detail, "awsRegion") }),
		Entry("without an account", "awsAccountId is missing", func(_, detail fields) { delete(detail, "awsAccountId") }),
		Entry("with two accounts", "in the envelope", func(event, _ fields) { event["account"] = "210987654321" }),
		Entry("without a compliance type", "complianceType is missing",
			func(_, detail fields) { delete(detail["newEvaluationResult"].(fields), "complianceType") }),
		Entry("without an ordering timestamp", "orderingTimestamp is missing",
			func(_, detail fields) { delete(detail["newEvaluationResult"].(fields), "evaluationResultIdentifier") }),
		Entry("with an ordering timestamp of no use", "orderingTimestamp is missing or out of range", func(_, detail fields) {
			detail["newEvaluationResult"].(fields)["evaluationResultIdentifier"] = fields{"orderingTimestamp": "9999-12-31T23:59:59-01:00"}
		}),
		Entry("with a recording time of no use", "resultRecordedTime is out of range", func(_, detail fields) {
			detail["newEvaluationResult"].(fields)["resultRecordedTime"] = "9999-12-31T23:59:59-01:00"
		}),
		Entry("with a detail that is no object", "reading the detail", func(event, _ fields) { event["detail"] = "text" }),
		Entry("without a detail", "reading the detail", func(event, _ fields) { delete(event, "detail") }),
	)

	It("should report all that is missing at once", func() {
		_, err := events.Parse(changed(func(_, detail fields) {
			delete(detail, "configRuleName")
			delete(detail, "resourceId")
		}))
		Expect(err).To(MatchError(And(ContainSubstring("configRuleName"), ContainSubstring("resourceId"))))
	})

	It("should be malformed when it is cut off anywhere", func() {
		for length := range len(real) {
			_, err := events.Parse([]byte(real[:length]))
			Expect(err).To(MatchError(events.ErrMalformed), "after %d bytes", length)
		}
	})
})

var _ = Describe("A result's id", func() {
	it := events.Result{ConfigRule: "r", ResourceType: "t", ResourceID: "i", Ordering: time.Unix(1, 500).UTC()}

	It("should be the same for the same result, in whatever time zone its timestamp is written", func() {
		same := it
		same.Ordering = it.Ordering.In(time.FixedZone("X", 3600))
		Expect(same.ID()).To(Equal(it.ID()))
		Expect(it.ID()).To(MatchRegexp("^[0-9a-f]{32}$"))
	})

	It("should differ for another result", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			text := rapid.StringN(0, 3, -1).Filter(func(s string) bool { return !strings.Contains(s, "\x00") })
			draw := func(label string) events.Result {
				return events.Result{
					ConfigRule: text.Draw(t, label+" rule"), ResourceType: text.Draw(t, label+" type"), ResourceID: text.Draw(t, label+" id"),
					Ordering: time.Unix(rapid.Int64Range(0, 2).Draw(t, label+" ordering"), 0).UTC(),
				}
			}
			a, b := draw("one"), draw("other")
			if (a == b) != (a.ID() == b.ID()) {
				t.Fatalf("%v has id %s, and %v has id %s", a, a.ID(), b, b.ID())
			}
		})
	})
})
