package catalogue_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/source"
)

var _ = Describe("A statement of actions that take no resource", func() {
	const (
		action = "actions: [cloudtrail:StartLogging]"
		arn    = `["arn:${Partition}:cloudtrail:${Region}:${Account}:trail/*"]`
	)
	with := func(actions, resources string) []byte {
		return altered(action+"\n        resources: "+arn, "actions: "+actions+"\n        resources: "+resources)
	}

	It("should have every resource, and say so", func() {
		c, err := source.Parse(with("[ec2:DescribeInstances, iam:GetAccountPasswordPolicy]", `["*"]`))
		Expect(err).NotTo(HaveOccurred())
		bound, unbound := c.Remediations[0].Statements[0], c.Remediations[1].Statements[0]
		Expect(bound.Unbound()).To(BeFalse())
		Expect(unbound.Unbound()).To(BeTrue())
	})

	DescribeTable("should not",
		func(actions, resources, field, value, expected string) {
			_, err := source.Parse(with(actions, resources))
			Expect(err).To(fault(`remediation "fix-trail"`, field, value, expected))
		},
		Entry("have an ARN, which IAM would never match", "[ec2:DescribeInstances]", arn,
			"resource", "arn:${Partition}:cloudtrail:${Region}:${Account}:trail/*", "* alone: the statement has actions that take no resource"),
		Entry("have an ARN beside every resource", "[ec2:DescribeInstances]", `["*", "arn:${Partition}:s3:::*"]`,
			"resource", "*", "* alone: the statement has actions that take no resource"),
		Entry("have no resource", "[ec2:DescribeInstances]", "[]", "resources", "", "at least one ARN pattern"),
		Entry("give every resource to an action that takes one", "[ec2:DescribeInstances, ec2:StopInstances]", `["*"]`,
			"action", "ec2:StopInstances", "an action that takes no resource, as others of the statement"),
	)

	It("should be the only one of the shipped catalogue that has no ARN", func() {
		var found []string
		for _, remediation := range shipped().Remediations {
			for _, statement := range remediation.Statements {
				if statement.Unbound() {
					found = append(found, statement.Actions...)
				}
			}
		}
		Expect(found).To(ConsistOf(
			"ec2:DescribeInstances", "ec2:DescribeInstances", // of two remediations
			"ec2:GetEbsEncryptionByDefault", "ec2:EnableEbsEncryptionByDefault", "ec2:DisableEbsEncryptionByDefault",
			"ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules",
			"iam:GetAccountPasswordPolicy", "iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy",
		))
	})
})
