package stage

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// Names of the layers, in the order in which they are deployed.
const (
	Foundation    = "foundation"
	ConfigRules   = "config-rules"
	Functions     = "functions"
	Observability = "observability"
)

// Patience is how long an operation on a layer may take: many times what it takes where all is well.
const Patience = 4 * time.Minute

// With is the stage's target with one setting of a layer changed. A structured value is JSON.
func (s *Stage) With(layer, key, value string) deploy.Target {
	target := s.Target
	target.Overrides = map[string]map[string]string{}
	for name, settings := range s.Target.Overrides {
		target.Overrides[name] = maps.Clone(settings)
	}
	if target.Overrides[layer] == nil {
		target.Overrides[layer] = map[string]string{}
	}
	target.Overrides[layer][key] = value
	return target
}

// Up deploys the named layers, in order, and says what was done to each.
func (s *Stage) Up(ctx context.Context, target deploy.Target, layers ...string) ([]deploy.Result, error) {
	if slices.Contains(layers, Functions) {
		if err := s.build(ctx); err != nil {
			return nil, err
		}
	}
	return s.each(ctx, target, layers, (*deploy.Runner).Up)
}

// Refresh compares the state of the named layers with what is there, and says what had changed.
func (s *Stage) Refresh(ctx context.Context, layers ...string) ([]deploy.Result, error) {
	return s.each(ctx, s.Target, layers, (*deploy.Runner).Refresh)
}

// Destroy removes the named layers in the order given.
func (s *Stage) Destroy(ctx context.Context, layers ...string) ([]deploy.Result, error) {
	return s.each(ctx, s.Target, layers, (*deploy.Runner).Destroy)
}

func (s *Stage) each(
	ctx context.Context, target deploy.Target, layers []string,
	do func(*deploy.Runner, context.Context, stacks.Layer) (deploy.Result, error),
) ([]deploy.Result, error) {
	runner, err := deploy.NewRunner(ctx, target, s.out)
	if err != nil {
		return nil, err
	}
	var results []deploy.Result
	for _, name := range layers {
		layer, found := stacks.Find(name)
		if !found {
			return results, fmt.Errorf("there is no layer %s", name)
		}
		result, err := do(runner, ctx, layer)
		if err != nil {
			return results, err
		}
		results = append(results, result)
	}
	return results, nil
}

// Outputs are what a layer exports: texts, and maps of texts.
type Outputs map[string]any

// Outputs are the outputs of a layer as Pulumi keeps them.
func (s *Stage) Outputs(ctx context.Context, name string) (Outputs, error) {
	runner, err := deploy.NewRunner(ctx, s.Target, s.out)
	if err != nil {
		return nil, err
	}
	layer, found := stacks.Find(name)
	if !found {
		return nil, fmt.Errorf("there is no layer %s", name)
	}
	state, err := runner.State(ctx, layer)
	return state.Outputs, err
}
