package readback

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	configtypes "github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventstypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// KeyTags are the tags of a KMS key.
func (c Clients) KeyTags(ctx context.Context, key string) (map[string]string, error) {
	out, err := c.KMS.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: &key})
	if err != nil {
		return nil, err
	}
	return pairs(out.Tags, func(tag kmstypes.Tag) (*string, *string) { return tag.TagKey, tag.TagValue }), nil
}

// BucketTags are the tags of an S3 bucket.
func (c Clients) BucketTags(ctx context.Context, bucket string) (map[string]string, error) {
	out, err := c.S3.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: &bucket})
	if err != nil {
		return nil, err
	}
	return pairs(out.TagSet, s3Tag), nil
}

// ObjectTags are the tags of an S3 object.
func (c Clients) ObjectTags(ctx context.Context, bucket, key string) (map[string]string, error) {
	out, err := c.S3.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	return pairs(out.TagSet, s3Tag), nil
}

func s3Tag(tag s3types.Tag) (*string, *string) { return tag.Key, tag.Value }

// TopicTags are the tags of an SNS topic.
func (c Clients) TopicTags(ctx context.Context, arn string) (map[string]string, error) {
	out, err := c.SNS.ListTagsForResource(ctx, &sns.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil {
		return nil, err
	}
	return pairs(out.Tags, func(tag snstypes.Tag) (*string, *string) { return tag.Key, tag.Value }), nil
}

// QueueTags are the tags of an SQS queue.
func (c Clients) QueueTags(ctx context.Context, url string) (map[string]string, error) {
	out, err := c.SQS.ListQueueTags(ctx, &sqs.ListQueueTagsInput{QueueUrl: &url})
	if err != nil {
		return nil, err
	}
	return out.Tags, nil
}

// RoleTags are the tags of an IAM role.
func (c Clients) RoleTags(ctx context.Context, name string) (map[string]string, error) {
	out, err := c.IAM.ListRoleTags(ctx, &iam.ListRoleTagsInput{RoleName: &name})
	if err != nil {
		return nil, err
	}
	return pairs(out.Tags, func(tag iamtypes.Tag) (*string, *string) { return tag.Key, tag.Value }), nil
}

// ConfigTags are the tags of a Config rule or an aggregator.
func (c Clients) ConfigTags(ctx context.Context, arn string) (map[string]string, error) {
	out, err := c.Config.ListTagsForResource(ctx, &configservice.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil {
		return nil, err
	}
	return pairs(out.Tags, func(tag configtypes.Tag) (*string, *string) { return tag.Key, tag.Value }), nil
}

// FunctionTags are the tags of a Lambda function.
func (c Clients) FunctionTags(ctx context.Context, arn string) (map[string]string, error) {
	out, err := c.Lambda.ListTags(ctx, &lambda.ListTagsInput{Resource: &arn})
	if err != nil {
		return nil, err
	}
	return out.Tags, nil
}

// LogGroupTags are the tags of a log group; its ARN has no ":*" at the end here.
func (c Clients) LogGroupTags(ctx context.Context, arn string) (map[string]string, error) {
	out, err := c.Logs.ListTagsForResource(ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil {
		return nil, err
	}
	return out.Tags, nil
}

// EventRuleTags are the tags of an EventBridge rule.
func (c Clients) EventRuleTags(ctx context.Context, arn string) (map[string]string, error) {
	out, err := c.Events.ListTagsForResource(ctx, &eventbridge.ListTagsForResourceInput{ResourceARN: &arn})
	if err != nil {
		return nil, err
	}
	return pairs(out.Tags, func(tag eventstypes.Tag) (*string, *string) { return tag.Key, tag.Value }), nil
}

// AlarmTags are the tags of a CloudWatch alarm.
func (c Clients) AlarmTags(ctx context.Context, arn string) (map[string]string, error) {
	out, err := c.CloudWatch.ListTagsForResource(ctx, &cloudwatch.ListTagsForResourceInput{ResourceARN: &arn})
	if err != nil {
		return nil, err
	}
	return pairs(out.Tags, func(tag cloudwatchtypes.Tag) (*string, *string) { return tag.Key, tag.Value }), nil
}

// pairs makes a map of a service's list of tags.
func pairs[T any](tags []T, of func(T) (key, value *string)) map[string]string {
	all := make(map[string]string, len(tags))
	for _, tag := range tags {
		key, value := of(tag)
		all[aws.ToString(key)] = aws.ToString(value)
	}
	return all
}
