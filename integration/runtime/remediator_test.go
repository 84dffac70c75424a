package runtime_test

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// enforcing is the environment of a remediator that may change what it finds.
var enforcing = map[string]string{names.EnvRemediationMode: names.ModeEnforce}

// violating makes a bucket that encrypts with S3's own keys.
func violating(ctx context.Context, name string) types.ServerSideEncryptionRule {
	GinkgoHelper()
	Expect(clients.S3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})).Error().NotTo(HaveOccurred())
	rule := types.ServerSideEncryptionRule{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256},
		BucketKeyEnabled:                   aws.Bool(false),
	}
	Expect(clients.S3.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
		Bucket:                            &name,
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{rule}},
	})).Error().NotTo(HaveOccurred())
	return rule
}

// encryption is how a bucket encrypts.
func encryption(ctx context.Context, name string) types.ServerSideEncryptionRule {
	GinkgoHelper()
	found, err := clients.S3.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &name})
	Expect(err).NotTo(HaveOccurred())
	Expect(found.ServerSideEncryptionConfiguration.Rules).To(HaveLen(1))
	return found.ServerSideEncryptionConfiguration.Rules[0]
}

// withOurKey is how a remediated bucket encrypts.
func withOurKey() types.ServerSideEncryptionRule {
	return types.ServerSideEncryptionRule{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{
			SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: &keyARN,
		},
		BucketKeyEnabled: aws.Bool(true),
	}
}

var _ = Describe("The remediator", func() {
	ordering := time.Date(2026, time.November, 23, 13, 0, 0, 0, time.UTC)
	changes := func() any {
		return ConsistOf(
			BeEquivalentTo(map[string]any{"property": "SSEAlgorithm", "before": "AES256", "after": "aws:kms"}),
			BeEquivalentTo(map[string]any{"property": "KMSMasterKeyID", "before": "", "after": keyARN}),
			BeEquivalentTo(map[string]any{"property": "BucketKeyEnabled", "before": "false", "after": "true"}),
		)
	}
	before := map[string]any{"algorithm": "AES256"}

	It("should change nothing in mode plan, as it is deployed, but say what it would change", func(ctx SpecContext) {
		const resource = "planned-bucket"
		original := violating(ctx, resource)
		mail := inbox(ctx, "operations")
		answer := invoke(ctx, names.Remediator, change("s3-encryption-kms", resource, ordering), nil)

		Expect(encryption(ctx, resource)).To(Equal(original))
		key, record := one(objects(ctx, names.RemediationsPrefix, resource))
		Expect(record).To(And(
			HaveKeyWithValue("rule", "s3-encryption-kms"), HaveKeyWithValue("remediation", "s3-default-encryption"),
			HaveKeyWithValue("mode", "plan"), HaveKeyWithValue("outcome", "planned"), HaveKeyWithValue("attempted", false),
			HaveKeyWithValue("changes", changes()), HaveKeyWithValue("before", before),
		))
		id, _ := record["id"].(string)
		Expect(key).To(Equal(names.RemediationKey(ordering, id)))
		Expect(metrics(answer.Output)).To(ConsistOf(metric(names.MetricRemediations, 1.0, names.DimensionOutcome, "planned")))
		Expect(received(ctx, mail, 1)).To(ConsistOf(And(
			HaveField("Subject", ContainSubstring("remediation planned: s3-encryption-kms on "+resource)),
			HaveField("Message", And(ContainSubstring("AES256 -> aws:kms"), ContainSubstring(key))),
		)))
	})

	It("should encrypt the bucket with our key in mode enforce, and record how it was before", func(ctx SpecContext) {
		const resource = "enforced-bucket"
		violating(ctx, resource)
		mail := inbox(ctx, "operations")
		answer := invoke(ctx, names.Remediator, change("s3-encryption-kms", resource, ordering), enforcing)

		Expect(encryption(ctx, resource)).To(Equal(withOurKey()))
		_, record := one(objects(ctx, names.RemediationsPrefix, resource))
		Expect(record).To(And(
			HaveKeyWithValue("mode", "enforce"), HaveKeyWithValue("outcome", "verified"), HaveKeyWithValue("attempted", true),
			HaveKeyWithValue("changes", changes()), HaveKeyWithValue("before", before),
			HaveKeyWithValue("after", map[string]any{"algorithm": "aws:kms", "kmsKeyId": keyARN, "bucketKeyEnabled": true}),
			HaveKeyWithValue("evaluation", "requested"),
		))
		Expect(metrics(answer.Output)).To(ConsistOf(metric(names.MetricRemediations, 1.0, names.DimensionOutcome, "verified")))
		Expect(received(ctx, mail, 1)).To(ConsistOf(
			HaveField("Subject", ContainSubstring("remediation verified: s3-encryption-kms on "+resource))))
	})

	It("should leave a bucket alone whose owner has tagged it so", func(ctx SpecContext) {
		const resource = "tagged-bucket"
		original := violating(ctx, resource)
		Expect(clients.S3.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: aws.String(resource), Tagging: &types.Tagging{
			TagSet: []types.Tag{{Key: aws.String(names.TagRemediation), Value: aws.String(names.TagRemediationOff)}},
		}})).Error().NotTo(HaveOccurred())
		invoke(ctx, names.Remediator, change("s3-encryption-kms", resource, ordering), enforcing)

		Expect(encryption(ctx, resource)).To(Equal(original))
		_, record := one(objects(ctx, names.RemediationsPrefix, resource))
		Expect(record).To(And(HaveKeyWithValue("outcome", "opted-out"), HaveKeyWithValue("attempted", false)))
	})

	It("should find by its schedule what no event told, and encrypt it", func(ctx SpecContext) {
		const resource = "swept-bucket"
		violating(ctx, resource)
		evaluate(ctx, "s3-encryption", map[string]string{resource: "NON_COMPLIANT"})
		invoke(ctx, names.Remediator, []byte(schedule), enforcing)

		Expect(encryption(ctx, resource)).To(Equal(withOurKey()))
		_, record := one(objects(ctx, names.RemediationsPrefix, resource))
		Expect(record).To(And(HaveKeyWithValue("rule", "s3-encryption"), HaveKeyWithValue("outcome", "verified")))
	})
})
