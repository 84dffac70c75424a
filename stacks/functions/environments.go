package functions

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// mostEnvironment is how much Lambda takes of a function's variables, names and values together, in bytes.
const mostEnvironment = 4096

// origins say which settings a long variable comes from.
var origins = map[string]string{
	names.EnvRemediations: "the setting remediations",
	names.EnvRuleSettings: "the setting remediations, and the setting parameters of the config-rules layer",
}

// environments are what each function is told. The error says which would be too long for Lambda, all at once.
func environments(s Settings, upstream Upstream, chosen fixes) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	rules, err := rulesJSON(s, upstream, chosen)
	faults := []error{err}
	for _, function := range names.Functions() {
		variables := environment(function, s, upstream.Foundation)
		if function == names.Remediator {
			variables[names.EnvRuleSettings] = rules
		}
		all[function] = variables
		faults = append(faults, tooLong(function, variables))
	}
	return all, errors.Join(faults...)
}

func tooLong(function string, variables map[string]string) error {
	total := 0
	for name, value := range variables {
		total += len(name) + len(value)
	}
	if total <= mostEnvironment {
		return nil
	}
	longest := slices.MaxFunc(slices.Sorted(maps.Keys(variables)), func(a, b string) int {
		return len(variables[a]) - len(variables[b])
	})
	origin, ok := origins[longest]
	if !ok {
		origin = "the layer's settings"
	}
	return fmt.Errorf("the variables of the function %s have %d bytes together, and Lambda takes %d: shorten what makes %s, which has %d: %s",
		function, total, mostEnvironment, longest, len(variables[longest]), origin)
}
