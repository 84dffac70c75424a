package remediation

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// LogGroups is what is called to read a log group and its tags.
type LogGroups interface {
	DescribeLogGroups(
		ctx context.Context, in *cloudwatchlogs.DescribeLogGroupsInput, options ...func(*cloudwatchlogs.Options),
	) (*cloudwatchlogs.DescribeLogGroupsOutput, error)
	ListTagsForResource(
		ctx context.Context, in *cloudwatchlogs.ListTagsForResourceInput, options ...func(*cloudwatchlogs.Options),
	) (*cloudwatchlogs.ListTagsForResourceOutput, error)
}

// readLogGroup finds one log group among those whose names begin like its own. Its id in AWS Config is its name.
func readLogGroup(ctx context.Context, client LogGroups, target resource.Resource) (types.LogGroup, error) {
	in := &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(target.ID)}
	for {
		out, err := client.DescribeLogGroups(ctx, in)
		if err != nil {
			return types.LogGroup{}, fmt.Errorf("reading log group %s: %w", target.ID, err)
		}
		if out.LogGroups == nil {
			return types.LogGroup{}, fmt.Errorf("reading log group %s: the answer has no list of log groups", target.ID)
		}
		for _, group := range out.LogGroups {
			if aws.ToString(group.LogGroupName) == target.ID {
				return group, nil
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return types.LogGroup{}, fmt.Errorf("reading log group %s: %w", target.ID, ErrGone)
		}
		in.NextToken = out.NextToken
	}
}

// logGroupTags reads the tags of log groups.
func logGroupTags(client LogGroups) func(ctx context.Context, target resource.Resource) (map[string]string, error) {
	return func(ctx context.Context, target resource.Resource) (map[string]string, error) {
		group, err := readLogGroup(ctx, client, target)
		if err != nil {
			return nil, err
		}
		arn := strings.TrimSuffix(aws.ToString(group.Arn), ":*")
		if arn == "" {
			return nil, fmt.Errorf("reading log group %s: the answer does not have its ARN", target.ID)
		}
		out, err := client.ListTagsForResource(ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: aws.String(arn)})
		if awserr.IsNoSuchLogGroup(err) {
			err = ErrGone
		}
		if err != nil {
			return nil, fmt.Errorf("reading the tags of log group %s: %w", target.ID, err)
		}
		if out.Tags == nil {
			return nil, fmt.Errorf("reading the tags of log group %s: the answer has none, nor says that there are none", target.ID)
		}
		return out.Tags, nil
	}
}
