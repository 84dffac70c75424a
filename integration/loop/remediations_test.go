package loop_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/cmd/undo"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	contract "github.com/compliance-monitor/compliance-monitor/contract/undo"
)

var _ = Describe("A violation", func() {
	It("should be made by the specs for every remediation that there is", func() {
		known, err := catalogue.Load()
		Expect(err).NotTo(HaveOccurred())
		remediations := map[string]bool{}
		for _, one := range breakages {
			rule, found := known.Rule(one.rule)
			Expect(found).To(BeTrue(), one.rule)
			remediations[rule.Remediation] = true
		}
		for _, remediation := range known.Remediations {
			Expect(remediations).To(HaveKey(remediation.Name))
		}
	})

	entries := []any{func(ctx SpecContext, b breakage) { followThrough(ctx, b) }}
	for _, one := range breakages {
		entries = append(entries, Entry("of "+one.rule, one))
	}
	DescribeTable("should be found, told, fixed and found compliant, and be brought back by an undo for good", entries...)
})

// followThrough breaks a resource and follows the loop until an operator has had the fix undone.
func followThrough(ctx SpecContext, b breakage) {
	GinkgoHelper()
	By("breaking it")
	since := b.since(ctx)
	it := thing{b.kind, b.make(ctx)}
	state := func() string { return b.state(ctx, it.id) }
	fixed := b.whenFixed(it.id)
	if b.periodic {
		evaluate(ctx, b.rule)
	}

	By("finding it")
	Eventually(func() []string { return evaluationsSince(ctx, since, b.rule, it) }).Should(ContainElement(nonCompliant))

	By("fixing it")
	fix := settledSince(ctx, since, b.rule, it, "verified")
	Expect(fix.Mode).To(Equal(names.ModeEnforce))
	Expect(fix.Attempted).To(BeTrue())
	Expect(fix.Changes).NotTo(BeEmpty())
	Expect(fix.key).To(Equal(names.RemediationKey(fix.Ordering, fix.ID)))
	Expect(state()).To(Equal(fixed))

	By("telling people")
	told(ctx, "violations", "violation: "+b.rule+" on ", it.id)
	told(ctx, "operations", "remediation verified: "+b.rule+" on ", it.id, fix.key)

	By("recording the event")
	Eventually(func() []record { return records(ctx, names.EventsPrefix, b.rule, it) }).Should(ContainElement(And(
		HaveField("Compliance", nonCompliant), HaveField("ID", fix.ID), HaveField("Notification.Delivery", "sent"))))

	if !b.stays {
		By("finding it compliant again")
		becomes(ctx, b.rule, b.periodic, it, compliant)
		told(ctx, "violations", "resolved: "+b.rule+" on ", it.id)
	}

	By("undoing the fix")
	answer, err := operator.Undo(ctx, must(operator.Find(ctx, fix.ID)), false)
	Expect(err).NotTo(HaveOccurred())
	if b.oneWay {
		Expect(answer).To(And(HaveField("Outcome", contract.Refused), HaveField("Why", ContainSubstring("Nothing was changed"))))
		Expect(state()).To(Equal(fixed))
		return
	}
	Expect(answer).To(Equal(contract.Answer{
		Outcome: contract.Undone, Rule: b.rule, ResourceType: it.kind, ResourceID: it.id, Changes: undo.Fix{Changes: fix.Changes}.Back(),
	}))
	told(ctx, "operations", "remediation undone: "+b.rule+" on ", it.id, "Undone by: ann")

	By("leaving it as it was before")
	if b.stays {
		sweep(ctx)
	} else {
		becomes(ctx, b.rule, b.periodic, it, nonCompliant)
		Expect(settled(ctx, b.rule, it, "fight").Why).To(HavePrefix("undone by ann on "))
	}
	Expect(state()).To(Equal(b.broken))
	Expect(records(ctx, names.RemediationsPrefix, b.rule, it)).To(ContainElement(And(
		HaveField("ID", fix.ID), HaveField("Outcome", "undone"), HaveField("Undo.By", "ann"))))
}
