package functions

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = DescribeTable("Environment",
	func(function string, own map[string]string) {
		s := with(map[string]string{
			"remediations": `{"s3-encryption-kms": "off", "s3-encryption": {"mode": "enforce"}}`, "accountAlias": "shop",
		})
		expected := map[string]string{"COMPLIANCE_PREFIX": prefix, "COMPLIANCE_REPORTS_BUCKET": bucketName}
		for name, value := range own {
			expected[name] = value
		}
		Expect(environment(function, s, deployed().Foundation)).To(Equal(expected))
	},
	Entry("tells the processor where to tell of violations, how often, and what the remediator does about them", "processor", map[string]string{
		"COMPLIANCE_VIOLATIONS_TOPIC": violationsARN,
		"COMPLIANCE_ACCOUNT_ALIAS":    "shop",
		"COMPLIANCE_FLOOD_LIMIT":      "30",
		"COMPLIANCE_REMEDIATION_MODE": "plan",
		"COMPLIANCE_REMEDIATIONS":     `{"s3-encryption":"enforce","s3-encryption-kms":"off"}`,
	}),
	Entry("tells the aggregator where to publish its digest", "aggregator", map[string]string{
		"COMPLIANCE_VIOLATIONS_TOPIC": violationsARN,
	}),
	Entry("tells the remediator what it may do, with what key, and whom to tell", "remediator", map[string]string{
		"COMPLIANCE_KEY_ARN":          keyARN,
		"COMPLIANCE_OPERATIONS_TOPIC": operationsARN,
		"COMPLIANCE_REMEDIATION_MODE": "plan",
		"COMPLIANCE_REMEDIATIONS":     `{"s3-encryption":"enforce","s3-encryption-kms":"off"}`,
	}),
)
