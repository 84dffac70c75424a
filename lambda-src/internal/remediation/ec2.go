package remediation

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// EC2 is what all remediations of EC2 call.
type EC2 interface {
	EC2Instances
	EC2Power
	EC2Metadata
	EBSEncryption
	EC2SecurityGroups
}

// EC2Instances is what is called to read an instance.
type EC2Instances interface {
	DescribeInstances(
		ctx context.Context, in *ec2.DescribeInstancesInput, options ...func(*ec2.Options),
	) (*ec2.DescribeInstancesOutput, error)
}

// readInstance reads one instance. One that is being terminated is gone: there is no way back from there.
func readInstance(ctx context.Context, client EC2Instances, target resource.Resource) (types.Instance, error) {
	out, err := client.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{target.ID}})
	if awserr.IsNoSuchInstance(err) {
		err = ErrGone
	}
	if err != nil {
		return types.Instance{}, fmt.Errorf("reading instance %s: %w", target.ID, err)
	}
	found := []types.Instance{}
	for _, reservation := range out.Reservations {
		found = append(found, reservation.Instances...)
	}
	if len(found) != 1 || aws.ToString(found[0].InstanceId) != target.ID {
		return types.Instance{}, fmt.Errorf("reading instance %s: the answer does not have exactly this instance", target.ID)
	}
	if found[0].State == nil || found[0].State.Name == "" {
		return types.Instance{}, fmt.Errorf("reading instance %s: the answer does not say in which state it is", target.ID)
	}
	switch found[0].State.Name {
	case types.InstanceStateNameShuttingDown, types.InstanceStateNameTerminated:
		return types.Instance{}, fmt.Errorf("reading instance %s: %w", target.ID, ErrGone)
	default:
		return found[0], nil
	}
}

// instanceTags reads the tags of instances.
func instanceTags(client EC2Instances) func(ctx context.Context, target resource.Resource) (map[string]string, error) {
	return func(ctx context.Context, target resource.Resource) (map[string]string, error) {
		instance, err := readInstance(ctx, client, target)
		if err != nil {
			return nil, err
		}
		return ec2Tags(instance.Tags), nil
	}
}

func ec2Tags(tags []types.Tag) map[string]string {
	out := make(map[string]string, len(tags))
	for _, tag := range tags {
		out[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return out
}
