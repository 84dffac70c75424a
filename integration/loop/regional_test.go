package loop_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	databaseType = "AWS::RDS::DBInstance"
	instanceType = "AWS::EC2::Instance"
	groupType    = "AWS::EC2::SecurityGroup"
)

// Ports by which people administer machines.
const (
	portSSH = 22
	portRDP = 3389
)

// regionalBreakages are about other resources of a region.
var regionalBreakages = []breakage{
	{
		rule: "rds-backup-retention", kind: databaseType, make: newDatabase(0, false), broken: "0", fixed: "7",
		state: databaseState(func(d rdstypes.DBInstance) any { return *d.BackupRetentionPeriod }),
	},
	{
		rule: "rds-public-access", kind: databaseType, make: newDatabase(30, true), broken: "true", fixed: "false",
		state: databaseState(func(d rdstypes.DBInstance) any { return *d.PubliclyAccessible }),
	},
	{
		rule: "ec2-instance-type", kind: instanceType, make: newInstance(ec2types.InstanceTypeM1Large, ec2types.HttpTokensStateRequired),
		state:  instanceState(func(i ec2types.Instance) any { return i.State.Name }),
		broken: "running", fixed: "stopped", stays: true,
	},
	{
		rule: "ec2-imdsv2", kind: instanceType, make: newInstance(ec2types.InstanceTypeT3Micro, ec2types.HttpTokensStateOptional),
		state:  instanceState(func(i ec2types.Instance) any { return i.MetadataOptions.HttpTokens }),
		broken: "optional", fixed: "required",
	},
	{rule: "restricted-ssh", kind: groupType, make: newGroup(portSSH), state: groupState, broken: "22 0.0.0.0/0", fixed: ""},
	{rule: "kms-rotation", kind: "AWS::KMS::Key", periodic: true, make: newKey, state: rotationOf, broken: "false", fixed: "true"},
	{rule: "log-group-retention", kind: "AWS::Logs::LogGroup", periodic: true, make: newLogGroup, state: retentionOf, broken: "3", fixed: "7"},
}

func newDatabase(backupDays int32, public bool) func(ctx context.Context) string {
	return func(ctx context.Context) string {
		GinkgoHelper()
		created := must(databases.CreateDBInstance(ctx, &rds.CreateDBInstanceInput{
			DBInstanceIdentifier: aws.String(unused("shop")), DBInstanceClass: aws.String("db.t3.micro"), Engine: aws.String("postgres"),
			AllocatedStorage: aws.Int32(20), MasterUsername: aws.String("ann"), MasterUserPassword: aws.String("not-a-secret"),
			BackupRetentionPeriod: &backupDays, PubliclyAccessible: &public,
		}))
		return *must(databases.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{
			DBInstanceIdentifier: created.DBInstance.DBInstanceIdentifier,
		})).DBInstances[0].DbiResourceId
	}
}

func databaseState(of func(rdstypes.DBInstance) any) func(ctx context.Context, id string) string {
	return func(ctx context.Context, id string) string {
		GinkgoHelper()
		for _, one := range must(databases.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{})).DBInstances {
			if *one.DbiResourceId == id {
				return fmt.Sprint(of(one))
			}
		}
		return "gone"
	}
}

func newInstance(size ec2types.InstanceType, tokens ec2types.HttpTokensState) func(ctx context.Context) string {
	return func(ctx context.Context) string {
		GinkgoHelper()
		images := must(instances.DescribeImages(ctx, &ec2.DescribeImagesInput{}))
		one := int32(1)
		id := must(instances.RunInstances(ctx, &ec2.RunInstancesInput{
			ImageId: images.Images[0].ImageId, InstanceType: size, MinCount: &one, MaxCount: &one,
			MetadataOptions: &ec2types.InstanceMetadataOptionsRequest{HttpTokens: tokens},
		})).Instances[0].InstanceId
		return *id
	}
}

func instanceState(of func(ec2types.Instance) any) func(ctx context.Context, id string) string {
	return func(ctx context.Context, id string) string {
		GinkgoHelper()
		found := must(instances.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{id}}))
		return fmt.Sprint(of(found.Reservations[0].Instances[0]))
	}
}

// newGroup makes a security group that opens a port to the whole internet.
func newGroup(port int32) func(ctx context.Context) string {
	return func(ctx context.Context) string {
		GinkgoHelper()
		networks := must(instances.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{}))
		group := must(instances.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{
			GroupName: aws.String(unused("shop")), Description: aws.String("a shop's"), VpcId: networks.Vpcs[0].VpcId,
		}))
		ok(instances.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{
			GroupId: group.GroupId,
			IpPermissions: []ec2types.IpPermission{{
				IpProtocol: aws.String("tcp"), FromPort: &port, ToPort: &port,
				IpRanges: []ec2types.IpRange{{CidrIp: aws.String("0.0.0.0/0"), Description: aws.String("for now")}},
			}},
		}))
		return *group.GroupId
	}
}

func groupState(ctx context.Context, id string) string {
	GinkgoHelper()
	var open []string
	found := must(instances.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{id}}))
	for _, one := range found.SecurityGroups[0].IpPermissions {
		for _, source := range one.IpRanges {
			open = append(open, fmt.Sprintf("%d %s", *one.FromPort, *source.CidrIp))
		}
	}
	return strings.Join(open, ", ")
}

func newKey(ctx context.Context) string {
	GinkgoHelper()
	return *must(clients.KMS.CreateKey(ctx, &kms.CreateKeyInput{})).KeyMetadata.KeyId
}

func rotationOf(ctx context.Context, id string) string {
	GinkgoHelper()
	return fmt.Sprint(must(clients.KMS.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: &id})).KeyRotationEnabled)
}

func newLogGroup(ctx context.Context) string {
	GinkgoHelper()
	name, days := "/shop/"+unused("web"), int32(3)
	ok(clients.Logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name}))
	ok(clients.Logs.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: &name, RetentionInDays: &days}))
	return name
}

func retentionOf(ctx context.Context, id string) string {
	GinkgoHelper()
	found := must(clients.Logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &id}))
	Expect(found.LogGroups).To(HaveLen(1))
	return fmt.Sprint(aws.ToInt32(found.LogGroups[0].RetentionInDays))
}
