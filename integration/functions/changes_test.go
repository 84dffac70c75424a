package functions_test

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
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
	all := slices.Clone(before)
	for _, short := range names.Functions() {
		all = append(all, "function "+full(short), "role "+full(short), "log group /aws/lambda/"+full(short),
			"queue "+full(short+"-failures"), "queue "+full(short+"-undelivered"))
	}
	return append(all, "event rule "+full("processor-compliance"), "event rule "+full("aggregator-schedule"),
		"event rule "+full("remediator-compliance"), "event rule "+full("remediator-schedule"))
}

// put deploys the layer with one setting changed.
func put(ctx context.Context, setting, value string) ([]deploy.Result, error) {
	return deployed.Up(ctx, deployed.With(stage.Functions, setting, value), stage.Functions)
}

// setBack deploys the layer with the settings as they were.
func setBack(ctx context.Context) ([]deploy.Result, error) {
	return deployed.Up(ctx, deployed.Target, stage.Functions)
}

// setBackOnFailure keeps the failure of one step from failing the specs of all that it left changed.
func setBackOnFailure() {
	AfterAll(func(ctx SpecContext) {
		if CurrentSpecReport().Failed() {
			Expect(setBack(ctx)).Error().NotTo(HaveOccurred())
		}
	})
}

var _ = Describe("The functions layer", func() {
	It("should be all that there is besides its upstream", func(ctx SpecContext) {
		Expect(clients.Inventory(ctx, prefix)).To(ConsistOf(inventory()))
	})

	It("should export the ARN and id of everything that it made", func(ctx SpecContext) {
		each := func(shorts []string, value func(short string) any) map[string]any {
			all := map[string]any{}
			for _, short := range shorts {
				all[short] = value(short)
			}
			return all
		}
		name := func(short string) any { return full(short) }
		rules := []string{"processor-compliance", "aggregator-schedule", "remediator-compliance", "remediator-schedule"}
		var queues []string
		for _, short := range names.Functions() {
			queues = append(queues, short+"-failures", short+"-undelivered")
		}
		Expect(deployed.Outputs(ctx, stage.Functions)).To(Equal(stage.Outputs{
			"functionNames": each(names.Functions(), name),
			"functionArns":  each(names.Functions(), func(short string) any { return functionARN(short) }),
			"functionTimeouts": map[string]any{
				names.Processor: "120", names.Aggregator: "900", names.Remediator: "300",
			},
			"roleNames":     each(names.Functions(), name),
			"roleArns":      each(names.Functions(), func(short string) any { return stage.RoleARN(full(short)) }),
			"logGroupNames": each(names.Functions(), func(short string) any { return "/aws/lambda/" + full(short) }),
			"logGroupArns": each(names.Functions(), func(short string) any {
				return stage.ARN("logs", "log-group:/aws/lambda/"+full(short))
			}),
			"eventRuleNames": each(rules, name),
			"eventRuleArns":  each(rules, func(short string) any { return eventRuleARN(short) }),
			"queueNames":     each(queues, name),
			"queueArns":      each(queues, func(short string) any { return stage.ARN("sqs", full(short)) }),
			"queueUrls":      each(queues, func(short string) any { return queueURL(short) }),
			"exemptionsKey":  names.ExemptionsKey,
			"exemptionsArn":  bucketARN + "/" + names.ExemptionsKey,
		}))
	})

	It("should be found as it was deployed by a refresh", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(deployed.Refresh(ctx, stage.Functions)).To(expect.NoChange())
	})

	It("should not change when it is deployed again", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(setBack(ctx)).To(expect.NoChange())
	})
})

var _ = Describe("Remediation that the settings enforce", Ordered, func() {
	setBackOnFailure()
	const permission = "ApplyS3DefaultEncryption"

	It("should be allowed to write, and no more should change", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(permissions(ctx, names.Remediator)).NotTo(HaveKey(permission))
		Expect(put(ctx, "remediations", `{"s3-encryption": "enforce"}`)).To(expect.Changes(map[string]int{"update": 3}))
		Expect(permissions(ctx, names.Remediator)).To(HaveKeyWithValue(permission,
			policydoc.Allow([]string{"s3:PutEncryptionConfiguration"}, "arn:aws:s3:::*").
				If("StringEquals", "aws:ResourceAccount", stage.Account)))
	})

	It("should only read again when the settings are set back", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(setBack(ctx)).To(expect.Changes(map[string]int{"update": 3}))
		Expect(permissions(ctx, names.Remediator)).NotTo(HaveKey(permission))
	})
})

var _ = Describe("Remediation that the settings switch off", Ordered, func() {
	setBackOnFailure()
	const permission = "PlanS3DefaultEncryption"
	mode := func(ctx context.Context) string {
		return configuration(ctx, names.Remediator).Environment.Variables[names.EnvRemediationMode]
	}

	It("should lose its permissions and events, and no more should change", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(put(ctx, "remediationMode", names.ModeOff)).To(expect.Changes(map[string]int{"update": 5}))
		Expect(mode(ctx)).To(Equal(names.ModeOff))
		Expect(permissions(ctx, names.Remediator)).To(And(HaveKey("KeepRecords"), Not(HaveKey(permission))))
		Expect(eventRule(ctx, "remediator-compliance").State).To(Equal(types.RuleStateDisabled))
		Expect(eventRule(ctx, "remediator-schedule").State).To(Equal(types.RuleStateDisabled))
		Expect(clients.Inventory(ctx, prefix)).To(ConsistOf(inventory()))
	})

	It("should have them again when the settings are set back", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(setBack(ctx)).To(expect.Changes(map[string]int{"update": 5}))
		Expect(mode(ctx)).To(Equal(names.ModePlan))
		Expect(permissions(ctx, names.Remediator)).To(HaveKey(permission))
		Expect(eventRule(ctx, "remediator-compliance").State).To(Equal(types.RuleStateEnabled))
		Expect(eventRule(ctx, "remediator-schedule").State).To(Equal(types.RuleStateEnabled))
	})
})

var _ = Describe("Destroying the functions layer", SpecPriority(-1), func() {
	It("should leave what was there before, and nothing else", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(deployed.Destroy(ctx, stage.Functions)).To(expect.Changes(map[string]int{"delete": made}))
		Expect(clients.Inventory(ctx, prefix)).To(ConsistOf(before))
		_, err := clients.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String(names.ExemptionsKey)})
		Expect(err).To(MatchError(ContainSubstring("StatusCode: 404")))
		Expect(deployed.Outputs(ctx, stage.Functions)).To(BeEmpty())
	})
})
