package functions

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Sources of events", func() {
	named := func(all []source) map[string]source {
		found := map[string]source{}
		for _, one := range all {
			Expect(found).NotTo(HaveKey(one.short()))
			found[one.short()] = one
		}
		return found
	}
	violations := func(rules string) string {
		return `{"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"], "detail": {
			"messageType": ["ComplianceChangeNotification"], "configRuleName": ` + rules + `,
			"newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]}}}`
	}

	It("should start the processor with each change of compliance under our rules", func() {
		Expect(named(sources(prefix, nil))["processor-compliance"].pattern).To(MatchJSON(`{
			"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"], "detail": {
				"messageType": ["ComplianceChangeNotification"], "configRuleName": [{"prefix": "monitor-test-"}],
				"newEvaluationResult": {"complianceType": ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]}}}`))
	})

	It("should start the remediator with violations of the rules that have a remediation", func() {
		source := named(sources(prefix, []string{"monitor-test-a", "monitor-test-b"}))["remediator-compliance"]
		Expect(source.pattern).To(MatchJSON(violations(`["monitor-test-a", "monitor-test-b"]`)))
		Expect(source.disabled).To(BeFalse())
	})

	It("should start the aggregator and the remediator every 6 hours", func() {
		found := named(sources(prefix, []string{"monitor-test-a"}))
		Expect(found).To(HaveLen(4))
		for _, short := range []string{"aggregator-schedule", "remediator-schedule"} {
			Expect(found[short].schedule).To(Equal("rate(6 hours)"))
			Expect(found[short].pattern).To(BeEmpty())
			Expect(found[short].disabled).To(BeFalse())
		}
	})

	It("should not start a remediator that has nothing to do, with a pattern that EventBridge accepts all the same", func() {
		found := named(sources(prefix, nil))
		Expect(found["remediator-compliance"].disabled).To(BeTrue())
		Expect(found["remediator-schedule"].disabled).To(BeTrue())
		Expect(found["remediator-compliance"].pattern).To(MatchJSON(violations(`[{"prefix": "monitor-test-"}]`)))
		Expect(found["processor-compliance"].disabled).To(BeFalse())
		Expect(found["aggregator-schedule"].disabled).To(BeFalse())
	})

	It("should match all of our rules where their names don't fit into a pattern", func() {
		var rules []string
		for i := range 40 {
			rules = append(rules, fmt.Sprintf("monitor-test-%s-%d", strings.Repeat("x", 40), i))
		}
		pattern := remediablePattern(prefix, rules)
		Expect(pattern).To(MatchJSON(violations(`[{"prefix": "monitor-test-"}]`)))
		Expect(len(remediablePattern(prefix, rules[:30]))).To(And(BeNumerically(">", len(pattern)), BeNumerically("<=", 2048)))
	})
})
