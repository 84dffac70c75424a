package configrules_test

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// inventory is everything that there is, as the services list it: what was there before, and what the layer makes.
func inventory() []string {
	all := append(slices.Clone(before), "aggregator "+aggregator)
	for _, rule := range rules {
		all = append(all, "config rule "+names.Resource(prefix, rule.Name))
	}
	return all
}

// put deploys the layer with one setting changed.
func put(ctx context.Context, setting, value string) ([]deploy.Result, error) {
	return deployed.Up(ctx, deployed.With(stage.ConfigRules, setting, value), stage.ConfigRules)
}

// setBack deploys the layer with the settings as they were.
func setBack(ctx context.Context) ([]deploy.Result, error) {
	return deployed.Up(ctx, deployed.Target, stage.ConfigRules)
}

// setBackOnFailure keeps the failure of one step from failing the specs of all that it left changed.
func setBackOnFailure() {
	AfterAll(func(ctx SpecContext) {
		if CurrentSpecReport().Failed() {
			Expect(setBack(ctx)).Error().NotTo(HaveOccurred())
		}
	})
}

var _ = Describe("The config-rules layer", func() {
	It("should be all that there is besides its upstream", func(ctx SpecContext) {
		Expect(len(rules)).To(BeNumerically(">=", 24))
		Expect(clients.Inventory(ctx, prefix)).To(ConsistOf(inventory()))
	})

	It("should export the ARN and id of everything that it made", func(ctx SpecContext) {
		ruleNames, arns, ids, parameters := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
		for _, rule := range rules {
			found := described(ctx, rule.Name)
			ruleNames[rule.Name], arns[rule.Name], ids[rule.Name] = *found.ConfigRuleName, *found.ConfigRuleArn, *found.ConfigRuleId
			if given := rule.InputParameters(); given != "" {
				parameters[rule.Name] = given
			}
		}
		Expect(deployed.Outputs(ctx, stage.ConfigRules)).To(Equal(stage.Outputs{
			"ruleNames": ruleNames, "ruleArns": arns, "ruleIds": ids, "ruleParameters": parameters,
			"aggregatorArn": *describedAggregator(ctx).ConfigurationAggregatorArn, "aggregatorName": aggregator,
			"aggregatorRoleArn": "", "aggregatorRoleName": "",
		}))
	})

	It("should be found as it was deployed by a refresh", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(deployed.Refresh(ctx, stage.ConfigRules)).To(expect.NoChange())
	})

	It("should not change when it is deployed again", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(setBack(ctx)).To(expect.NoChange())
	})
})

var _ = Describe("A parameter in the settings", Ordered, func() {
	setBackOnFailure()

	It("should change its rule and nothing else", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(put(ctx, "parameters", `{"rds-backup-retention": {"backupRetentionMinimum": 14}}`)).
			To(expect.Changes(map[string]int{"update": 1}))
		Expect(described(ctx, "rds-backup-retention")).To(And(
			HaveField("InputParameters", HaveValue(MatchJSON(`{"backupRetentionMinimum": "14"}`))),
			HaveField("Source.SourceIdentifier", HaveValue(Equal("DB_INSTANCE_BACKUP_ENABLED"))),
			HaveField("Scope.ComplianceResourceTypes", ConsistOf("AWS::RDS::DBInstance")),
		))
	})

	It("should be the catalogue's again when the settings are set back", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(setBack(ctx)).To(expect.Changes(map[string]int{"update": 1}))
		Expect(described(ctx, "rds-backup-retention").InputParameters).To(
			HaveValue(MatchJSON(`{"backupRetentionMinimum": "7"}`)))
	})
})

var _ = Describe("A rule that the settings exclude", Ordered, func() {
	setBackOnFailure()

	It("should be taken away, and nothing else", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(put(ctx, "exclude", `["s3-versioning"]`)).To(expect.Changes(map[string]int{"delete": 1}))
		gone := "config rule " + names.Resource(prefix, "s3-versioning")
		Expect(clients.Inventory(ctx, prefix)).To(ConsistOf(
			slices.DeleteFunc(inventory(), func(item string) bool { return item == gone })))
	})

	It("should be there again when the settings are set back", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(setBack(ctx)).To(expect.Changes(map[string]int{"create": 1}))
		Expect(clients.Inventory(ctx, prefix)).To(ConsistOf(inventory()))
	})
})

var _ = Describe("An aggregator over the organization", Ordered, func() {
	setBackOnFailure()

	role := names.Resource(prefix, "config-aggregator")

	It("should read the whole organization, with a role for it", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(put(ctx, "aggregate", "organization")).To(expect.Changes(map[string]int{"create": 2, "replace": 1}))
		found := describedAggregator(ctx)
		Expect(found.AccountAggregationSources).To(BeEmpty())
		Expect(found.OrganizationAggregationSource).To(HaveValue(Equal(types.OrganizationAggregationSource{
			RoleArn: aws.String(stage.RoleARN(role)), AwsRegions: []string{"us-east-1"},
		})))
		Expect(clients.Inventory(ctx, prefix)).To(ConsistOf(append(inventory(), "role "+role)))
	})

	It("should have a role that only lists accounts, for AWS Config", func(ctx SpecContext) {
		described, err := clients.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: &role})
		Expect(err).NotTo(HaveOccurred())
		Expect(policydoc.Decode(described.Role.AssumeRolePolicyDocument)).To(Equal(policydoc.Document{
			"AssumeRole": policydoc.Statement{Effect: "Allow", Action: []string{"sts:AssumeRole"}}.From("config.amazonaws.com"),
		}))
		attached, err := clients.IAM.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &role})
		Expect(err).NotTo(HaveOccurred())
		Expect(attached.AttachedPolicies).To(ConsistOf(HaveField("PolicyArn", HaveValue(Equal(
			"arn:aws:iam::aws:policy/service-role/AWSConfigRoleForOrganizations")))))
		own, err := clients.IAM.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &role})
		Expect(err).NotTo(HaveOccurred())
		Expect(own.PolicyNames).To(BeEmpty())
		Expect(clients.RoleTags(ctx, role)).To(expect.Tags("Role of the configuration aggregator of the organization"))
	})

	It("should read this account only when the settings are set back", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(setBack(ctx)).To(expect.Changes(map[string]int{"delete": 2, "replace": 1}))
		Expect(describedAggregator(ctx).OrganizationAggregationSource).To(BeNil())
		Expect(describedAggregator(ctx).AccountAggregationSources).To(HaveLen(1))
		Expect(clients.Inventory(ctx, prefix)).To(ConsistOf(inventory()))
	})
})

var _ = Describe("Destroying the config-rules layer", SpecPriority(-1), func() {
	It("should leave what was there before, and nothing else", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(deployed.Destroy(ctx, stage.ConfigRules)).To(expect.Changes(map[string]int{"delete": made}))
		Expect(clients.Inventory(ctx, prefix)).To(ConsistOf(before))
		Expect(deployed.Outputs(ctx, stage.ConfigRules)).To(BeEmpty())
	})
})
