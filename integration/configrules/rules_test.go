package configrules_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	gomegatypes "github.com/onsi/gomega/types"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/managed"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
)

// described is the rule of the short name as AWS Config has it.
func described(ctx context.Context, short string) types.ConfigRule {
	GinkgoHelper()
	found, err := clients.Config.DescribeConfigRules(ctx, &configservice.DescribeConfigRulesInput{
		ConfigRuleNames: []string{names.Resource(prefix, short)},
	})
	Expect(err).NotTo(HaveOccurred())
	Expect(found.ConfigRules).To(HaveLen(1))
	return found.ConfigRules[0]
}

// everyRule is an entry a rule.
func everyRule() []TableEntry {
	var entries []TableEntry
	for _, rule := range rules {
		entries = append(entries, Entry(rule.Name, rule))
	}
	return entries
}

// frequency matches what a rule may have: six hours where AWS evaluates it periodically, else none.
func frequency(trigger catalogue.Trigger) gomegatypes.GomegaMatcher {
	if trigger == catalogue.OnChange {
		return BeEmpty()
	}
	return Equal(types.MaximumExecutionFrequencySixHours)
}

// scope matches what a rule may have: its resource types where AWS evaluates it on a change, else none.
func scope(trigger catalogue.Trigger, resourceTypes []string) gomegatypes.GomegaMatcher {
	if trigger == catalogue.Periodic {
		return BeNil()
	}
	return HaveValue(And(
		HaveField("ComplianceResourceTypes", ConsistOf(resourceTypes)),
		HaveField("ComplianceResourceId", BeNil()), HaveField("TagKey", BeNil()), HaveField("TagValue", BeNil()),
	))
}

// parameters matches a rule's input parameters.
func parameters(values string) gomegatypes.GomegaMatcher {
	if values == "" {
		return BeNil()
	}
	return HaveValue(MatchJSON(values))
}

var _ = Describe("A Config rule", func() {
	DescribeTable("should be an active managed rule as the catalogue has it, triggered as AWS's list has it",
		func(ctx SpecContext, rule catalogue.Rule) {
			list, err := managed.Load()
			Expect(err).NotTo(HaveOccurred())
			known, found := list.Lookup(rule.Identifier)
			Expect(found).To(BeTrue())
			Expect(described(ctx, rule.Name)).To(And(
				HaveField("ConfigRuleState", types.ConfigRuleStateActive),
				HaveField("Description", HaveValue(Equal(rule.Description))),
				HaveField("Source", Equal(&types.Source{Owner: types.OwnerAws, SourceIdentifier: &rule.Identifier})),
				HaveField("InputParameters", parameters(rule.InputParameters())),
				HaveField("MaximumExecutionFrequency", frequency(known.Trigger)),
				HaveField("Scope", scope(known.Trigger, rule.ResourceTypes)),
			))
		},
		everyRule(),
	)

	DescribeTable("should have a name that every operation of AWS Config takes, and tags",
		func(ctx SpecContext, rule catalogue.Rule) {
			found := described(ctx, rule.Name)
			Expect(len(*found.ConfigRuleName)).To(BeNumerically("<=", 64))
			Expect(clients.ConfigTags(ctx, *found.ConfigRuleArn)).To(
				expect.Tags("Checks " + rule.Name + " with severity " + string(rule.Severity)))
		},
		everyRule(),
	)

	DescribeTable("should be there for what the specification asks for:",
		func(ctx SpecContext, short, identifier string, trigger catalogue.Trigger, resourceType, input string) {
			Expect(described(ctx, short)).To(And(
				HaveField("Source.SourceIdentifier", HaveValue(Equal(identifier))),
				HaveField("InputParameters", parameters(input)),
				HaveField("MaximumExecutionFrequency", frequency(trigger)),
				HaveField("Scope", scope(trigger, []string{resourceType})),
			))
		},
		Entry("allowed instance types", "ec2-instance-type", "DESIRED_INSTANCE_TYPE", catalogue.OnChange, "AWS::EC2::Instance",
			`{"instanceType": "t3.nano,t3.micro,t3.small,t3.medium,t3.large,t4g.nano,t4g.micro,t4g.small,t4g.medium,t4g.large,`+
				`m6i.large,m6i.xlarge,m7i.large,m7i.xlarge,m7g.large,m7g.xlarge,c7g.large,c7g.xlarge,r7g.large,r7g.xlarge"}`),
		Entry("encrypted buckets", "s3-encryption", "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED", catalogue.OnChange,
			"AWS::S3::Bucket", ""),
		Entry("backups of databases", "rds-backup-retention", "DB_INSTANCE_BACKUP_ENABLED", catalogue.OnChange,
			"AWS::RDS::DBInstance", `{"backupRetentionMinimum": "7"}`),
		Entry("encrypted volumes", "ebs-encryption", "ENCRYPTED_VOLUMES", catalogue.OnChange, "AWS::EC2::Volume", ""),
		Entry("a periodic one, every 6 hours", "iam-root-mfa", "ROOT_ACCOUNT_MFA_ENABLED", catalogue.Periodic, "", ""),
	)
})

var _ = Describe("The aggregator", func() {
	It("should collect the results of this account in this region, for which it needs no role", func(ctx SpecContext) {
		found := describedAggregator(ctx)
		Expect(found.OrganizationAggregationSource).To(BeNil())
		Expect(found.AccountAggregationSources).To(ConsistOf(types.AccountAggregationSource{
			AccountIds: []string{"123456789012"}, AwsRegions: []string{"us-east-1"}, AllAwsRegions: false,
		}))
	})

	It("should be tagged", func(ctx SpecContext) {
		Expect(clients.ConfigTags(ctx, *describedAggregator(ctx).ConfigurationAggregatorArn)).To(
			expect.Tags("Collects compliance results of us-east-1"))
	})
})

func describedAggregator(ctx context.Context) types.ConfigurationAggregator {
	GinkgoHelper()
	found, err := clients.Config.DescribeConfigurationAggregators(ctx,
		&configservice.DescribeConfigurationAggregatorsInput{ConfigurationAggregatorNames: []string{aggregator}})
	Expect(err).NotTo(HaveOccurred())
	Expect(found.ConfigurationAggregators).To(HaveLen(1))
	return found.ConfigurationAggregators[0]
}

var _ = Describe("The account's Config recorder", func() {
	It("should be the one that was there before, and be left alone", func(ctx SpecContext) {
		recorders, err := clients.Config.DescribeConfigurationRecorders(ctx,
			&configservice.DescribeConfigurationRecordersInput{})
		Expect(err).NotTo(HaveOccurred())
		Expect(recorders.ConfigurationRecorders).To(ConsistOf(HaveField("Name", HaveValue(Equal("default")))))
	})
})
