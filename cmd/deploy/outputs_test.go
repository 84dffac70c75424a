package deploy

import (
	"regexp"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

var _ = Describe("The outputs of a layer", func() {
	layer := stacks.Layer{Name: "foundation", Project: "compliance-monitor-foundation", Outputs: []stacks.Output{
		{Key: "keyArn", Text: "ARN of the key"},
		{Key: "ruleArns", Text: "ARN of a rule"},
		{Key: "region", Text: "Region"},
	}}

	outputs := func(values map[string]any) []Output { return stackOutputs(layer, "prod", values).Outputs }
	keys := func(values map[string]any) []string {
		var all []string
		for _, output := range outputs(values) {
			all = append(all, output.OutputKey)
		}
		return all
	}

	It("should be as CloudFormation's DescribeStacks has them, in the order of their descriptions", func() {
		Expect(stackOutputs(layer, "prod", map[string]any{
			"region": "us-east-1", "keyArn": "arn:key", "ruleArns": map[string]any{"s3-encryption": "arn:b", "ebs": "arn:a"},
		})).To(Equal(StackOutputs{
			StackName: "compliance-monitor-foundation-prod", Layer: "foundation", Outputs: []Output{
				{"KeyArn", "arn:key", "ARN of the key", "compliance-monitor-foundation-prod:KeyArn"},
				{"RuleArnEbs", "arn:a", "ARN of a rule: ebs", "compliance-monitor-foundation-prod:RuleArnEbs"},
				{"RuleArnS3Encryption", "arn:b", "ARN of a rule: s3-encryption", "compliance-monitor-foundation-prod:RuleArnS3Encryption"},
				{"Region", "us-east-1", "Region", "compliance-monitor-foundation-prod:Region"},
			},
		}))
	})

	It("should be an empty list, not null, where there are none", func() {
		Expect(outputs(nil)).To(And(BeEmpty(), Not(BeNil())))
	})

	Context("when two become the same key", func() {
		values := map[string]any{"ruleArns": map[string]any{"a-b@example.com": "1", "a.b@example.com": "2", "c": "3"}}

		It("should tell them apart, and leave the others alone", func() {
			Expect(keys(values)).To(HaveExactElements(
				MatchRegexp("^RuleArnABExampleCom[0-9A-F]{8}$"), MatchRegexp("^RuleArnABExampleCom[0-9A-F]{8}$"), "RuleArnC",
			))
			Expect(keys(values)[0]).NotTo(Equal(keys(values)[1]))
		})

		It("should name each the same when another one comes", func() {
			more := map[string]any{"ruleArns": map[string]any{"a-b@example.com": "1", "a.b@example.com": "2", "a+b@example.com": "0"}}
			Expect(keys(more)).To(ContainElements(keys(values)[0], keys(values)[1]))
		})

		It("should tell an entry from an output that is no map", func() {
			Expect(keys(map[string]any{"keyArn": "1", "ruleArns": map[string]any{"": "2"}})).To(HaveExactElements("KeyArn", "RuleArn"))
		})
	})

	It("should have keys of CloudFormation's form, each once, whatever the entries are called", func() {
		form := regexp.MustCompile(`^[A-Za-z0-9]+$`)
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			entries := rapid.MapOf(rapid.OneOf(rapid.String(), rapid.StringMatching(`[ab.\-@é]{0,4}`)), rapid.String()).Draw(t, "entries")
			values := map[string]any{}
			for entry, value := range entries {
				values[entry] = value
			}
			seen := map[string]bool{}
			for _, output := range outputs(map[string]any{"keyArn": "k", "ruleArns": values}) {
				if !form.MatchString(output.OutputKey) {
					t.Fatalf("%q is no key", output.OutputKey)
				}
				if seen[output.OutputKey] {
					t.Fatalf("%q is there twice", output.OutputKey)
				}
				seen[output.OutputKey] = true
			}
			if len(seen) != len(entries)+1 {
				t.Fatalf("%d outputs of %d", len(seen), len(entries)+1)
			}
		})
	})
})
