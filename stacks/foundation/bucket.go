package foundation

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// makeBucket makes the bucket of reports, events, records and state.
func makeBucket(
	ctx *pulumi.Context, env *awsenv.Env, s Settings, key *kms.Key, values *outputs.Foundation,
) error {
	bucket, err := s3.NewBucketV2(ctx, "reports", &s3.BucketV2Args{
		Bucket:       pulumi.String(names.Bucket(env.Prefix, env.AccountID)),
		ForceDestroy: pulumi.Bool(s.EmptyBucket),
		Tags:         env.Tags("Keeps compliance reports and events and remediation records and state"),
	}, env.Options()...)
	if err != nil {
		return fmt.Errorf("making the reports bucket: %w", err)
	}
	values.ReportsBucketARN, values.ReportsBucketName = bucket.Arn, bucket.Bucket
	steps := []func(*pulumi.Context, *awsenv.Env, Settings, *kms.Key, *s3.BucketV2) error{
		blockPublicAccess, encrypt, keepVersions, expireReports,
	}
	for _, step := range steps {
		if err := step(ctx, env, s, key, bucket); err != nil {
			return err
		}
	}
	return nil
}

// blockPublicAccess makes the account the owner of every object, shuts the public out and puts the policy on the bucket.
// The three follow one another: S3 answers OperationAborted to concurrent changes of a bucket's access.
func blockPublicAccess(ctx *pulumi.Context, env *awsenv.Env, _ Settings, key *kms.Key, bucket *s3.BucketV2) error {
	ownership, err := s3.NewBucketOwnershipControls(ctx, "reports-ownership", &s3.BucketOwnershipControlsArgs{
		Bucket: bucket.Bucket,
		Rule:   s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, env.Options()...)
	if err != nil {
		return fmt.Errorf("making the account the owner of reports: %w", err)
	}
	block, err := s3.NewBucketPublicAccessBlock(ctx, "reports-public-access", &s3.BucketPublicAccessBlockArgs{
		Bucket:                bucket.Bucket,
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, env.Options(pulumi.DependsOn([]pulumi.Resource{ownership}))...)
	if err != nil {
		return fmt.Errorf("blocking public access to reports: %w", err)
	}
	policy := pulumi.All(bucket.Arn, key.Arn).ApplyT(func(arns []any) string {
		return bucketPolicy(arns[0].(string), arns[1].(string)).JSON()
	}).(pulumi.StringOutput)
	_, err = s3.NewBucketPolicy(ctx, "reports-policy", &s3.BucketPolicyArgs{
		Bucket: bucket.Bucket, Policy: policy,
	}, env.Options(pulumi.DependsOn([]pulumi.Resource{block}))...)
	if err != nil {
		return fmt.Errorf("putting the policy on the reports bucket: %w", err)
	}
	return nil
}

func encrypt(ctx *pulumi.Context, env *awsenv.Env, _ Settings, key *kms.Key, bucket *s3.BucketV2) error {
	_, err := s3.NewBucketServerSideEncryptionConfigurationV2(ctx, "reports-encryption",
		&s3.BucketServerSideEncryptionConfigurationV2Args{
			Bucket: bucket.Bucket,
			Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{
				s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
					BucketKeyEnabled: pulumi.Bool(true),
					ApplyServerSideEncryptionByDefault: s3.
						BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
						SseAlgorithm: pulumi.String("aws:kms"), KmsMasterKeyId: key.Arn,
					},
				},
			},
		}, env.Options()...)
	if err != nil {
		return fmt.Errorf("encrypting the reports bucket: %w", err)
	}
	return nil
}

func keepVersions(ctx *pulumi.Context, env *awsenv.Env, _ Settings, _ *kms.Key, bucket *s3.BucketV2) error {
	_, err := s3.NewBucketVersioningV2(ctx, "reports-versioning", &s3.BucketVersioningV2Args{
		Bucket: bucket.Bucket,
		VersioningConfiguration: s3.BucketVersioningV2VersioningConfigurationArgs{
			Status: pulumi.String("Enabled"),
		},
	}, env.Options()...)
	if err != nil {
		return fmt.Errorf("versioning the reports bucket: %w", err)
	}
	return nil
}
