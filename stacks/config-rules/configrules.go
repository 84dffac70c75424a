// Package configrules is the second layer: the Config rules that the settings choose from the catalogue, and the
// aggregator that collects their results.
package configrules

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// Upstream is what the layer reads from the ones before it.
type Upstream struct {
	Foundation outputs.FoundationValues
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
	values, err := Deploy(ctx, s, Upstream{Foundation: foundation})
	if err != nil {
		return err
	}
	outputs.ExportConfigRules(ctx, &values)
	return nil
}

// Deploy makes the layer's resources.
func Deploy(ctx *pulumi.Context, s Settings, upstream Upstream) (outputs.ConfigRules, error) {
	var values outputs.ConfigRules
	if err := catalogue.CheckNames(upstream.Foundation.Prefix, s.Rules); err != nil {
		return values, err
	}
	env, err := awsenv.ForLayer(ctx, upstream.Foundation)
	if err != nil {
		return values, err
	}
	if err := makeRules(ctx, env, s.Rules, &values); err != nil {
		return values, err
	}
	return values, makeAggregator(ctx, env, s.Organization, &values)
}
