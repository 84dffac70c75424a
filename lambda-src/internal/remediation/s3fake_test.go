package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// get notes a call that reads, and says whether it fails.
func (f *fakeS3) get(owner *string) error {
	f.owners = append(f.owners, aws.ToString(owner))
	return f.getErr
}

// put notes a call that writes, and says whether it fails.
func (f *fakeS3) put(owner *string) error {
	f.owners = append(f.owners, aws.ToString(owner))
	if f.putErr == nil {
		f.written++
	}
	return f.putErr
}

func (f *fakeS3) GetPublicAccessBlock(
	_ context.Context, in *s3.GetPublicAccessBlockInput, _ ...func(*s3.Options),
) (*s3.GetPublicAccessBlockOutput, error) {
	if err := f.get(in.ExpectedBucketOwner); err != nil {
		return nil, err
	}
	if f.block == nil {
		return nil, answer("NoSuchPublicAccessBlockConfiguration")
	}
	if f.blank {
		return &s3.GetPublicAccessBlockOutput{}, nil
	}
	block := *f.block
	return &s3.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: &block}, nil
}

func (f *fakeS3) PutPublicAccessBlock(
	_ context.Context, in *s3.PutPublicAccessBlockInput, _ ...func(*s3.Options),
) (*s3.PutPublicAccessBlockOutput, error) {
	if err := f.put(in.ExpectedBucketOwner); err != nil {
		return nil, err
	}
	f.block = in.PublicAccessBlockConfiguration
	return &s3.PutPublicAccessBlockOutput{}, nil
}

func (f *fakeS3) DeletePublicAccessBlock(
	_ context.Context, in *s3.DeletePublicAccessBlockInput, _ ...func(*s3.Options),
) (*s3.DeletePublicAccessBlockOutput, error) {
	if err := f.put(in.ExpectedBucketOwner); err != nil {
		return nil, err
	}
	f.block = nil
	return &s3.DeletePublicAccessBlockOutput{}, nil
}

func (f *fakeS3) GetBucketVersioning(
	_ context.Context, in *s3.GetBucketVersioningInput, _ ...func(*s3.Options),
) (*s3.GetBucketVersioningOutput, error) {
	if err := f.get(in.ExpectedBucketOwner); err != nil {
		return nil, err
	}
	version := f.version
	return &version, nil
}

func (f *fakeS3) PutBucketVersioning(
	_ context.Context, in *s3.PutBucketVersioningInput, _ ...func(*s3.Options),
) (*s3.PutBucketVersioningOutput, error) {
	if err := f.put(in.ExpectedBucketOwner); err != nil {
		return nil, err
	}
	f.version.Status = in.VersioningConfiguration.Status
	return &s3.PutBucketVersioningOutput{}, nil
}

func (f *fakeS3) GetBucketPolicy(
	_ context.Context, in *s3.GetBucketPolicyInput, _ ...func(*s3.Options),
) (*s3.GetBucketPolicyOutput, error) {
	if err := f.get(in.ExpectedBucketOwner); err != nil {
		return nil, err
	}
	if f.policy == nil {
		return nil, answer("NoSuchBucketPolicy")
	}
	return &s3.GetBucketPolicyOutput{Policy: f.policy}, nil
}

func (f *fakeS3) PutBucketPolicy(
	_ context.Context, in *s3.PutBucketPolicyInput, _ ...func(*s3.Options),
) (*s3.PutBucketPolicyOutput, error) {
	if err := f.put(in.ExpectedBucketOwner); err != nil {
		return nil, err
	}
	f.policy = in.Policy
	return &s3.PutBucketPolicyOutput{}, nil
}

func (f *fakeS3) DeleteBucketPolicy(
	_ context.Context, in *s3.DeleteBucketPolicyInput, _ ...func(*s3.Options),
) (*s3.DeleteBucketPolicyOutput, error) {
	if err := f.put(in.ExpectedBucketOwner); err != nil {
		return nil, err
	}
	f.policy = nil
	return &s3.DeleteBucketPolicyOutput{}, nil
}
