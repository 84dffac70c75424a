package names_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

var _ = Describe("Resource names", func() {
	prefix := names.Prefix(names.DefaultProject, "prod")

	It("should start with project and environment", func() {
		Expect(prefix).To(Equal("compliance-monitor-prod"))
		Expect(names.Resource(prefix, "violations")).To(Equal("compliance-monitor-prod-violations"))
	})

	It("should make the bucket's name unique by the account and fit S3's limit of 63 characters", func() {
		Expect(names.Bucket(prefix, "123456789012")).To(Equal("compliance-monitor-prod-reports-123456789012"))
		Expect(len(names.Bucket(prefix, "123456789012"))).To(BeNumerically("<=", 63))
	})

	It("should give rules the prefix that event patterns match on", func() {
		Expect(names.Resource(prefix, "s3-encryption")).To(HavePrefix(names.RulePrefix(prefix)))
		Expect(strings.TrimPrefix(names.Resource(prefix, "s3-encryption"), names.RulePrefix(prefix))).To(Equal("s3-encryption"))
	})

	It("should keep the rules of deployments apart when one's name begins with the other's", func() {
		other := names.Resource(names.Prefix(names.DefaultProject, "production"), "s3-encryption")
		Expect(other).NotTo(HavePrefix(names.RulePrefix(prefix)))
	})

	It("should put functions' logs where Lambda writes them", func() {
		Expect(names.LogGroup(names.Resource(prefix, names.Processor))).
			To(Equal("/aws/lambda/compliance-monitor-prod-processor"))
	})
})

var _ = Describe("The functions", func() {
	It("should be three, in the order of the data's way", func() {
		Expect(names.Functions()).To(Equal([]string{names.Processor, names.Aggregator, names.Remediator}))
	})

	It("should be listed afresh for each caller", func() {
		names.Functions()[0] = "changed"
		Expect(names.Functions()).NotTo(ContainElement("changed"))
	})
})

var _ = Describe("The schedule", func() {
	It("should say the same number of hours in all its forms", func() {
		Expect(names.ScheduleHours).To(Equal(6))
		Expect(names.ScheduleExpression).To(Equal("rate(6 hours)"))
		Expect(names.PeriodicRuleFrequency).To(Equal("Six_Hours"))
	})
})
