package foundation

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/iampolicy"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// makeConfigRole makes the service role that an account's recorder may be given. AWS's managed policy lets it read what
// it records; the role's own policy lets it deliver to the reports bucket.
func makeConfigRole(ctx *pulumi.Context, env *awsenv.Env, key *kms.Key, values *outputs.Foundation) error {
	role, err := iam.NewRole(ctx, "config", &iam.RoleArgs{
		Name:             pulumi.String(env.Name("config")),
		Description:      pulumi.String("Lets AWS Config record this account and deliver to the reports bucket"),
		AssumeRolePolicy: pulumi.String(iampolicy.Trust("config.amazonaws.com", env.AccountID).JSON()),
		Tags:             env.Tags("Service role for AWS Config"),
	}, env.Options()...)
	if err != nil {
		return fmt.Errorf("making the Config service role: %w", err)
	}
	_, err = iam.NewRolePolicyAttachment(ctx, "config-managed", &iam.RolePolicyAttachmentArgs{
		Role:      role.Name,
		PolicyArn: pulumi.String("arn:" + awsenv.Partition + ":iam::aws:policy/service-role/AWS_ConfigRole"),
	}, env.Options()...)
	if err != nil {
		return fmt.Errorf("attaching AWS's policy to the Config service role: %w", err)
	}
	policy := key.Arn.ApplyT(func(keyARN string) string { return deliveryPermissions(env, keyARN).JSON() })
	_, err = iam.NewRolePolicy(ctx, "config-delivery", &iam.RolePolicyArgs{
		Name: pulumi.String("delivery"), Role: role.Name, Policy: policy,
	}, env.Options()...)
	if err != nil {
		return fmt.Errorf("letting the Config service role deliver: %w", err)
	}
	values.ConfigRoleARN, values.ConfigRoleName = role.Arn, role.Name
	return nil
}

// deliveryPermissions are what AWS Config needs to deliver snapshots and histories to an encrypted bucket.
func deliveryPermissions(env *awsenv.Env, keyARN string) iampolicy.Document {
	bucket := "arn:" + awsenv.Partition + ":s3:::" + names.Bucket(env.Prefix, env.AccountID)
	return iampolicy.New(
		iampolicy.Statement{
			Sid: "FindBucket", Effect: iampolicy.Allow,
			Action: []string{"s3:GetBucketAcl", "s3:ListBucket"}, Resource: []string{bucket},
		},
		iampolicy.Statement{
			Sid: "DeliverSnapshots", Effect: iampolicy.Allow,
			Action: []string{"s3:PutObject"}, Resource: []string{bucket + "/AWSLogs/" + env.AccountID + "/Config/*"},
		},
		iampolicy.Statement{
			Sid: "EncryptSnapshots", Effect: iampolicy.Allow,
			Action: []string{"kms:GenerateDataKey", "kms:Decrypt"}, Resource: []string{keyARN},
			Condition: iampolicy.Condition{"StringEquals": {"kms:ViaService": {"s3." + env.Region + ".amazonaws.com"}}},
		},
	)
}
