package configrules

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The aggregator", func() {
	It("should collect what this account has in us-east-1, which needs no role", func() {
		recording := deploy(few())
		Expect(recording.Resources(aggregatorType)).To(HaveLen(1))
		Expect(recording.Resources(aggregatorType)[0].Inputs).To(Equal(map[string]any{
			"name":                     "monitor-test-aggregator",
			"accountAggregationSource": map[string]any{"accountIds": []any{"111122223333"}, "regions": []any{"us-east-1"}},
			"tags":                     map[string]any{"Purpose": "Collects compliance results of us-east-1"},
		}))
		Expect(recording.Resources(roleType)).To(BeEmpty())
	})

	Context("when it collects the organization's", func() {
		It("should list the accounts with a role of its own", func() {
			recording := deploy(few("aggregate", organization))
			roleARN := "arn:aws:iam::111122223333:role/monitor-test-config-aggregator"
			Expect(recording.Resources(aggregatorType)).To(HaveLen(1))
			Expect(recording.Resources(aggregatorType)[0].Inputs).To(SatisfyAll(
				Not(HaveKey("accountAggregationSource")),
				HaveKeyWithValue("organizationAggregationSource",
					map[string]any{"regions": []any{"us-east-1"}, "roleArn": roleARN})))
			Expect(recording.Exports).To(SatisfyAll(HaveKeyWithValue("aggregatorRoleArn", roleARN),
				HaveKeyWithValue("aggregatorRoleName", "monitor-test-config-aggregator")))
		})

		It("should have a role that AWS Config alone may assume", func() {
			recording := deploy(few("aggregate", organization))
			Expect(recording.Resources(roleType)).To(HaveLen(1))
			Expect(recording.Resources(roleType)[0].Inputs["assumeRolePolicy"]).To(MatchJSON(`{
				"Version": "2012-10-17",
				"Statement": [{
					"Sid": "AssumeRole", "Effect": "Allow", "Action": ["sts:AssumeRole"],
					"Principal": {"Service": ["config.amazonaws.com"]}
				}]
			}`))
			Expect(recording.Resource("aggregator-managed").Inputs).To(Equal(map[string]any{
				"role":      "monitor-test-config-aggregator",
				"policyArn": "arn:aws:iam::aws:policy/service-role/AWSConfigRoleForOrganizations",
			}))
		})

		It("should wait until the role may list accounts", func() {
			Expect(deploy(few("aggregate", organization)).Resources(aggregatorType)[0].DependsOn).To(
				ContainElement("aggregator-managed"))
		})
	})
})
