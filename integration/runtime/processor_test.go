package runtime_test

import (
	"encoding/json"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

var _ = Describe("The processor", func() {
	It("should record a violation and tell people of it, once, however often its event comes", func(ctx SpecContext) {
		const resource = "public-uploads"
		ordering := time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
		event := change("s3-encryption", resource, ordering)
		mail := inbox(ctx, "violations")

		By("handling the event")
		answer := invoke(ctx, names.Processor, event, nil)
		key, record := one(objects(ctx, "events/2026/11/23/", resource))
		Expect(record).To(And(
			HaveKeyWithValue("rule", "s3-encryption"),
			HaveKeyWithValue("configRule", names.Resource(prefix, "s3-encryption")),
			HaveKeyWithValue("severity", "high"),
			HaveKeyWithValue("resourceType", "AWS::S3::Bucket"),
			HaveKeyWithValue("compliance", "NON_COMPLIANT"),
			HaveKeyWithValue("previousCompliance", "COMPLIANT"),
			HaveKeyWithValue("transition", "violation"),
			HaveKeyWithValue("notification", HaveKeyWithValue("delivery", "sent")),
		))
		id, _ := record["id"].(string)
		Expect(key).To(Equal(names.EventKey(ordering, id)))
		Expect(json.Marshal(record["event"])).To(MatchJSON(event))
		Expect(metrics(answer.Output)).To(ConsistOf(
			metric(names.MetricEventsProcessed, 1.0), metric(names.MetricViolations, 1.0, names.DimensionSeverity, "high"),
		))
		Expect(received(ctx, mail, 1)).To(ConsistOf(And(
			HaveField("Subject", "[HIGH] violation: s3-encryption on "+resource),
			HaveField("Message", And(ContainSubstring(key), ContainSubstring("What to do"))),
			HaveField("MessageAttributes", And(
				HaveKeyWithValue(names.AttributeSeverity, HaveField("Value", "high")),
				HaveKeyWithValue(names.AttributeRule, HaveField("Value", "s3-encryption")),
				HaveKeyWithValue(names.AttributeResourceType, HaveField("Value", "AWS::S3::Bucket")),
				HaveKeyWithValue(names.AttributeCompliance, HaveField("Value", "NON_COMPLIANT")),
			)),
		)))

		By("handling a copy of the event")
		answer = invoke(ctx, names.Processor, event, nil)
		Expect(metrics(answer.Output)).To(ConsistOf(metric(names.MetricDuplicateEvents, 1.0)))
		_, again := one(objects(ctx, "events/2026/11/23/", resource))
		Expect(again).To(Equal(record))

		By("handling another event, whose mail is the only one since")
		invoke(ctx, names.Processor, change("s3-encryption", "other-uploads", ordering), nil)
		Expect(received(ctx, mail, 1)).To(ConsistOf(
			HaveField("Subject", "[HIGH] violation: s3-encryption on other-uploads")))
	})
})
