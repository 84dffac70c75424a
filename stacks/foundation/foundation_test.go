package foundation

import (
	"regexp"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

var _ = Describe("The foundation", func() {
	It("should tag every resource and make it with the explicit provider", func() {
		recording := deploy(map[string]string{"tags": `{"CostCentre": "4711"}`})
		Expect(recording.Untagged()).To(BeEmpty())
		Expect(recording.WithoutExplicitProvider()).To(BeEmpty())
		Expect(recording.Resource("aws").Inputs).To(HaveKeyWithValue("defaultTags", map[string]any{"tags": map[string]any{
			"Environment": "test", "Project": "monitor", "ManagedBy": "pulumi", "CostCentre": "4711",
		}}))
	})

	It("should say for each resource what that one is for", func() {
		seen := map[any]string{}
		for _, resource := range deploy(nil).All {
			if purpose, tagged := resource.Tags()["Purpose"]; tagged {
				Expect(seen).NotTo(HaveKey(purpose), "%s has the purpose of %s", resource.Name, seen[purpose])
				seen[purpose] = resource.Name
			}
		}
		Expect(seen).To(HaveLen(6))
	})

	It("should make no Config recorder, of which AWS allows one", func() {
		for _, resource := range deploy(nil).All {
			Expect(resource.Type).NotTo(HavePrefix("aws:cfg/"))
		}
	})

	It("should refuse credentials of another account than the expected one", func() {
		Expect(deploy(map[string]string{"accountId": "444455556666"}).Resource("aws").Inputs).To(
			HaveKeyWithValue("allowedAccountIds", []any{"444455556666"}))
	})

	It("should use made-up credentials on a local AWS only", func() {
		Expect(deploy(map[string]string{"local": "true"}).Resource("aws").Inputs).To(
			HaveKeyWithValue("accessKey", "localcloud"))
		Expect(deploy(nil).Resource("aws").Inputs).NotTo(HaveKey("accessKey"))
	})

	It("should export what later layers agree on, and everything that it made", func() {
		recording := deploy(nil)
		keyID := recording.Resource("key").ID
		Expect(recording.Exports).To(Equal(map[string]any{
			"project": "monitor", "environment": "test", "prefix": "monitor-test",
			"accountId": "111122223333", "region": "us-east-1", "local": "false",
			"tags":   map[string]any{"Environment": "test", "Project": "monitor", "ManagedBy": "pulumi"},
			"keyArn": keyARN(recording), "keyId": keyID,
			"keyAliasArn": "arn:aws:kms:us-east-1:111122223333:alias/monitor-test", "keyAliasName": "alias/monitor-test",
			"reportsBucketArn": bucketARN, "reportsBucketName": bucketName,
			"violationsTopicArn": violationsARN, "violationsTopicName": "monitor-test-violations",
			"operationsTopicArn": operationsARN, "operationsTopicName": "monitor-test-operations",
			"deliveriesDlqArn": queueARN, "deliveriesDlqName": "monitor-test-deliveries-dlq",
			"deliveriesDlqUrl": "https://sqs.us-east-1.amazonaws.com/111122223333/monitor-test-deliveries-dlq",
			"violationsSubscriptionArns": map[string]any{
				"security@example.com": recording.Resource("violations-security@example.com").ID,
				"audit@example.com":    recording.Resource("violations-audit@example.com").ID,
			},
			"operationsSubscriptionArns": map[string]any{
				"ops@example.com": recording.Resource("operations-ops@example.com").ID,
			},
			"configRoleArn": "arn:aws:iam::111122223333:role/monitor-test-config", "configRoleName": "monitor-test-config",
		}))
	})

	It("should hand on what a later layer reads", func() {
		recording := deploy(nil)
		Expect(recording.Exports).To(HaveLen(len(outputs.DescribeFoundation())))
		for _, description := range outputs.DescribeFoundation() {
			Expect(recording.Exports).To(HaveKey(description.Key))
		}
	})

	It("should say what it was doing whichever resource fails", func() {
		said := map[string]string{}
		for step, err := range pulumitest.FailingEachRegistration(Program, options(nil)) {
			Expect(err).To(MatchError(MatchRegexp(`^[a-z]+ing .+: .*`+regexp.QuoteMeta(pulumitest.Refused)+`$`)), step)
			said[err.Error()] = step
		}
		Expect(said).To(HaveLen(len(deploy(nil).Steps)), "no two failures read alike")
	})

	It("should make nothing when settings are at fault", func() {
		recording, err := pulumitest.Run(Program, options(map[string]string{"environment": "", "retentionDays": "0"}))
		Expect(err).To(MatchError(SatisfyAll(
			ContainSubstring("setting compliance-monitor-foundation:environment"),
			ContainSubstring("setting compliance-monitor-foundation:retentionDays"))))
		Expect(recording.Steps).To(BeEmpty())
	})
})
