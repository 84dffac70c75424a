package remediation

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// S3Versioning is the catalogue's name of the remediation.
const S3Versioning = "s3-versioning"

// parameterMFADelete says whether the rule asks for MFA delete, too.
const parameterMFADelete = "isMfaDeleteEnabled"

// S3BucketVersioning is what the remediation calls.
type S3BucketVersioning interface {
	GetBucketVersioning(
		ctx context.Context, in *s3.GetBucketVersioningInput, options ...func(*s3.Options),
	) (*s3.GetBucketVersioningOutput, error)
	PutBucketVersioning(
		ctx context.Context, in *s3.PutBucketVersioningInput, options ...func(*s3.Options),
	) (*s3.PutBucketVersioningOutput, error)
}

// newS3Versioning makes a bucket keep old versions of its objects. AWS has no way back to a bucket that never had
// versioning; one whose versioning was suspended can be suspended again.
func newS3Versioning(client S3) Remediation {
	calls := s3Versioning{client: client}
	return remedy[versioning]{
		tags: bucketTags(client), read: calls.read, plan: planVersioning, write: calls.write, properties: versioning.properties,
	}
}

type s3Versioning struct{ client S3BucketVersioning }

// versioning is a bucket's versioning. The zero versioning is that of a bucket that never had any.
type versioning struct {
	Status    string `json:"status,omitempty"`
	MFADelete string `json:"mfaDelete,omitempty"` // never changed: a write that leaves it out keeps it
}

func (v versioning) properties() []property {
	return []property{{"Status", v.Status}, {"MFADelete", v.MFADelete}}
}

// planVersioning refuses what only the account's root user can do, with an MFA device: to change a bucket with MFA
// delete, and to turn MFA delete on.
func planVersioning(_ resource.Resource, current versioning, parameters Parameters) (versioning, error) {
	withMFA, err := parameters.flag(parameterMFADelete, false)
	if err != nil {
		return versioning{}, err
	}
	deletesWithMFA := current.MFADelete == string(types.MFADeleteStatusEnabled)
	if withMFA && !deletesWithMFA {
		return versioning{}, fmt.Errorf("the rule's parameter %s is true, and only the root user can turn MFA delete on: "+
			"aws s3api put-bucket-versioning with --mfa", parameterMFADelete)
	}
	enabled := versioning{Status: string(types.BucketVersioningStatusEnabled), MFADelete: current.MFADelete}
	if deletesWithMFA && current != enabled {
		return versioning{}, errors.New("the bucket has MFA delete, so only the root user can change its versioning: " +
			"aws s3api put-bucket-versioning with --mfa")
	}
	return enabled, nil
}

func (v s3Versioning) write(ctx context.Context, bucket resource.Resource, _, to versioning) error {
	if to.Status == "" {
		return fmt.Errorf("bucket %s never had versioning (the nearest to it is to suspend it: aws s3api put-bucket-versioning --bucket %s "+
			"--versioning-configuration Status=Suspended): %w", bucket.ID, bucket.ID, ErrIrreversible)
	}
	_, err := v.client.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatus(to.Status)},
	})
	if err != nil {
		return fmt.Errorf("setting the versioning of bucket %s: %w", bucket.ID, err)
	}
	return nil
}

// read takes an answer without a status for a bucket that never had versioning, as S3 says it. That an answer without
// content is none, the client sees to.
func (v s3Versioning) read(ctx context.Context, bucket resource.Resource) (versioning, error) {
	out, err := v.client.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{
		Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
	})
	switch {
	case awserr.IsNoSuchBucket(err):
		return versioning{}, fmt.Errorf("reading the versioning of bucket %s: %w", bucket.ID, ErrGone)
	case err != nil:
		return versioning{}, fmt.Errorf("reading the versioning of bucket %s: %w", bucket.ID, err)
	}
	switch out.Status {
	case "", types.BucketVersioningStatusEnabled, types.BucketVersioningStatusSuspended:
		return versioning{Status: string(out.Status), MFADelete: string(out.MFADelete)}, nil
	}
	return versioning{}, fmt.Errorf("reading the versioning of bucket %s: the answer has the unknown status %q", bucket.ID, out.Status)
}
