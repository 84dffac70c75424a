package loop_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
)

const bucketType = "AWS::S3::Bucket"

// bucketBreakages are about buckets. A new one has neither encryption, nor versioning, nor a policy, nor a block of public
// access, so that it violates all of these rules at once.
var bucketBreakages = []breakage{
	{
		rule: "s3-encryption", kind: bucketType, make: newBucketOf("plain"), state: encryptionOf,
		broken: "ServerSideEncryptionConfigurationNotFoundError", fixed: "aws:kms KEY true",
	},
	{
		rule: "s3-encryption-kms", kind: bucketType, make: newBucketOf("keyed"), state: encryptionOf,
		broken: "ServerSideEncryptionConfigurationNotFoundError", fixed: "aws:kms KEY true",
	},
	{
		rule: "s3-public-access-block", kind: bucketType, make: newBucket, state: accessOf,
		broken: "NoSuchPublicAccessBlockConfiguration", fixed: "true true true true",
	},
	{rule: "s3-versioning", kind: bucketType, make: newBucket, state: versioningOf, broken: "", fixed: "Enabled", oneWay: true},
	{
		rule: "s3-tls-only", kind: bucketType, make: newBucket, state: policyOf, broken: "NoSuchBucketPolicy",
		fixed: `{"Version":"2012-10-17","Statement":[{"Action":"s3:*","Condition":{"Bool":{"aws:SecureTransport":"false"}},` +
			`"Effect":"Deny","Principal":"*","Resource":["arn:aws:s3:::ID","arn:aws:s3:::ID/*"],"Sid":"DenyInsecureTransport"}]}`,
	},
}

// newBucket makes a bucket as it comes.
func newBucket(ctx context.Context) string {
	GinkgoHelper()
	return bucketCalled(ctx, unused("shop"))
}

// newBucketOf makes buckets of a kind that is exempt from some rule.
func newBucketOf(kind string) func(ctx context.Context) string {
	return func(ctx context.Context) string {
		GinkgoHelper()
		return bucketCalled(ctx, unused(kind))
	}
}

func bucketCalled(ctx context.Context, name string) string {
	GinkgoHelper()
	ok(clients.S3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name}))
	return name
}

// bucketWithOwnKeys makes a bucket that encrypts with S3's own keys.
func bucketWithOwnKeys(ctx context.Context) string {
	GinkgoHelper()
	name := newBucket(ctx)
	encryptWithOwnKeys(ctx, name)
	return name
}

func encryptWithOwnKeys(ctx context.Context, name string) {
	GinkgoHelper()
	ok(clients.S3.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
		Bucket: &name,
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256},
			BucketKeyEnabled:                   aws.Bool(false),
		}}},
	}))
}

// tagBucket gives a bucket its only tag.
func tagBucket(ctx context.Context, name, key, value string) {
	GinkgoHelper()
	ok(clients.S3.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: &name, Tagging: &types.Tagging{
		TagSet: []types.Tag{{Key: &key, Value: &value}},
	}}))
}

// taggedBucket makes a bucket that encrypts with S3's own keys and has a tag. Nobody can make it at once, so that the
// remediator hears nothing until it is done.
func taggedBucket(ctx context.Context, key, value string) thing {
	GinkgoHelper()
	disabled := pause(ctx, "remediator-compliance")
	name := bucketCalled(ctx, unused("tagged"))
	tagBucket(ctx, name, key, value)
	encryptWithOwnKeys(ctx, name)
	it := thing{bucketType, name}
	becomes(ctx, "s3-encryption-kms", false, it, nonCompliant)
	disabled.resume()
	sweep(ctx)
	return it
}

func encryptionOf(ctx context.Context, name string) string {
	GinkgoHelper()
	found, err := clients.S3.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &name})
	if code := code(err); code != "" {
		return code
	}
	rule := found.ServerSideEncryptionConfiguration.Rules[0]
	by := rule.ApplyServerSideEncryptionByDefault
	return fmt.Sprintf("%s %s %t", by.SSEAlgorithm, aws.ToString(by.KMSMasterKeyID), aws.ToBool(rule.BucketKeyEnabled))
}

func accessOf(ctx context.Context, name string) string {
	GinkgoHelper()
	found, err := clients.S3.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &name})
	if code := code(err); code != "" {
		return code
	}
	block := found.PublicAccessBlockConfiguration
	return fmt.Sprintf("%t %t %t %t", *block.BlockPublicAcls, *block.IgnorePublicAcls, *block.BlockPublicPolicy, *block.RestrictPublicBuckets)
}

func versioningOf(ctx context.Context, name string) string {
	GinkgoHelper()
	return string(must(clients.S3.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &name})).Status)
}

func policyOf(ctx context.Context, name string) string {
	GinkgoHelper()
	found, err := clients.S3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &name})
	if code := code(err); code != "" {
		return code
	}
	return *found.Policy
}

func removeBucket(ctx context.Context, name string) {
	GinkgoHelper()
	ok(clients.S3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &name}))
}
