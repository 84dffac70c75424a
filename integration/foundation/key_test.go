package foundation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// key is the key that the deployment's alias stands for.
func key(ctx context.Context) *types.KeyMetadata {
	GinkgoHelper()
	described, err := clients.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/" + prefix)})
	Expect(err).NotTo(HaveOccurred())
	return described.KeyMetadata
}

var _ = Describe("The key", func() {
	It("should be a customer managed key for encryption, made in KMS, in one region", func(ctx SpecContext) {
		Expect(key(ctx)).To(HaveValue(And(
			HaveField("KeyManager", types.KeyManagerTypeCustomer),
			HaveField("KeyUsage", types.KeyUsageTypeEncryptDecrypt),
			HaveField("KeySpec", types.KeySpecSymmetricDefault),
			HaveField("KeyState", types.KeyStateEnabled),
			HaveField("Origin", types.OriginTypeAwsKms),
			HaveField("MultiRegion", Or(BeNil(), HaveValue(BeFalse()))),
			HaveField("Description", HaveValue(Equal("Encrypts the reports, topics, queues, logs and settings of "+prefix))),
		)))
	})

	It("should be rotated", func(ctx SpecContext) {
		status, err := clients.KMS.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: key(ctx).KeyId})
		Expect(err).NotTo(HaveOccurred())
		Expect(status.KeyRotationEnabled).To(BeTrue())
	})

	It("should have one alias", func(ctx SpecContext) {
		aliases, err := clients.KMS.ListAliases(ctx, &kms.ListAliasesInput{KeyId: key(ctx).KeyId})
		Expect(err).NotTo(HaveOccurred())
		Expect(aliases.Aliases).To(ConsistOf(HaveField("AliasArn", HaveValue(Equal(stage.ARN("kms", "alias/"+prefix))))))
	})

	It("should admit the account, and the services that use it for this deployment", func(ctx SpecContext) {
		policy, err := clients.KMS.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{
			KeyId: key(ctx).KeyId, PolicyName: aws.String("default"),
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(policydoc.Parse(*policy.Policy)).To(Equal(policydoc.Document{
			"AccountAdministersKey": policydoc.Allow([]string{"kms:*"}, "*").By("arn:aws:iam::" + stage.Account + ":root"),
			"LogsEncryptLogGroups": policydoc.
				Allow([]string{"kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"}, "*").
				From("logs.us-east-1.amazonaws.com").
				If("ArnLike", "kms:EncryptionContext:aws:logs:arn", stage.ARN("logs", "log-group:/aws/lambda/"+prefix+"*")),
			"AlarmsPublishToTopics": policydoc.Allow([]string{"kms:Decrypt", "kms:GenerateDataKey*"}, "*").
				From("cloudwatch.amazonaws.com").
				If("StringEquals", "aws:SourceAccount", stage.Account).
				If("ArnLike", "aws:SourceArn", stage.ARN("cloudwatch", "alarm:"+prefix+"*")),
			"EventBridgeSendsToQueues": policydoc.Allow([]string{"kms:Decrypt", "kms:GenerateDataKey"}, "*").
				From("events.amazonaws.com"),
			"TopicsSendToQueues": policydoc.Allow([]string{"kms:Decrypt", "kms:GenerateDataKey*"}, "*").
				From("sns.amazonaws.com"),
		}))
	})

	It("should be tagged", func(ctx SpecContext) {
		Expect(clients.KeyTags(ctx, *key(ctx).KeyId)).To(expect.Tags("Encrypts everything that the compliance monitor stores"))
	})
})
