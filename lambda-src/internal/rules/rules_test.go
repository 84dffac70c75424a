package rules_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
)

var _ = Describe("A rule's short name", func() {
	DescribeTable("should be what is left of its name in AWS Config",
		func(configRule, short string, ours bool) {
			found, isOurs := rules.Short("monitor-prod", configRule)
			Expect(isOurs).To(Equal(ours))
			if ours {
				Expect(found).To(Equal(short))
			}
		},
		Entry("of our own rule", names.RulePrefix("monitor-prod")+"s3-encryption", "s3-encryption", true),
		Entry("of somebody else's", "securityhub-s3-encryption", "", false),
		Entry("of a deployment whose name ours is the start of", "monitor-production-s3-encryption", "", false),
		Entry("of nothing but the prefix", names.RulePrefix("monitor-prod"), "", false),
	)
})

var _ = Describe("Looking up a rule", func() {
	known := catalogue.Rule{Name: "s3-encryption", Severity: catalogue.High}
	book := &catalogue.Catalogue{Rules: []catalogue.Rule{known}}

	It("should find what the catalogue knows", func() {
		Expect(rules.Look(book, "s3-encryption")).To(Equal(known))
	})

	It("should say of an unknown rule that nothing is known, and what to do", func() {
		found := rules.Look(book, "new-rule")
		Expect(found.Name).To(Equal("new-rule"))
		Expect(found.Severity).To(Equal(rules.Unrated))
		Expect(found.Guidance).To(ContainSubstring("Deploy the functions layer again"))
	})
})
