package deploy

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// State is what Pulumi knows of a deployed layer.
type State struct {
	Outputs   map[string]any
	Resources []Resource // without the stack itself
}

// Resource is one resource of a layer.
type Resource struct {
	URN     string         `json:"urn"`
	Type    string         `json:"type"`
	ID      string         `json:"id"`
	Outputs map[string]any `json:"outputs"`
}

const stackType = "pulumi:pulumi:Stack"

// State reads the layer's state; it is empty where the layer has not been deployed.
func (r *Runner) State(ctx context.Context, layer stacks.Layer) (State, error) {
	if remembered, ok := r.states[layer.Name]; ok {
		return remembered()
	}
	stack, found, err := r.exists(ctx, layer)
	if err != nil || !found {
		return State{}, err
	}
	return export(ctx, layer, stack)
}

// remember reads the state of a layer that was just deployed, while the next one is being deployed.
func (r *Runner) remember(ctx context.Context, layer stacks.Layer) {
	stack := r.opened[layer.Name]
	r.readAhead(layer, func() (State, error) { return export(ctx, layer, stack) })
}

// Prefetch reads the states of layers that will not be touched, in the background.
func (r *Runner) Prefetch(ctx context.Context, layers []stacks.Layer) {
	for _, layer := range layers {
		r.readAhead(layer, func() (State, error) {
			stack, found, err := r.find(ctx, layer)
			if err != nil || !found {
				return State{}, err
			}
			return export(ctx, layer, stack)
		})
	}
}

func (r *Runner) readAhead(layer stacks.Layer, read func() (State, error)) {
	read = sync.OnceValues(read)
	r.states[layer.Name] = read
	go func() { _, _ = read() }() // whoever asks for the state gets the error
}

func export(ctx context.Context, layer stacks.Layer, stack auto.Stack) (State, error) {
	exported, err := stack.Export(ctx)
	if err != nil {
		return State{}, fmt.Errorf("reading the state of layer %s: %w", layer.Name, err)
	}
	return parseState(layer, exported.Deployment)
}

func parseState(layer stacks.Layer, text []byte) (State, error) {
	var deployment struct {
		Resources []Resource `json:"resources"`
	}
	if err := json.Unmarshal(text, &deployment); err != nil {
		return State{}, fmt.Errorf("reading the state of layer %s: %w", layer.Name, err)
	}
	var state State
	for _, resource := range deployment.Resources {
		if resource.Type == stackType {
			state.Outputs = resource.Outputs
		} else {
			state.Resources = append(state.Resources, resource)
		}
	}
	return state, nil
}
