package demo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// makeBucket makes buckets that comply with every rule, with tags.
func (w *world) makeBucket(tags map[string]string) func(context.Context, string) (string, error) {
	return func(ctx context.Context, name string) (string, error) {
		if err := w.bareBucket(ctx, name, tags); err != nil {
			return name, err
		}
		policy := fmt.Sprintf(`{"Version": "2012-10-17", "Statement": [{"Sid": "TLSOnly", "Effect": "Deny", "Principal": "*",
			"Action": "s3:*", "Resource": ["arn:aws:s3:::%[1]s", "arn:aws:s3:::%[1]s/*"],
			"Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}`, name)
		_, err := w.s3.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &name, Policy: &policy})
		return name, err
	}
}

// makeArchive makes a bucket whose policy does not demand TLS, and that the remediator is to keep away from.
func (w *world) makeArchive(ctx context.Context, name string) (string, error) {
	return name, w.bareBucket(ctx, name, map[string]string{names.TagRemediation: names.TagRemediationOff})
}

// bareBucket makes a bucket that complies with every rule but the one about TLS.
func (w *world) bareBucket(ctx context.Context, name string, tags map[string]string) error {
	if _, err := w.s3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name}); err != nil {
		return err
	}
	if err := w.tagBucket(ctx, name, tags); err != nil {
		return err
	}
	_, err := w.s3.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
		Bucket: &name,
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms},
			BucketKeyEnabled:                   aws.Bool(true),
		}}},
	})
	if err != nil {
		return err
	}
	_, err = w.s3.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
		Bucket: &name,
		PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
			BlockPublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(true), IgnorePublicAcls: aws.Bool(true), RestrictPublicBuckets: aws.Bool(true),
		},
	})
	return err
}

func (w *world) tagBucket(ctx context.Context, name string, tags map[string]string) error {
	set := []types.Tag{{Key: aws.String(mark), Value: &w.run}}
	for key, value := range tags {
		set = append(set, types.Tag{Key: &key, Value: &value})
	}
	_, err := w.s3.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: &name, Tagging: &types.Tagging{TagSet: set}})
	return err
}

// optIn takes away the tag that keeps the remediator away.
func (w *world) optIn(ctx context.Context, name, _ string) error { return w.tagBucket(ctx, name, nil) }

func (w *world) deleteEncryption(ctx context.Context, name, _ string) error {
	_, err := w.s3.DeleteBucketEncryption(ctx, &s3.DeleteBucketEncryptionInput{Bucket: &name})
	return err
}

func (w *world) deletePublicBlock(ctx context.Context, name, _ string) error {
	_, err := w.s3.DeletePublicAccessBlock(ctx, &s3.DeletePublicAccessBlockInput{Bucket: &name})
	return err
}

func (w *world) deletePolicy(ctx context.Context, name, _ string) error {
	_, err := w.s3.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &name})
	return err
}
