package sdkcheck

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// ProviderToken is the type of the provider itself, whose arguments are compared too.
const ProviderToken = "pulumi:providers:aws"

// Check compares everything in the schema with the SDK: the provider's arguments, each resource's inputs and state
// (the state is the outputs with plain types), each function's inputs and outputs. The error joins what could not be
// compared, such as a token that the SDK does not have.
func Check(schema Schema, sdk *SDK) ([]Difference, error) {
	var found []Difference
	var errs []error
	for _, side := range sides(schema) {
		differences, err := side.compare(schema, sdk)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", side.path, err))
		}
		found = append(found, differences...)
	}
	return found, errors.Join(errs...)
}

// side is one struct of the SDK and the properties of the schema that belong in it.
type side struct {
	path         string
	module, name string
	properties   map[string]typeSpec
}

func sides(schema Schema) []side {
	all := []side{{ProviderToken + " inputs", "index", "providerArgs", schema.Provider.Inputs}}
	for _, token := range schema.ResourceTokens() {
		resource := schema.Resources[token]
		module, name := split(token)
		all = append(all,
			side{token + " inputs", module, lowerFirst(name) + "Args", resource.Inputs},
			side{token + " state", module, lowerFirst(name) + "State", resource.State.Properties})
	}
	for _, token := range schema.FunctionTokens() {
		function := schema.Functions[token]
		module, name := split(token)
		all = append(all, side{token + " outputs", module, upperFirst(name) + "Result", function.Outputs.Properties})
		if len(function.Inputs.Properties) > 0 {
			all = append(all, side{token + " inputs", module, upperFirst(name) + "Args", function.Inputs.Properties})
		}
	}
	return all
}

func (s side) compare(schema Schema, sdk *SDK) ([]Difference, error) {
	ours, err := schema.object(s.properties)
	if err != nil {
		return nil, err
	}
	theirs, err := sdk.object(s.module, s.name)
	if err != nil {
		return nil, err
	}
	return Compare(s.path, ours, theirs), nil
}

// split takes "aws:cfg/rule:Rule" to its module "cfg" and its name "Rule".
func split(token string) (module, name string) {
	_, rest, _ := strings.Cut(token, ":")
	module, name, _ = strings.Cut(rest, ":")
	module, _, _ = strings.Cut(module, "/")
	return module, name
}

func lowerFirst(name string) string { return mapFirst(name, unicode.ToLower) }

func upperFirst(name string) string { return mapFirst(name, unicode.ToUpper) }

func mapFirst(name string, change func(rune) rune) string {
	runes := []rune(name)
	if len(runes) > 0 {
		runes[0] = change(runes[0])
	}
	return string(runes)
}
