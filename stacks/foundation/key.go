package foundation

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/iampolicy"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// makeKey makes the customer managed key, its policy and its alias.
func makeKey(ctx *pulumi.Context, env *awsenv.Env, s Settings, values *outputs.Foundation) (*kms.Key, error) {
	key, err := kms.NewKey(ctx, "key", &kms.KeyArgs{
		Description:          pulumi.String("Encrypts the reports, topics, queues, logs and settings of " + env.Prefix),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(s.KeyDeletionDays),
		Tags:                 env.Tags("Encrypts everything that the compliance monitor stores"),
	}, env.Options()...)
	if err != nil {
		return nil, fmt.Errorf("making the key: %w", err)
	}
	// Apart from the key, so that what only needs the key does not wait until the policy has spread. A key without a
	// policy admits the account's own policies alone.
	_, err = kms.NewKeyPolicy(ctx, "key-policy", &kms.KeyPolicyArgs{
		KeyId: key.KeyId, Policy: pulumi.String(keyPolicy(env).JSON()),
	}, env.Options()...)
	if err != nil {
		return nil, fmt.Errorf("putting the policy on the key: %w", err)
	}
	alias, err := kms.NewAlias(ctx, "key-alias", &kms.AliasArgs{
		Name:        pulumi.String("alias/" + env.Prefix),
		TargetKeyId: key.KeyId,
	}, env.Options()...)
	if err != nil {
		return nil, fmt.Errorf("making the key's alias: %w", err)
	}
	values.KeyARN, values.KeyID = key.Arn, key.KeyId
	values.KeyAliasARN, values.KeyAliasName = alias.Arn, alias.Name
	return key, nil
}

// keyPolicy lets the account's own policies decide, and admits the services that use the key for us.
// In a key policy the resource "*" is the key itself.
func keyPolicy(env *awsenv.Env) iampolicy.Document {
	self := []string{"*"}
	return iampolicy.New(
		iampolicy.Statement{
			Sid: "AccountAdministersKey", Effect: iampolicy.Allow, Principal: iampolicy.Account(env.AccountID),
			Action: []string{"kms:*"}, Resource: self,
		},
		iampolicy.Statement{
			Sid: "LogsEncryptLogGroups", Effect: iampolicy.Allow,
			Principal: iampolicy.Service("logs." + env.Region + ".amazonaws.com"),
			Action:    []string{"kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"},
			Resource:  self,
			Condition: iampolicy.Condition{"ArnLike": {
				"kms:EncryptionContext:aws:logs:arn": {env.ARN("logs", "log-group:"+names.LogGroup(env.Prefix)+"*")},
			}},
		},
		iampolicy.Statement{
			Sid: "AlarmsPublishToTopics", Effect: iampolicy.Allow, Principal: iampolicy.Service("cloudwatch.amazonaws.com"),
			Action: []string{"kms:Decrypt", "kms:GenerateDataKey*"}, Resource: self,
			Condition: fromAlarms(env),
		},
		// With a source condition EventBridge's deliveries fail without a word, so there is none.
		iampolicy.Statement{
			Sid: "EventBridgeSendsToQueues", Effect: iampolicy.Allow, Principal: iampolicy.Service("events.amazonaws.com"),
			Action: []string{"kms:Decrypt", "kms:GenerateDataKey"}, Resource: self,
		},
		iampolicy.Statement{
			Sid: "TopicsSendToQueues", Effect: iampolicy.Allow, Principal: iampolicy.Service("sns.amazonaws.com"),
			Action: []string{"kms:Decrypt", "kms:GenerateDataKey*"}, Resource: self,
		},
	)
}

// fromAlarms is met by CloudWatch when it acts for an alarm of this deployment.
func fromAlarms(env *awsenv.Env) iampolicy.Condition {
	return iampolicy.Condition{
		"StringEquals": {"aws:SourceAccount": {env.AccountID}},
		"ArnLike":      {"aws:SourceArn": {env.ARN("cloudwatch", "alarm:"+env.Prefix+"*")}},
	}
}
