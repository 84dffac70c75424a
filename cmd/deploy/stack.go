package deploy

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// open opens the layer's stack, made if need be.
func (r *Runner) open(ctx context.Context, layer stacks.Layer) (auto.Stack, error) {
	if stack, opened := r.opened[layer.Name]; opened {
		return stack, nil
	}
	opening, begun := r.opening[layer.Name]
	if !begun {
		opening = func() (auto.Stack, error) { return r.upsert(ctx, layer) }
	}
	delete(r.opening, layer.Name)
	stack, err := opening()
	if err == nil {
		r.opened[layer.Name] = stack
	}
	return stack, err
}

// Warm opens the stacks of layers that will be deployed, in the background: each takes a process as long as a small
// deployment, and there is time for it while the layers before wait for AWS.
func (r *Runner) Warm(ctx context.Context, layers []stacks.Layer) {
	for _, layer := range layers {
		opening := sync.OnceValues(func() (auto.Stack, error) { return r.upsert(ctx, layer) })
		r.opening[layer.Name] = opening
		go func() { _, _ = opening() }() // whoever opens the stack gets the error
	}
}

func (r *Runner) upsert(ctx context.Context, layer stacks.Layer) (auto.Stack, error) {
	stack, found, err := r.find(ctx, layer)
	if found || err != nil {
		return stack, err
	}
	options, err := r.target.workspaceOptions(layer, r.command)
	if err != nil {
		return auto.Stack{}, err
	}
	stack, err = auto.NewStackInlineSource(ctx, r.target.Stack, layer.Project, layer.Program, options...)
	if err != nil {
		return auto.Stack{}, openFailure(layer, r.target.Stack, err)
	}
	return stack, nil
}

// exists says whether the layer's stack is there.
func (r *Runner) exists(ctx context.Context, layer stacks.Layer) (auto.Stack, bool, error) {
	if stack, opened := r.opened[layer.Name]; opened {
		return stack, true, nil
	}
	stack, found, err := r.find(ctx, layer)
	if found {
		r.opened[layer.Name] = stack
	}
	return stack, found, err
}

// find asks Pulumi for the layer's stack.
func (r *Runner) find(ctx context.Context, layer stacks.Layer) (auto.Stack, bool, error) {
	options, err := r.target.workspaceOptions(layer, r.command)
	if err != nil {
		return auto.Stack{}, false, err
	}
	stack, err := auto.SelectStackInlineSource(ctx, r.target.Stack, layer.Project, layer.Program, options...)
	switch {
	case auto.IsSelectStack404Error(err):
		return auto.Stack{}, false, nil
	case err != nil:
		return auto.Stack{}, false, openFailure(layer, r.target.Stack, err)
	}
	return stack, true, nil
}

// remove removes the layer's stack, which has no resources, where an operation has opened it.
func (r *Runner) remove(ctx context.Context, layer stacks.Layer) error {
	stack, opened := r.opened[layer.Name]
	if !opened {
		return nil
	}
	if err := stack.Workspace().RemoveStack(ctx, r.target.Stack); err != nil {
		return fmt.Errorf("removing the empty stack of layer %s: %w", layer.Name, err)
	}
	delete(r.opened, layer.Name)
	return nil
}

// CheckUpstream fails where one of the layers needs a layer that neither has been deployed nor is among them.
func (r *Runner) CheckUpstream(ctx context.Context, layers []stacks.Layer) error {
	for _, layer := range layers {
		layer.Upstream = slices.DeleteFunc(slices.Clone(layer.Upstream), func(name string) bool {
			return slices.ContainsFunc(layers, func(l stacks.Layer) bool { return l.Name == name })
		})
		if err := r.checkUpstream(ctx, layer); err != nil {
			return err
		}
	}
	return nil
}

// checkUpstream fails where a layer that the given one reads from has no outputs yet.
func (r *Runner) checkUpstream(ctx context.Context, layer stacks.Layer) error {
	for _, name := range layer.Upstream {
		if r.deployed[name] {
			continue
		}
		upstream, _ := stacks.Find(name)
		state, err := r.State(ctx, upstream)
		if err != nil {
			return err
		}
		if len(state.Outputs) == 0 {
			return &UpstreamError{Layer: layer.Name, Upstream: name, Stack: r.target.Stack}
		}
	}
	return nil
}
