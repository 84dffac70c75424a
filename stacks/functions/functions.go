// Package functions is the third layer: the three Lambda functions with their roles, log groups and dead-letter queues,
// the EventBridge rules that start them, and the exemptions that the remediator heeds.
//
// The provider waits 25 s for a queue, and seconds at most for anything else. So queues depend on nothing, and nothing but
// what must know a queue (the targets of event rules, and where failed invocations go) waits for one.
package functions

import (
	"errors"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// Upstream is what the layer reads from the ones before it.
type Upstream struct {
	Foundation  outputs.FoundationValues
	ConfigRules outputs.ConfigRulesValues
}

// Program is the layer as a Pulumi program: settings and upstream in, resources made, outputs exported.
func Program(ctx *pulumi.Context) error {
	s, err := ParseSettings(settings.FromContext(ctx, Keys()))
	if err != nil {
		return err
	}
	foundation, err := outputs.ReadFoundation(ctx)
	if err != nil {
		return err
	}
	rules, err := outputs.ReadConfigRules(ctx)
	if err != nil {
		return err
	}
	values, err := Deploy(ctx, s, Upstream{Foundation: foundation, ConfigRules: rules})
	if err != nil {
		return err
	}
	outputs.ExportFunctions(ctx, &values)
	return nil
}

// layer is what the steps of the deployment share.
type layer struct {
	ctx      *pulumi.Context
	env      *awsenv.Env
	settings Settings
	upstream Upstream
	fixes    fixes

	environments map[string]map[string]string // of each function
}

// Deploy makes the layer's resources. It makes none when a function's package is missing or an exemption is wrong.
func Deploy(ctx *pulumi.Context, s Settings, upstream Upstream) (outputs.Functions, error) {
	packages, packagesErr := readPackages(s.CodePath, s.Architecture)
	exempt, exemptErr := readExemptions(s.ExemptionsFile, s.Catalogue, time.Now())
	fixes, fixesErr := chooseFixes(s, upstream)
	environments, environmentErr := environments(s, upstream, fixes)
	if err := errors.Join(packagesErr, exemptErr, fixesErr, environmentErr); err != nil {
		return outputs.Functions{}, err
	}
	for _, idle := range exempt.idle(upstream.ConfigRules.RuleNames) {
		_ = ctx.Log.Warn(idle, nil) // whoever does not read it lacks nothing that the deployment needs
	}
	env, err := awsenv.ForLayer(ctx, upstream.Foundation)
	if err != nil {
		return outputs.Functions{}, err
	}
	l := &layer{ctx: ctx, env: env, settings: s, upstream: upstream, fixes: fixes, environments: environments}
	return l.deploy(packages, exempt)
}

func (l *layer) deploy(packages map[string]packageFile, exempt document) (outputs.Functions, error) {
	queues, err := l.makeQueues()
	if err != nil {
		return outputs.Functions{}, err
	}
	exemptions, err := l.putExemptions(exempt)
	if err != nil {
		return outputs.Functions{}, err
	}
	made, err := l.makeFunctions(packages, queues)
	if err != nil {
		return outputs.Functions{}, err
	}
	rules, err := l.makeEventRules(made, queues)
	if err != nil {
		return outputs.Functions{}, err
	}
	return collect(made, queues, rules, exemptions), nil
}
