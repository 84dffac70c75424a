// Package observability is the last layer: a dashboard that says at a glance how compliant the account is and how the
// monitor itself is doing, and the alarms that call for people.
package observability

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// Upstream is what the layer reads from the ones before it.
type Upstream struct {
	Foundation  outputs.FoundationValues
	ConfigRules outputs.ConfigRulesValues
	Functions   outputs.FunctionsValues
}

// Program is the layer as a Pulumi program: settings and upstream in, resources made, outputs exported.
func Program(ctx *pulumi.Context) error {
	s, err := ParseSettings(settings.FromContext(ctx, Keys()))
	if err != nil {
		return err
	}
	upstream, err := readUpstream(ctx)
	if err != nil {
		return err
	}
	values, err := Deploy(ctx, s, upstream)
	if err != nil {
		return err
	}
	outputs.ExportObservability(ctx, &values)
	return nil
}

func readUpstream(ctx *pulumi.Context) (Upstream, error) {
	var upstream Upstream
	var err error
	if upstream.Foundation, err = outputs.ReadFoundation(ctx); err != nil {
		return upstream, err
	}
	if upstream.ConfigRules, err = outputs.ReadConfigRules(ctx); err != nil {
		return upstream, err
	}
	upstream.Functions, err = outputs.ReadFunctions(ctx)
	return upstream, err
}

// Deploy makes the layer's resources.
func Deploy(ctx *pulumi.Context, s Settings, upstream Upstream) (outputs.Observability, error) {
	var values outputs.Observability
	watched, err := newWatched(upstream)
	if err != nil {
		return values, err
	}
	env, err := awsenv.ForLayer(ctx, upstream.Foundation)
	if err != nil {
		return values, err
	}
	all := alarms(s, watched)
	if err := makeAlarms(ctx, env, upstream.Foundation.OperationsTopicARN, all, &values); err != nil {
		return values, err
	}
	var arns []string
	for _, one := range all {
		arns = append(arns, env.ARN("cloudwatch", "alarm:"+env.Name(one.short)))
	}
	return values, makeDashboard(ctx, env, upstream.Foundation.Local == "true", newBoard(watched, s, arns), &values)
}

// makeDashboard makes the dashboard. CloudWatch knows no tags on one.
func makeDashboard(ctx *pulumi.Context, env *awsenv.Env, local bool, b board, values *outputs.Observability) error {
	made, err := cloudwatch.NewDashboard(ctx, "dashboard", &cloudwatch.DashboardArgs{
		DashboardName: pulumi.String(env.Name("compliance")),
		DashboardBody: pulumi.String(b.json()),
	}, env.Options()...)
	if err != nil {
		return fmt.Errorf("making the dashboard: %w", err)
	}
	values.DashboardName, values.DashboardARN = made.DashboardName, made.DashboardArn
	values.DashboardURL = pulumi.String("").ToStringOutput() // a local AWS has no console
	if !local {
		values.DashboardURL = pulumi.Sprintf("%s#dashboards/dashboard/%s", console(env.Region, "cloudwatch"), made.DashboardName)
	}
	return nil
}
