package remediation

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// S3Tags is what is called to read a bucket's tags. This and every other call names the owner that the bucket must have,
// so that a bucket of another account is never touched, whatever its name.
type S3Tags interface {
	GetBucketTagging(
		ctx context.Context, in *s3.GetBucketTaggingInput, options ...func(*s3.Options),
	) (*s3.GetBucketTaggingOutput, error)
}

// bucketTags reads the tags of buckets.
func bucketTags(client S3Tags) func(ctx context.Context, bucket resource.Resource) (map[string]string, error) {
	return func(ctx context.Context, bucket resource.Resource) (map[string]string, error) {
		out, err := client.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{
			Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
		})
		switch {
		case awserr.IsNoTags(err):
			return nil, nil
		case awserr.IsNoSuchBucket(err):
			return nil, fmt.Errorf("reading the tags of bucket %s: %w", bucket.ID, ErrGone)
		case err != nil:
			return nil, fmt.Errorf("reading the tags of bucket %s: %w", bucket.ID, err)
		case len(out.TagSet) == 0:
			return nil, fmt.Errorf("reading the tags of bucket %s: the answer has no tags, where S3 would have said that there are none", bucket.ID)
		}
		tags := make(map[string]string, len(out.TagSet))
		for _, tag := range out.TagSet {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
		return tags, nil
	}
}
