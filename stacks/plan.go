package stacks

import (
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	configrules "github.com/compliance-monitor/compliance-monitor/stacks/config-rules"
	"github.com/compliance-monitor/compliance-monitor/stacks/foundation"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// Demands are what a deployment asks of its account.
type Demands struct {
	AccountID string // the account that the settings expect; empty: any
	Prefix    string // what every resource name starts with
	Rules     int    // number of Config rules
}

// Demand reads off the settings what a deployment will ask of its account. The settings of a layer are given by name.
func Demand(settings func(layer string) (map[string]string, error)) (Demands, error) {
	values, err := settings(outputs.LayerFoundation)
	if err != nil {
		return Demands{}, err
	}
	base, err := foundation.ParseSettings(values)
	if err != nil {
		return Demands{}, err
	}
	values, err = settings(outputs.LayerConfigRules)
	if err != nil {
		return Demands{}, err
	}
	rules, err := configrules.ParseSettings(values)
	return Demands{
		AccountID: base.AccountID, Prefix: names.Prefix(base.Project, base.Environment), Rules: len(rules.Rules),
	}, err
}
