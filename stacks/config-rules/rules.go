package configrules

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cfg"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// makeRules makes one Config rule for each chosen rule of the catalogue.
func makeRules(ctx *pulumi.Context, env *awsenv.Env, rules []catalogue.Rule, values *outputs.ConfigRules) error {
	ruleNames, arns, ids, parameters := pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringMap{}
	for _, rule := range rules {
		made, err := cfg.NewRule(ctx, rule.Name, ruleArgs(env, rule), env.Options()...)
		if err != nil {
			return fmt.Errorf("making the Config rule %s: %w", rule.Name, err)
		}
		ruleNames[rule.Name], arns[rule.Name], ids[rule.Name] = made.Name, made.Arn, made.RuleId
		if given := rule.InputParameters(); given != "" {
			parameters[rule.Name] = pulumi.String(given)
		}
	}
	values.RuleNames = ruleNames.ToStringMapOutput()
	values.RuleARNs = arns.ToStringMapOutput()
	values.RuleIDs = ids.ToStringMapOutput()
	values.RuleParameters = parameters.ToStringMapOutput()
	return nil
}

// ruleArgs leaves out what AWS refuses: a frequency on change-triggered rules, a scope on periodic ones.
func ruleArgs(env *awsenv.Env, rule catalogue.Rule) *cfg.RuleArgs {
	args := &cfg.RuleArgs{
		Name:        pulumi.String(env.Name(rule.Name)),
		Description: pulumi.String(rule.Description),
		Source: cfg.RuleSourceArgs{
			Owner: pulumi.String("AWS"), SourceIdentifier: pulumi.String(rule.Identifier),
		},
		Tags: env.Tags(fmt.Sprintf("Checks %s with severity %s", rule.Name, rule.Severity)),
	}
	if frequency := rule.Frequency(); frequency != "" {
		args.MaximumExecutionFrequency = pulumi.String(frequency)
	}
	if scope := rule.Scope(); len(scope) > 0 {
		args.Scope = cfg.RuleScopeArgs{ComplianceResourceTypes: pulumi.ToStringArray(scope)}
	}
	if parameters := rule.InputParameters(); parameters != "" {
		args.InputParameters = pulumi.String(parameters)
	}
	return args
}
