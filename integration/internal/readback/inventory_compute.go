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
	for pages := iam.NewListRolesPaginator(c.IAM, &iam.ListRolesInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, role := range page.Roles {
			add("role", aws.ToString(role.RoleName))
		}
	}
	return nil
}

// listPolicies lists the account's own managed policies.
func (c Clients) listPolicies(ctx context.Context, add func(kind, name string)) error {
	input := &iam.ListPoliciesInput{Scope: iamtypes.PolicyScopeTypeLocal}
	for pages := iam.NewListPoliciesPaginator(c.IAM, input); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, policy := range page.Policies {
			add("policy", aws.ToString(policy.PolicyName))
		}
	}
	return nil
}

func (c Clients) listConfigRules(ctx context.Context, add func(kind, name string)) error {
	for pages := configservice.NewDescribeConfigRulesPaginator(c.Config, nil); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, rule := range page.ConfigRules {
			add("config rule", aws.ToString(rule.ConfigRuleName))
		}
	}
	return nil
}

func (c Clients) listAggregators(ctx context.Context, add func(kind, name string)) error {
	for pages := configservice.NewDescribeConfigurationAggregatorsPaginator(c.Config, nil); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, aggregator := range page.ConfigurationAggregators {
			add("aggregator", aws.ToString(aggregator.ConfigurationAggregatorName))
		}
	}
	return nil
}

func (c Clients) listFunctions(ctx context.Context, add func(kind, name string)) error {
	for pages := lambda.NewListFunctionsPaginator(c.Lambda, &lambda.ListFunctionsInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, function := range page.Functions {
			add("function", aws.ToString(function.FunctionName))
		}
	}
	return nil
}

func (c Clients) listLogGroups(ctx context.Context, add func(kind, name string)) error {
	for pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(c.Logs, nil); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, group := range page.LogGroups {
			add("log group", aws.ToString(group.LogGroupName))
		}
	}
	return nil
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
	for pages := cloudwatch.NewListDashboardsPaginator(c.CloudWatch, &cloudwatch.ListDashboardsInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, dashboard := range page.DashboardEntries {
			add("dashboard", aws.ToString(dashboard.DashboardName))
		}
	}
	return nil
}

func (c Clients) listAlarms(ctx context.Context, add func(kind, name string)) error {
	for pages := cloudwatch.NewDescribeAlarmsPaginator(c.CloudWatch, &cloudwatch.DescribeAlarmsInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, alarm := range page.MetricAlarms {
			add("alarm", aws.ToString(alarm.AlarmName))
		}
		for _, alarm := range page.CompositeAlarms {
			add("alarm", aws.ToString(alarm.AlarmName))
		}
	}
	return nil
}
