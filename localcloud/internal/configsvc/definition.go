package configsvc

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/evaluate"
)

// definition is a rule as it was put: what moto drops of it, and what it takes to evaluate it.
type definition struct {
	key        ruleKey
	arn        string
	id         string
	identifier string // of the managed rule; empty for a custom one
	parameters map[string]string
	scope      scope
	trigger    Trigger
	every      time.Duration // how often time triggers it

	scopeText json.RawMessage // moto turns a scope by tag into something else
	modes     json.RawMessage // moto forgets the evaluation modes
}

// scope is which resources a rule is put on. The zero value is all that the rule looks at.
type scope struct {
	Types    []string `json:"ComplianceResourceTypes"`
	ID       string   `json:"ComplianceResourceId"`
	TagKey   string
	TagValue string
}

// detective is the evaluation mode of a rule that names none.
var detective = json.RawMessage(`[{"Mode":"DETECTIVE"}]`)

// frequencies are how long AWS Config waits between two evaluations.
var frequencies = map[string]time.Duration{
	"One_Hour": time.Hour, "Three_Hours": 3 * time.Hour, "Six_Hours": 6 * time.Hour, "Twelve_Hours": 12 * time.Hour,
	"TwentyFour_Hours": 24 * time.Hour,
}

// define reads a rule: what was put, and what moto made of it.
func define(key ruleKey, put ruleInput, made rule, triggers Triggers) (definition, error) {
	d := definition{key: key, arn: made.ConfigRuleArn, id: made.ConfigRuleID, modes: detective, every: frequencies["TwentyFour_Hours"]}
	if scoped(put.Scope) {
		d.scopeText = put.Scope
		if err := json.Unmarshal(put.Scope, &d.scope); err != nil {
			return d, fmt.Errorf("reading the scope of the rule %s: %w", key.name, err)
		}
	}
	var modes []any
	if json.Unmarshal(put.EvaluationModes, &modes) == nil && len(modes) > 0 {
		d.modes = put.EvaluationModes
	}
	if every, known := frequencies[put.MaximumExecutionFrequency]; known {
		d.every = every
	}
	if put.Source.Owner == "AWS" {
		d.identifier = put.Source.SourceIdentifier
		d.trigger = triggers[d.identifier]
	}
	var err error
	d.parameters, err = readParameters(put.InputParameters)
	return d, err
}

// readParameters reads a rule's input parameters, whose values may be strings, numbers or truth values.
func readParameters(text string) (map[string]string, error) {
	parameters := map[string]string{}
	if text == "" {
		return parameters, nil
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return nil, fmt.Errorf("reading the rule's input parameters: %w", err)
	}
	for name, value := range values {
		parameters[name] = fmt.Sprint(value)
	}
	return parameters, nil
}

// evaluated says whether there is an evaluator for the rule.
func (d *definition) evaluated() bool { return evaluate.Known(d.identifier) }

// watches says whether a change to a resource of a type triggers the rule.
func (d *definition) watches(kind string) bool {
	return d.trigger.OnChange && slices.Contains(evaluate.Types(d.identifier), kind) &&
		(len(d.scope.Types) == 0 || slices.Contains(d.scope.Types, kind))
}

// request is what to evaluate: of one resource, of all of its type where it has no id, or of everything where it has no
// type. Where a recorder is given, what it does not record is left out.
func (d *definition) request(ctx context.Context, only evaluate.Resource, seen *recorderView) (evaluate.Request, error) {
	request := evaluate.Request{
		Identifier: d.identifier, Parameters: d.parameters, ID: cmp.Or(only.ID, d.scope.ID),
		Tag: evaluate.Tag{Key: d.scope.TagKey, Value: d.scope.TagValue},
	}
	if only.ID != "" && d.scope.ID != "" && only.ID != d.scope.ID {
		return request, nil // the rule does not look at this one
	}
	for _, kind := range evaluate.Types(d.identifier) {
		if (only.Type != "" && only.Type != kind) || (len(d.scope.Types) > 0 && !slices.Contains(d.scope.Types, kind)) {
			continue
		}
		recorded := true
		if seen != nil {
			var err error
			if recorded, err = seen.records(ctx, kind); err != nil {
				return request, err
			}
		}
		if recorded {
			request.Types = append(request.Types, kind)
		}
	}
	return request, nil
}
