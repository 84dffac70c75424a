package deploy

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// Bucket lists what a bucket holds.
type Bucket interface {
	ListObjectVersions(
		context.Context, *s3.ListObjectVersionsInput, ...func(*s3.Options),
	) (*s3.ListObjectVersionsOutput, error)
}

// bucketType is the type of the reports bucket in Pulumi's state.
const bucketType = "aws:s3/bucketV2:BucketV2"

// CheckBucket fails where destroying the layer would need to empty a bucket that its settings protect.
func (r *Runner) CheckBucket(ctx context.Context, layer stacks.Layer, bucket Bucket) error {
	state, err := r.State(ctx, layer)
	if err != nil {
		return err
	}
	for _, resource := range state.Resources {
		if allowed, _ := resource.Outputs["forceDestroy"].(bool); resource.Type != bucketType || allowed {
			continue
		}
		held, err := bucket.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{
			Bucket: aws.String(resource.ID), MaxKeys: aws.Int32(1),
		})
		var api smithy.APIError
		switch {
		case errors.As(err, &api) && api.ErrorCode() == "NoSuchBucket":
			continue // somebody has deleted it
		case err != nil:
			return fmt.Errorf("asking whether bucket %s is empty: %w", resource.ID, err)
		}
		if len(held.Versions)+len(held.DeleteMarkers) > 0 {
			return &BucketError{Layer: layer.Name, Stack: r.target.Stack, Bucket: resource.ID}
		}
	}
	return nil
}

// BucketError says that a bucket holds what the settings do not allow to be deleted.
type BucketError struct {
	Layer, Stack, Bucket string
}

func (e *BucketError) Error() string {
	return fmt.Sprintf("nothing was destroyed: bucket %s holds reports, and the settings of stack %s do not allow them to be "+
		"deleted. To delete them for good, set compliance-monitor-%s:emptyBucketOnDestroy to true in "+
		"stacks/%s/Pulumi.%s.yaml, run 'go tool task deploy-%s%s', and destroy again",
		e.Bucket, e.Stack, e.Layer, e.Layer, e.Stack, e.Layer, StackArgument(e.Stack))
}
