package remediation_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
)

type tags = map[string]string

var _ = Describe("A resource's tags", func() {
	DescribeTable("should name the code that owns it",
		func(given tags, owner string) {
			found, ok := remediation.Owner(given)
			Expect(ok).To(Equal(owner != ""))
			Expect(found).To(Equal(owner))
		},
		Entry("CloudFormation", tags{"aws:cloudformation:stack-name": "shop"}, "CloudFormation stack shop"),
		Entry("Auto Scaling", tags{"aws:autoscaling:groupName": "web"}, "Auto Scaling group web"),
		Entry("CloudFormation above Auto Scaling", tags{"aws:autoscaling:groupName": "web", "aws:cloudformation:stack-name": "shop"},
			"CloudFormation stack shop"),
		Entry("Pulumi, as this monitor tags", tags{"ManagedBy": "pulumi"}, "code (tag ManagedBy=pulumi)"),
		Entry("Terraform, otherwise spelled", tags{"managed-by": " Terraform "}, "code (tag managed-by= Terraform )"),
		Entry("Terraform by its key", tags{"Terraform": "true"}, "code (tag Terraform=true)"),
		Entry("Pulumi by a key's first part", tags{"pulumi:project": "shop"}, "code (tag pulumi:project=shop)"),
		Entry("a person", tags{"ManagedBy": "ann", "Team": "terraform"}, ""),
		Entry("not Terraform any more", tags{"terraform": "false"}, ""),
		Entry("no tags", nil, ""),
	)

	DescribeTable("should keep the remediator away",
		func(given tags, tag string) {
			found, away := remediation.OptedOut(given)
			Expect(away).To(Equal(tag != ""))
			if away {
				Expect(found).To(Equal(tag))
			}
		},
		Entry("when they say off", tags{"compliance:remediation": "off"}, "compliance:remediation=off"),
		Entry("when they say so in other words", tags{"compliance:remediation": "No"}, "compliance:remediation=No"),
		Entry("when they say nothing clear", tags{"compliance:remediation": ""}, "compliance:remediation="),
		Entry("not when they say on", tags{"compliance:remediation": " On"}, ""),
		Entry("not when there are none", nil, ""),
	)
})
