package demo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// image is one that a local AWS has.
const image = "ami-12c6146b"

func (w *world) tags(name string, kind types.ResourceType) []types.TagSpecification {
	return []types.TagSpecification{{ResourceType: kind, Tags: []types.Tag{
		{Key: aws.String(mark), Value: &w.run}, {Key: aws.String("Name"), Value: &name},
	}}}
}

// makeInstance makes a machine of an allowed type, with encrypted storage and metadata of version 2 only.
func (w *world) makeInstance(ctx context.Context, name string) (string, error) {
	out, err := w.ec2.RunInstances(ctx, &ec2.RunInstancesInput{
		ImageId: aws.String(image), InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		TagSpecifications: w.tags(name, types.ResourceTypeInstance),
		BlockDeviceMappings: []types.BlockDeviceMapping{{
			DeviceName: aws.String("/dev/sda1"), Ebs: &types.EbsBlockDevice{Encrypted: aws.Bool(true), VolumeSize: aws.Int32(8)},
		}},
	})
	if err != nil {
		return "", err
	}
	id := aws.ToString(out.Instances[0].InstanceId)
	return id, w.setTokens(ctx, id, types.HttpTokensStateRequired)
}

func (w *world) openMetadata(ctx context.Context, _, id string) error {
	return w.setTokens(ctx, id, types.HttpTokensStateOptional)
}

func (w *world) setTokens(ctx context.Context, id string, tokens types.HttpTokensState) error {
	_, err := w.ec2.ModifyInstanceMetadataOptions(ctx, &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: &id, HttpTokens: tokens})
	return err
}

// makeGroup makes a security group that lets nobody in.
func (w *world) makeGroup(ctx context.Context, name string) (string, error) {
	out, err := w.ec2.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{
		GroupName: &name, Description: aws.String("of the demo"), TagSpecifications: w.tags(name, types.ResourceTypeSecurityGroup),
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.GroupId), nil
}

func (w *world) openSSH(ctx context.Context, _, id string) error {
	const ssh = 22
	_, err := w.ec2.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{
		GroupId: &id,
		IpPermissions: []types.IpPermission{{
			IpProtocol: aws.String("tcp"), FromPort: aws.Int32(ssh), ToPort: aws.Int32(ssh),
			IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0"), Description: aws.String("just for a minute")}},
		}},
	})
	return err
}

// makeDatabase makes a database that complies with every rule.
func (w *world) makeDatabase(ctx context.Context, name string) (string, error) {
	const days, size = 14, 20
	out, err := w.rds.CreateDBInstance(ctx, &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: &name, Engine: aws.String("mysql"), DBInstanceClass: aws.String("db.t3.micro"),
		MasterUsername: aws.String("demo"), MasterUserPassword: aws.String("of-a-local-aws"), AllocatedStorage: aws.Int32(size),
		StorageEncrypted: aws.Bool(true), PubliclyAccessible: aws.Bool(false), BackupRetentionPeriod: aws.Int32(days),
		Tags: []rdstypes.Tag{{Key: aws.String(mark), Value: &w.run}},
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.DBInstance.DbiResourceId), nil
}

func (w *world) shortenBackups(ctx context.Context, name, _ string) error {
	_, err := w.rds.ModifyDBInstance(ctx, &rds.ModifyDBInstanceInput{
		DBInstanceIdentifier: &name, BackupRetentionPeriod: aws.Int32(1), ApplyImmediately: aws.Bool(true),
	})
	return err
}

const policyDocument = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": %q, "Resource": "*"}]}`

// makePolicy makes a managed policy that allows little. Nobody has it.
func (w *world) makePolicy(ctx context.Context, name string) (string, error) {
	out, err := w.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{
		PolicyName: &name, Path: aws.String("/" + mark + "/"), PolicyDocument: aws.String(fmt.Sprintf(policyDocument, "s3:ListAllMyBuckets")),
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Policy.PolicyId), nil
}

func (w *world) allowEverything(ctx context.Context, name, _ string) error {
	found, err := w.policies(ctx)
	if err != nil {
		return err
	}
	for _, policy := range found {
		if aws.ToString(policy.PolicyName) == name {
			_, err = w.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{
				PolicyArn: policy.Arn, SetAsDefault: true, PolicyDocument: aws.String(fmt.Sprintf(policyDocument, "*")),
			})
		}
	}
	return err
}
