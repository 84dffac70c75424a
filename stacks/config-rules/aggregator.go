package configrules

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cfg"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/iampolicy"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// aggregatorName is the short name of the aggregator and of its role.
const aggregatorName = "aggregator"

// makeAggregator makes the aggregator over this account, or over the organization with the role that this needs.
func makeAggregator(ctx *pulumi.Context, env *awsenv.Env, organization bool, values *outputs.ConfigRules) error {
	args := &cfg.ConfigurationAggregatorArgs{
		Name: pulumi.String(env.Name(aggregatorName)),
		Tags: env.Tags("Collects compliance results of " + env.Region),
	}
	regions := pulumi.ToStringArray([]string{env.Region})
	options := env.Options()
	if organization {
		role, attachment, err := makeOrganizationRole(ctx, env)
		if err != nil {
			return err
		}
		args.OrganizationAggregationSource = cfg.ConfigurationAggregatorOrganizationAggregationSourceArgs{
			Regions: regions, RoleArn: role.Arn,
		}
		options = append(options, pulumi.DependsOn([]pulumi.Resource{attachment}))
		values.AggregatorRoleARN, values.AggregatorRoleName = role.Arn, role.Name
	} else {
		args.AccountAggregationSource = cfg.ConfigurationAggregatorAccountAggregationSourceArgs{
			Regions: regions, AccountIds: pulumi.ToStringArray([]string{env.AccountID}),
		}
		none := pulumi.String("").ToStringOutput()
		values.AggregatorRoleARN, values.AggregatorRoleName = none, none
	}
	aggregator, err := cfg.NewConfigurationAggregator(ctx, aggregatorName, args, options...)
	if err != nil {
		return fmt.Errorf("making the configuration aggregator: %w", err)
	}
	values.AggregatorARN, values.AggregatorName = aggregator.Arn, aggregator.Name
	return nil
}

// makeOrganizationRole makes the role with which the aggregator lists the organization's accounts. Its trust policy has no
// condition on the account: AWS documents aws:SourceAccount for the recorder's role, not for this one.
func makeOrganizationRole(ctx *pulumi.Context, env *awsenv.Env) (*iam.Role, *iam.RolePolicyAttachment, error) {
	role, err := iam.NewRole(ctx, "aggregator", &iam.RoleArgs{
		Name:             pulumi.String(env.Name("config-aggregator")),
		Description:      pulumi.String("Lets the configuration aggregator list the organization's accounts"),
		AssumeRolePolicy: pulumi.String(iampolicy.Trust("config.amazonaws.com", "").JSON()),
		Tags:             env.Tags("Role of the configuration aggregator of the organization"),
	}, env.Options()...)
	if err != nil {
		return nil, nil, fmt.Errorf("making the aggregator's role: %w", err)
	}
	attachment, err := iam.NewRolePolicyAttachment(ctx, "aggregator-managed", &iam.RolePolicyAttachmentArgs{
		Role: role.Name,
		PolicyArn: pulumi.String(
			"arn:" + awsenv.Partition + ":iam::aws:policy/service-role/AWSConfigRoleForOrganizations"),
	}, env.Options()...)
	if err != nil {
		return nil, nil, fmt.Errorf("attaching AWS's policy to the aggregator's role: %w", err)
	}
	return role, attachment, nil
}
