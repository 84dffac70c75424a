package configrules

import (
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

var _ = Describe("The config-rules layer", func() {
	DescribeTable("should tag every resource and make it with the explicit provider",
		func(source string) {
			recording := deploy(few("aggregate", source))
			Expect(recording.Untagged()).To(BeEmpty())
			Expect(recording.WithoutExplicitProvider()).To(BeEmpty())
		},
		Entry("over the account", "account"),
		Entry("over the organization", organization),
	)

	It("should make no Config recorder, of which AWS allows one", func() {
		for _, resource := range deploy(few("aggregate", organization)).All {
			Expect(resource.Type).NotTo(ContainSubstring("ecorder"))
		}
	})

	It("should export everything that it made, by the rules' names in the catalogue", func() {
		recording := deploy(few())
		Expect(recording.Exports).To(HaveLen(len(outputs.DescribeConfigRules())))
		Expect(recording.Exports["ruleNames"]).To(Equal(map[string]any{
			"s3-encryption": "monitor-test-s3-encryption", "rds-backup-retention": "monitor-test-rds-backup-retention",
			"iam-root-mfa": "monitor-test-iam-root-mfa", "restricted-ssh": "monitor-test-restricted-ssh",
		}))
		Expect(recording.Exports["ruleParameters"]).To(HaveKeyWithValue("rds-backup-retention", `{"backupRetentionMinimum":"7"}`))
		Expect(recording.Exports["ruleParameters"]).NotTo(HaveKey("s3-encryption"), "it has no parameters")
		arns, _ := recording.Exports["ruleArns"].(map[string]any)
		ids, _ := recording.Exports["ruleIds"].(map[string]any)
		for _, rule := range recording.Resources(ruleType) {
			Expect(arns).To(HaveKeyWithValue(rule.Name, rule.Outputs["arn"]))
			Expect(ids).To(HaveKeyWithValue(rule.Name, rule.Outputs["ruleId"]))
		}
		Expect(recording.Exports).To(SatisfyAll(
			HaveKeyWithValue("aggregatorName", "monitor-test-aggregator"),
			HaveKeyWithValue("aggregatorArn", recording.Resources(aggregatorType)[0].Outputs["arn"]),
			HaveKeyWithValue("aggregatorRoleArn", ""), HaveKeyWithValue("aggregatorRoleName", "")))
	})

	It("should say what it was doing whichever resource fails", func() {
		options := pulumitest.Options{Project: project}
		said := map[string]string{}
		for step, err := range pulumitest.FailingEachRegistration(deploying(few("aggregate", organization)), options) {
			Expect(err).To(MatchError(MatchRegexp(`^[a-z]+ing .+: .*`+regexp.QuoteMeta(pulumitest.Refused)+`$`)), step)
			said[err.Error()] = step
		}
		Expect(said).To(HaveLen(len(deploy(few("aggregate", organization)).Steps)), "no two failures read alike")
	})

	It("should make nothing where a rule's full name would be too long for AWS", func() {
		s, err := ParseSettings(few())
		Expect(err).NotTo(HaveOccurred())
		recording, err := pulumitest.Run(func(ctx *pulumi.Context) error {
			_, err := Deploy(ctx, s, upstream(strings.Repeat("p", 44)))
			return err
		}, pulumitest.Options{})
		Expect(err).To(MatchError(SatisfyAll(
			ContainSubstring("rds-backup-retention"), ContainSubstring("at most 64 characters"))))
		Expect(err).NotTo(MatchError(ContainSubstring("iam-root-mfa")))
		Expect(recording.Steps).To(BeEmpty())
	})
})

var _ = Describe("The layer's program", func() {
	// base is what a deployed foundation exports.
	base := func() map[string]any {
		GinkgoHelper()
		values := map[string]any{}
		for _, description := range outputs.DescribeFoundation() {
			values[description.Key] = "value of " + description.Key
		}
		values["prefix"], values["accountId"], values["region"] = "monitor-test", pulumitest.DefaultAccount, pulumitest.Region
		values["tags"] = map[string]any{"Environment": "test", "Project": "monitor", "ManagedBy": "pulumi"}
		values["violationsSubscriptionArns"], values["operationsSubscriptionArns"] = map[string]any{}, map[string]any{}
		return values
	}
	run := func(config map[string]string, foundation map[string]any) (*pulumitest.Recording, error) {
		return pulumitest.Run(Program, pulumitest.Options{
			Project: project, Stack: "test", Config: config,
			References: map[string]map[string]any{
				pulumitest.Reference(outputs.Project(outputs.LayerFoundation), "test"): foundation,
			},
		})
	}

	It("should deploy on the foundation of the same stack, with its account and tags", func() {
		recording, err := run(few(), base())
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Resources("pulumi:pulumi:StackReference")).To(HaveLen(1))
		Expect(recording.Resource("aws").Inputs).To(HaveKeyWithValue("allowedAccountIds", []any{"111122223333"}))
		Expect(recording.Untagged()).To(BeEmpty())
		Expect(recording.Exports).To(HaveKeyWithValue("aggregatorName", "monitor-test-aggregator"))
	})

	It("should say which layer to deploy first", func() {
		_, err := pulumitest.Run(Program, pulumitest.Options{Project: project, Stack: "test"})
		Expect(err).To(MatchError("layer foundation of stack test has not been deployed: " +
			"deploy it first, with 'go tool task deploy-foundation STACK=test'"))
	})

	It("should say what an older foundation lacks", func() {
		older := base()
		delete(older, "prefix")
		_, err := run(few(), older)
		Expect(err).To(MatchError(ContainSubstring("layer foundation of stack test lacks prefix")))
	})

	It("should look at its settings before it looks upstream", func() {
		recording, err := run(few("aggregate", "galaxy"), nil)
		Expect(err).To(MatchError(ContainSubstring("compliance-monitor-config-rules:aggregate")))
		Expect(recording.Steps).To(BeEmpty())
	})

	It("should stop where the layer can't be deployed", func() {
		far := base()
		far["prefix"] = strings.Repeat("p", 60)
		_, err := run(few(), far)
		Expect(err).To(MatchError(ContainSubstring("at most 64 characters")))
	})
})
