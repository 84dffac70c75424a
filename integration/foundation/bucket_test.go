package foundation_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
)

var _ = Describe("The reports bucket", func() {
	It("should encrypt with the key by default, and with a bucket key", func(ctx SpecContext) {
		encryption, err := clients.S3.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		Expect(encryption.ServerSideEncryptionConfiguration.Rules).To(ConsistOf(types.ServerSideEncryptionRule{
			BucketKeyEnabled: aws.Bool(true),
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{
				SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: key(ctx).Arn,
			},
		}))
	})

	It("should keep versions", func(ctx SpecContext) {
		versioning, err := clients.S3.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		Expect(versioning.Status).To(Equal(types.BucketVersioningStatusEnabled))
	})

	It("should make the account the owner of every object", func(ctx SpecContext) {
		ownership, err := clients.S3.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		Expect(ownership.OwnershipControls.Rules).To(ConsistOf(types.OwnershipControlsRule{
			ObjectOwnership: types.ObjectOwnershipBucketOwnerEnforced,
		}))
	})

	It("should block public access in all four ways", func(ctx SpecContext) {
		block, err := clients.S3.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		Expect(block.PublicAccessBlockConfiguration).To(Equal(&types.PublicAccessBlockConfiguration{
			BlockPublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(true),
			IgnorePublicAcls: aws.Bool(true), RestrictPublicBuckets: aws.Bool(true),
		}))
	})

	It("should have a policy that only ever refuses", func(ctx SpecContext) {
		policy, err := clients.S3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		const (
			encryption = "s3:x-amz-server-side-encryption"
			keyID      = "s3:x-amz-server-side-encryption-aws-kms-key-id"
			customer   = "s3:x-amz-server-side-encryption-customer-algorithm"
		)
		objects := bucketARN + "/*"
		denyPut := policydoc.Allow([]string{"s3:PutObject"}, objects).Denied().By("*")
		Expect(policydoc.Parse(*policy.Policy)).To(Equal(policydoc.Document{
			"DenyPlainHTTP": policydoc.DenyPlainHTTP("s3:*", bucketARN, objects),
			"DenyOldTLS": policydoc.Allow([]string{"s3:*"}, bucketARN, objects).Denied().By("*").
				If("NumericLessThan", "s3:TlsVersion", "1.2"),
			"DenyAnotherKey":              denyPut.If("Null", keyID, "false").If("StringNotEquals", keyID, *key(ctx).Arn),
			"DenyEncryptionWithoutOurKey": denyPut.If("Null", encryption, "false").If("Null", keyID, "true"),
			"DenyCustomerProvidedKey":     denyPut.If("Null", customer, "false"),
		}))
	})

	It("should not be public", func(ctx SpecContext) {
		status, err := clients.S3.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		Expect(status.PolicyStatus.IsPublic).To(HaveValue(BeFalse()))
	})

	It("should let reports and events go after 30 days with their old versions, and clean up", func(ctx SpecContext) {
		lifecycle, err := clients.S3.GetBucketLifecycleConfiguration(ctx,
			&s3.GetBucketLifecycleConfigurationInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		Expect(lifecycle.Rules).To(ConsistOf(
			expiry("expire-reports", "reports/"), expiry("expire-events", "events/"), expiry("expire-floods", "state/floods/"),
			expiry("expire-breaker", "state/breaker/"),
			types.LifecycleRule{
				ID: aws.String("clean-up"), Status: types.ExpirationStatusEnabled,
				Filter:                         &types.LifecycleRuleFilter{Prefix: aws.String("")},
				Expiration:                     &types.LifecycleExpiration{ExpiredObjectDeleteMarker: aws.Bool(true)},
				AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(1)},
			},
		))
	})

	It("should be tagged", func(ctx SpecContext) {
		Expect(clients.BucketTags(ctx, bucket)).To(expect.Tags(
			"Keeps compliance reports and events and remediation records and state"))
	})
})

// expiry is the lifecycle rule of objects that go after 30 days.
func expiry(id, prefix string) types.LifecycleRule {
	return types.LifecycleRule{
		ID: &id, Status: types.ExpirationStatusEnabled,
		Filter:                      &types.LifecycleRuleFilter{Prefix: &prefix},
		Expiration:                  &types.LifecycleExpiration{Days: aws.Int32(30)},
		NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(30)},
	}
}
