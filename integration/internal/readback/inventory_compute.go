package readback

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

func (c Clients) listRoles(ctx context.Context, add func(kind, name string)) error {
	return each(ctx, iam.NewListRolesPaginator(c.IAM, &iam.ListRolesInput{}), func(page *iam.ListRolesOutput) {
		for _, role := range page.Roles {
			add("role", aws.ToString(role.RoleName))
		}
	})
}

// listPolicies lists the account's own managed policies.
func (c Clients) listPolicies(ctx context.Context, add func(kind, name string)) error {
	input := &iam.ListPoliciesInput{Scope: iamtypes.PolicyScopeTypeLocal}
	return each(ctx, iam.NewListPoliciesPaginator(c.IAM, input), func(page *iam.ListPoliciesOutput) {
		for _, policy := range page.Policies {
			add("policy", aws.ToString(policy.PolicyName))
		}
	})
}

func (c Clients) listConfigRules(ctx context.Context, add func(kind, name string)) error {
	pages := configservice.NewDescribeConfigRulesPaginator(c.Config, nil)
	return each(ctx, pages, func(page *configservice.DescribeConfigRulesOutput) {
		for _, rule := range page.ConfigRules {
			add("config rule", aws.ToString(rule.ConfigRuleName))
		}
	})
}

func (c Clients) listAggregators(ctx context.Context, add func(kind, name string)) error {
	pages := configservice.NewDescribeConfigurationAggregatorsPaginator(c.Config, nil)
	return each(ctx, pages, func(page *configservice.DescribeConfigurationAggregatorsOutput) {
		for _, aggregator := range page.ConfigurationAggregators {
			add("aggregator", aws.ToString(aggregator.ConfigurationAggregatorName))
		}
	})
}

func (c Clients) listFunctions(ctx context.Context, add func(kind, name string)) error {
	pages := lambda.NewListFunctionsPaginator(c.Lambda, &lambda.ListFunctionsInput{})
	return each(ctx, pages, func(page *lambda.ListFunctionsOutput) {
		for _, function := range page.Functions {
			add("function", aws.ToString(function.FunctionName))
		}
	})
}

func (c Clients) listLogGroups(ctx context.Context, add func(kind, name string)) error {
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(c.Logs, nil)
	return each(ctx, pages, func(page *cloudwatchlogs.DescribeLogGroupsOutput) {
		for _, group := range page.LogGroups {
			add("log group", aws.ToString(group.LogGroupName))
		}
	})
}

// listEventRules pages by hand: the SDK has no paginator for EventBridge.
func (c Clients) listEventRules(ctx context.Context, add func(kind, name string)) error {
	for input := (&eventbridge.ListRulesInput{}); ; {
		page, err := c.Events.ListRules(ctx, input)
		if err != nil {
			return err
		}
		for _, rule := range page.Rules {
			add("event rule", aws.ToString(rule.Name))
		}
		if input.NextToken = page.NextToken; input.NextToken == nil {
			return nil
		}
	}
}

func (c Clients) listDashboards(ctx context.Context, add func(kind, name string)) error {
	pages := cloudwatch.NewListDashboardsPaginator(c.CloudWatch, &cloudwatch.ListDashboardsInput{})
	return each(ctx, pages, func(page *cloudwatch.ListDashboardsOutput) {
		for _, dashboard := range page.DashboardEntries {
			add("dashboard", aws.ToString(dashboard.DashboardName))
		}
	})
}

func (c Clients) listAlarms(ctx context.Context, add func(kind, name string)) error {
	pages := cloudwatch.NewDescribeAlarmsPaginator(c.CloudWatch, &cloudwatch.DescribeAlarmsInput{})
	return each(ctx, pages, func(page *cloudwatch.DescribeAlarmsOutput) {
		for _, alarm := range page.MetricAlarms {
			add("alarm", aws.ToString(alarm.AlarmName))
		}
		for _, alarm := range page.CompositeAlarms {
			add("alarm", aws.ToString(alarm.AlarmName))
		}
	})
}
