package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// clean removes all that any run of the demo has made, and says how much that was. What can't be removed is in the error,
// and the rest is removed all the same.
func (w *world) clean(ctx context.Context) (int, error) {
	removed := 0
	var faults []error
	for kind, remove := range map[string]func(context.Context) (int, error){
		"buckets": w.cleanBuckets, "machines": w.cleanMachines, "databases": w.cleanDatabases, "policies": w.cleanPolicies,
	} {
		count, err := remove(ctx)
		removed += count
		if err != nil {
			faults = append(faults, fmt.Errorf("removing the demo's %s: %w", kind, err))
		}
	}
	return removed, errors.Join(faults...)
}

func (w *world) cleanBuckets(ctx context.Context) (int, error) {
	out, err := w.s3.ListBuckets(ctx, &s3.ListBucketsInput{})
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, bucket := range out.Buckets {
		if !strings.HasPrefix(aws.ToString(bucket.Name), mark+"-") {
			continue
		}
		if _, err := w.s3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket.Name}); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// cleanMachines removes instances and security groups.
func (w *world) cleanMachines(ctx context.Context) (int, error) {
	ours := ec2types.Filter{Name: aws.String("tag-key"), Values: []string{mark}}
	machines, err := w.ec2.DescribeInstances(ctx, &ec2.DescribeInstancesInput{Filters: []ec2types.Filter{ours, {
		Name: aws.String("instance-state-name"), Values: []string{"pending", "running", "stopping", "stopped"},
	}}})
	if err != nil {
		return 0, err
	}
	var ids []string
	for _, reservation := range machines.Reservations {
		for _, instance := range reservation.Instances {
			ids = append(ids, aws.ToString(instance.InstanceId))
		}
	}
	if len(ids) > 0 {
		if _, err := w.ec2.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: ids}); err != nil {
			return 0, err
		}
	}
	groups, err := w.ec2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{Filters: []ec2types.Filter{ours}})
	if err != nil {
		return len(ids), err
	}
	for _, group := range groups.SecurityGroups {
		if _, err := w.ec2.DeleteSecurityGroup(ctx, &ec2.DeleteSecurityGroupInput{GroupId: group.GroupId}); err != nil {
			return len(ids), err
		}
	}
	return len(ids) + len(groups.SecurityGroups), nil
}

func (w *world) cleanDatabases(ctx context.Context) (int, error) {
	out, err := w.rds.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{})
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, database := range out.DBInstances {
		if !strings.HasPrefix(aws.ToString(database.DBInstanceIdentifier), mark+"-") {
			continue
		}
		_, err := w.rds.DeleteDBInstance(ctx, &rds.DeleteDBInstanceInput{
			DBInstanceIdentifier: database.DBInstanceIdentifier, SkipFinalSnapshot: aws.Bool(true),
		})
		if err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// policies are the managed policies of all runs.
func (w *world) policies(ctx context.Context) ([]iamtypes.Policy, error) {
	out, err := w.iam.ListPolicies(ctx, &iam.ListPoliciesInput{Scope: iamtypes.PolicyScopeTypeLocal, PathPrefix: aws.String("/" + mark + "/")})
	if err != nil {
		return nil, err
	}
	return out.Policies, nil
}

func (w *world) cleanPolicies(ctx context.Context) (int, error) {
	found, err := w.policies(ctx)
	if err != nil {
		return 0, err
	}
	for removed, policy := range found {
		if err := w.deleteManaged(ctx, policy.Arn); err != nil {
			return removed, err
		}
	}
	return len(found), nil
}

// deleteManaged deletes a managed policy with its versions.
func (w *world) deleteManaged(ctx context.Context, arn *string) error {
	versions, err := w.iam.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: arn})
	if err != nil {
		return err
	}
	for _, version := range versions.Versions {
		if version.IsDefaultVersion {
			continue
		}
		if _, err := w.iam.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: version.VersionId}); err != nil {
			return err
		}
	}
	_, err = w.iam.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})
	return err
}

// record switches AWS Config's recorder on or off. While it is off, resources can be made in several steps without each
// half-made one being found out of line.
func (w *world) record(ctx context.Context, on bool) error {
	out, err := w.config.DescribeConfigurationRecorders(ctx, &configservice.DescribeConfigurationRecordersInput{})
	if err != nil {
		return fmt.Errorf("looking for AWS Config's recorder: %w", err)
	}
	for _, recorder := range out.ConfigurationRecorders {
		if on {
			_, err = w.config.StartConfigurationRecorder(ctx, &configservice.StartConfigurationRecorderInput{ConfigurationRecorderName: recorder.Name})
		} else {
			_, err = w.config.StopConfigurationRecorder(ctx, &configservice.StopConfigurationRecorderInput{ConfigurationRecorderName: recorder.Name})
		}
		if err != nil {
			return fmt.Errorf("switching AWS Config's recorder: %w", err)
		}
	}
	return nil
}
