package foundation_test

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// inventory is everything that the layer makes, as the services list it.
var inventory = []string{
	"key Encrypts the reports, topics, queues, logs and settings of " + prefix,
	"key alias alias/" + prefix,
	"bucket " + bucket,
	"topic " + violations, "subscription " + violations + " security@example.com",
	"topic " + operations, "subscription " + operations + " operations@example.com",
	"queue " + deliveries,
	"role " + configRole,
}

// setBack deploys the layer with the settings as they were.
func setBack(ctx context.Context) ([]deploy.Result, error) {
	return deployed.Up(ctx, deployed.Target, stage.Foundation)
}

// setBackOnFailure keeps the failure of one step from failing the specs of all that it left changed.
func setBackOnFailure() {
	AfterAll(func(ctx SpecContext) {
		if CurrentSpecReport().Failed() {
			Expect(setBack(ctx)).Error().NotTo(HaveOccurred())
		}
	})
}

var _ = Describe("The foundation", func() {
	It("should be all that there is", func(ctx SpecContext) {
		Expect(clients.Inventory(ctx, prefix)).To(ConsistOf(inventory))
	})

	It("should export the ARN and id of everything that it made", func(ctx SpecContext) {
		found := key(ctx)
		Expect(deployed.Outputs(ctx, stage.Foundation)).To(Equal(stage.Outputs{
			"project": names.DefaultProject, "environment": "local", "prefix": prefix, "local": "true",
			"accountId": stage.Account, "region": names.Region,
			"tags": map[string]any{
				names.TagProject: names.DefaultProject, names.TagEnvironment: "local", names.TagManagedBy: "pulumi",
			},
			"keyArn": *found.Arn, "keyId": *found.KeyId,
			"keyAliasArn": stage.ARN("kms", "alias/"+prefix), "keyAliasName": "alias/" + prefix,
			"reportsBucketArn": bucketARN, "reportsBucketName": bucket,
			"violationsTopicArn": stage.ARN("sns", violations), "violationsTopicName": violations,
			"operationsTopicArn": stage.ARN("sns", operations), "operationsTopicName": operations,
			"deliveriesDlqArn": stage.ARN("sqs", deliveries), "deliveriesDlqName": deliveries,
			"deliveriesDlqUrl": deployed.Cloud.Endpoint() + "/" + stage.Account + "/" + deliveries,
			"violationsSubscriptionArns": map[string]any{
				"security@example.com": *subscriptions(ctx, violations)[0].SubscriptionArn,
			},
			"operationsSubscriptionArns": map[string]any{
				"operations@example.com": *subscriptions(ctx, operations)[0].SubscriptionArn,
			},
			"configRoleArn": stage.RoleARN(configRole), "configRoleName": configRole,
		}))
	})

	It("should be found as it was deployed by a refresh", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(deployed.Refresh(ctx, stage.Foundation)).To(expect.NoChange())
	})

	It("should not change when it is deployed again", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(setBack(ctx)).To(expect.NoChange())
	})
})

var _ = Describe("One more subscriber in the settings", Ordered, func() {
	setBackOnFailure()

	emails := func(ctx SpecContext) []string {
		var all []string
		for _, subscription := range subscriptions(ctx, violations) {
			all = append(all, *subscription.Endpoint)
		}
		return all
	}

	It("should add one subscription and change nothing else", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		target := deployed.With(stage.Foundation, "violationsEmails", `["security@example.com", "audit@example.com"]`)
		Expect(deployed.Up(ctx, target, stage.Foundation)).To(expect.Changes(map[string]int{"create": 1}))
		Expect(emails(ctx)).To(ConsistOf("security@example.com", "audit@example.com"))
		Expect(clients.Inventory(ctx, prefix)).To(ConsistOf(
			append([]string{"subscription " + violations + " audit@example.com"}, inventory...)))
	})

	It("should be gone when the settings are set back", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(setBack(ctx)).To(expect.Changes(map[string]int{"delete": 1}))
		Expect(emails(ctx)).To(ConsistOf("security@example.com"))
	})
})

var _ = Describe("Destroying the foundation", Ordered, SpecPriority(-1), func() {
	var keyID *string

	BeforeAll(func(ctx SpecContext) {
		keyID = key(ctx).KeyId
		Expect(upload(ctx, "reports/latest.json", plain, nil)).To(Succeed())
		Expect(upload(ctx, "reports/latest.json", plain, nil)).To(Succeed())
		Expect(clients.S3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("reports/latest.json")})).To(
			HaveField("DeleteMarker", HaveValue(BeTrue())))
	})

	It("should delete everything, the reports, their old versions and delete markers with it", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(deployed.Destroy(ctx, stage.Foundation)).To(expect.Changes(map[string]int{"delete": made}))
		Expect(clients.Inventory(ctx, prefix)).To(BeEmpty())
		Expect(deployed.Outputs(ctx, stage.Foundation)).To(BeEmpty())
	})

	It("should leave the key for the 7 days of the settings in which it can be had back", func(ctx SpecContext) {
		Expect(clients.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: keyID})).To(HaveField("KeyMetadata", HaveValue(And(
			HaveField("KeyState", types.KeyStatePendingDeletion),
			HaveField("DeletionDate", HaveValue(BeTemporally("~", time.Now().AddDate(0, 0, 7), time.Hour))),
		))))
	})
})
