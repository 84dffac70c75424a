package loop_test

import (
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	contract "github.com/compliance-monitor/compliance-monitor/contract/undo"
)

var _ = Describe("The remediator", func() {
	It("should leave a resource alone that is exempt from the rule, and only from that", func(ctx SpecContext) {
		it := thing{bucketType, bucketCalled(ctx, unused("exempt"))}
		Expect(settled(ctx, exemptRule, it, "exempt")).To(And(
			HaveField("Attempted", false), HaveField("Why", And(ContainSubstring("web team"), ContainSubstring("Its readers know nothing else.")))))
		settled(ctx, "s3-public-access-block", it, "verified")
		Expect(policyOf(ctx, it.id)).To(Equal("NoSuchBucketPolicy"))
		Expect(compliance(ctx, exemptRule, it)).To(Equal(nonCompliant))
	})

	DescribeTable("should leave a bucket alone by its tag",
		func(ctx SpecContext, key, value, outcome, why string) {
			const rule = "s3-encryption-kms"
			it := taggedBucket(ctx, key, value)
			Expect(settled(ctx, rule, it, outcome)).To(And(HaveField("Attempted", false), HaveField("Why", ContainSubstring(why))))
			Expect(encryptionOf(ctx, it.id)).To(Equal("AES256  false"))
		},
		Entry("when its owner has opted out", names.TagRemediation, names.TagRemediationOff, "opted-out", "tag compliance:remediation=off"),
		Entry("when a stack owns it", "ManagedBy", "terraform", "owned-by-iac", "ManagedBy=terraform"),
	)

	It("should only say what it would change for a rule in mode plan", func(ctx SpecContext) {
		it := thing{groupType, newGroup(portRDP)(ctx)}
		plan := settled(ctx, plannedRule, it, "planned")
		Expect(plan).To(And(HaveField("Mode", names.ModePlan), HaveField("Attempted", false), HaveField("Changes", Not(BeEmpty()))))
		told(ctx, "operations", "remediation planned: "+plannedRule+" on ", it.id, "In mode enforce this would be changed", plan.key)
		Expect(groupState(ctx, it.id)).To(Equal("3389 0.0.0.0/0"))
		Expect(compliance(ctx, plannedRule, it)).To(Equal(nonCompliant))
	})

	It("should not hear of a violation that no remediation exists for, while people do", func(ctx SpecContext) {
		const rule = "s3-access-logging"
		it := thing{bucketType, newBucket(ctx)}
		told(ctx, "violations", "violation: "+rule+" on ", it.id, "What to do")
		settled(ctx, "s3-public-access-block", it, "verified")
		Expect(records(ctx, names.RemediationsPrefix, rule, it)).To(BeEmpty())
		Expect(compliance(ctx, rule, it)).To(Equal(nonCompliant))
	})

	It("should forget a resource that is gone before it comes to it", func(ctx SpecContext) {
		disabled := pause(ctx, "remediator-compliance")
		it := thing{bucketType, newBucket(ctx)}
		becomes(ctx, "s3-encryption", false, it, nonCompliant)
		removeBucket(ctx, it.id)
		disabled.resume()
		Eventually(func() []string { return evaluations(ctx, "s3-encryption", it) }).Should(ContainElement("NOT_APPLICABLE"))
		Eventually(func() []record { return records(ctx, names.EventsPrefix, "s3-encryption", it) }).
			Should(ContainElement(HaveField("Compliance", "NOT_APPLICABLE")))
		sweep(ctx)
		Expect(records(ctx, names.RemediationsPrefix, "s3-encryption", it)).To(BeEmpty())
	})
})

var _ = Describe("An operator's undo", func() {
	It("should hold for every rule that the same remediation is made for", func(ctx SpecContext) {
		rules := []string{"s3-encryption", "s3-encryption-kms"}
		it := thing{bucketType, newBucket(ctx)}
		var fixes []record
		for _, rule := range rules {
			becomes(ctx, rule, false, it, compliant)
		}
		Eventually(func() []record {
			fixes = nil
			for _, rule := range rules {
				for _, one := range records(ctx, names.RemediationsPrefix, rule, it) {
					if one.Outcome == "verified" && one.Told == one.Outcome {
						fixes = append(fixes, one)
					}
				}
			}
			return fixes
		}).ShouldNot(BeEmpty())
		Expect(operator.Undo(ctx, must(operator.Find(ctx, fixes[0].ID)), false)).To(HaveField("Outcome", contract.Undone))
		for _, rule := range rules {
			becomes(ctx, rule, false, it, nonCompliant)
			Expect(settled(ctx, rule, it, "fight").Why).To(HavePrefix("undone by ann on "))
		}
		Expect(encryptionOf(ctx, it.id)).To(Equal("ServerSideEncryptionConfigurationNotFoundError"))
	})
})

var _ = Describe("An event that comes twice", func() {
	It("should be recorded, told and acted on once", func(ctx SpecContext) {
		const rule = "s3-public-access-block"
		it := thing{bucketType, newBucket(ctx)}
		fix := settled(ctx, rule, it, "verified")
		told(ctx, "violations", "violation: "+rule+" on ", it.id)
		becomes(ctx, rule, false, it, compliant)
		told(ctx, "violations", "resolved: "+rule+" on ", it.id)
		recorded := records(ctx, names.EventsPrefix, rule, it)
		toldBefore := len(mails(ctx, "violations"))

		By("coming again, as it was, to another environment")
		Expect(recorded[0].Compliance).To(Equal(nonCompliant))
		own(ctx, http.MethodDelete, "environments", nil, nil)
		Expect(invoke(ctx, names.Processor, string(recorded[0].Event)).FunctionError).To(BeNil())
		Expect(invoke(ctx, names.Remediator, string(recorded[0].Event)).FunctionError).To(BeNil())
		Expect(records(ctx, names.EventsPrefix, rule, it)).To(Equal(recorded))
		Expect(records(ctx, names.RemediationsPrefix, rule, it)).To(Equal([]record{fix}))
		var again []mail
		for _, one := range mails(ctx, "violations")[toldBefore:] {
			if strings.Contains(one.Subject, "violation: "+rule+" on "+it.id) {
				again = append(again, one)
			}
		}
		Expect(again).To(BeEmpty())
		Eventually(func() []float64 { return measured(ctx, names.MetricDuplicateEvents, now(ctx).Add(-time.Hour)) }).ShouldNot(BeEmpty())
	})
})

var _ = Describe("The schedule", func() {
	It("should have the remediator fix what no event told, and the aggregator report it", func(ctx SpecContext) {
		By("losing an event")
		disabled := pause(ctx, "remediator-compliance")
		it := thing{bucketType, bucketWithOwnKeys(ctx)}
		becomes(ctx, "s3-encryption-kms", false, it, nonCompliant)
		told(ctx, "violations", "violation: s3-encryption-kms on ", it.id)
		disabled.resume()
		Expect(records(ctx, names.RemediationsPrefix, "s3-encryption-kms", it)).To(BeEmpty())

		By("letting six hours pass")
		began := now(ctx)
		advance(ctx, names.ScheduleHours*time.Hour)
		Expect(settled(ctx, "s3-encryption-kms", it, "verified").Attempted).To(BeTrue())
		becomes(ctx, "s3-encryption-kms", false, it, compliant)

		By("reporting, and telling of it: the bucket keeps no access log, which is new")
		checkReport(ctx, began)
		Eventually(ctx, func() []mail { return mailsSince(ctx, "violations", began) }).
			Should(ContainElement(HaveField("Subject", ContainSubstring("compliance of "+prefix))))
	})
})
