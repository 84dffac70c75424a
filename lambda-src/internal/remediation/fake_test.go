package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

const (
	account = "123456789012"
	keyARN  = "arn:aws:kms:us-east-1:123456789012:key/ours"
)

// fakeS3 is one bucket.
type fakeS3 struct {
	rule    *types.ServerSideEncryptionRule // nil: no default encryption
	block   *types.PublicAccessBlockConfiguration
	version s3.GetBucketVersioningOutput
	policy  *string
	blank   bool // whether answers have nothing in them
	tags    map[string]string
	getErr  error
	tagErr  error
	putErr  error
	mangle  func(out *s3.GetBucketEncryptionOutput)
	owners  []string
	written int
}

func (f *fakeS3) GetBucketEncryption(
	_ context.Context, in *s3.GetBucketEncryptionInput, _ ...func(*s3.Options),
) (*s3.GetBucketEncryptionOutput, error) {
	f.owners = append(f.owners, aws.ToString(in.ExpectedBucketOwner))
	if f.getErr != nil {
		return nil, f.getErr
	}
	if f.rule == nil {
		return nil, answer("ServerSideEncryptionConfigurationNotFoundError")
	}
	out := &s3.GetBucketEncryptionOutput{
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{*f.rule}},
	}
	if f.mangle != nil {
		f.mangle(out)
	}
	return out, nil
}

func (f *fakeS3) PutBucketEncryption(
	_ context.Context, in *s3.PutBucketEncryptionInput, _ ...func(*s3.Options),
) (*s3.PutBucketEncryptionOutput, error) {
	f.owners = append(f.owners, aws.ToString(in.ExpectedBucketOwner))
	if f.putErr != nil {
		return nil, f.putErr
	}
	f.written++
	f.rule = &in.ServerSideEncryptionConfiguration.Rules[0]
	return &s3.PutBucketEncryptionOutput{}, nil
}

func (f *fakeS3) DeleteBucketEncryption(
	_ context.Context, in *s3.DeleteBucketEncryptionInput, _ ...func(*s3.Options),
) (*s3.DeleteBucketEncryptionOutput, error) {
	f.owners = append(f.owners, aws.ToString(in.ExpectedBucketOwner))
	if f.putErr != nil {
		return nil, f.putErr
	}
	f.written++
	f.rule = nil
	return &s3.DeleteBucketEncryptionOutput{}, nil
}

func (f *fakeS3) GetBucketTagging(
	_ context.Context, in *s3.GetBucketTaggingInput, _ ...func(*s3.Options),
) (*s3.GetBucketTaggingOutput, error) {
	f.owners = append(f.owners, aws.ToString(in.ExpectedBucketOwner))
	if f.tagErr != nil {
		return nil, f.tagErr
	}
	out := &s3.GetBucketTaggingOutput{}
	for key, value := range f.tags {
		out.TagSet = append(out.TagSet, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	return out, nil
}

// planned reads a resource and plans for it.
func planned(fix remediation.Remediation, target resource.Resource, parameters ...remediation.Parameters) (remediation.Plan, error) {
	current, err := fix.Read(context.Background(), target)
	if err != nil {
		return remediation.Plan{}, err
	}
	return fix.Plan(target, current, append(parameters, nil)[0])
}

func answer(code string) error {
	return &smithy.GenericAPIError{Code: code}
}

func encrypted(algorithm types.ServerSideEncryption, key string, bucketKey bool, blocked ...types.EncryptionType) *types.ServerSideEncryptionRule {
	rule := &types.ServerSideEncryptionRule{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: algorithm},
		BucketKeyEnabled:                   aws.Bool(bucketKey),
	}
	if key != "" {
		rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID = aws.String(key)
	}
	if len(blocked) > 0 {
		rule.BlockedEncryptionTypes = &types.BlockedEncryptionTypes{EncryptionType: blocked}
	}
	return rule
}
