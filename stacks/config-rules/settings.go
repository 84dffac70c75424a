package configrules

import (
	"errors"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/managed"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// Sources of the aggregator.
const (
	aggregateAccount      = "account"
	aggregateOrganization = "organization"
)

// defaultPack is what an account gets that chooses nothing.
const defaultPack = "essentials"

// Settings are the layer's, from Pulumi.<stack>.yaml.
type Settings struct {
	Rules        []catalogue.Rule // chosen from the catalogue, with parameters as overridden, sorted by name
	Organization bool             // the aggregator reads the whole organization, not this account only
}

// ParseSettings reads the layer's settings and checks the chosen rules against the catalogue and AWS's list of managed
// rules; the error holds every fault.
func ParseSettings(values map[string]string) (Settings, error) {
	s, reader := read(values, catalogue.Load)
	return s, reader.Err()
}

// Keys lists the settings' names.
func Keys() []string {
	_, reader := read(nil, catalogue.Load)
	return reader.Keys()
}

func read(values map[string]string, load func() (*catalogue.Catalogue, error)) (Settings, *settings.Reader) {
	r := settings.NewReader(outputs.Project(outputs.LayerConfigRules), values)
	selection := catalogue.Selection{
		Packs:   r.Strings("packs", []string{defaultPack}, settings.Any),
		Include: r.Strings("include", nil, settings.Any),
		Exclude: r.Strings("exclude", nil, settings.Any),
		Parameters: texts(settings.Object(r, "parameters", "a map of rules to their parameters",
			map[string]map[string]settings.Scalar{})),
	}
	source := r.String("aggregate", aggregateAccount, settings.OneOf(aggregateAccount, aggregateOrganization))
	rules, err := choose(selection, load)
	r.Join(err)
	return Settings{Rules: rules, Organization: source == aggregateOrganization}, r
}

// choose resolves the selection and checks the result against AWS's list.
func choose(
	selection catalogue.Selection, load func() (*catalogue.Catalogue, error),
) ([]catalogue.Rule, error) {
	known, err := load()
	if err != nil {
		return nil, err
	}
	rules, err := known.Select(selection)
	return rules, errors.Join(err, managed.Check(rules))
}

func texts(parameters map[string]map[string]settings.Scalar) map[string]map[string]string {
	all := make(map[string]map[string]string, len(parameters))
	for rule, values := range parameters {
		all[rule] = make(map[string]string, len(values))
		for name, value := range values {
			all[rule][name] = string(value)
		}
	}
	return all
}
