package deploy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// DownstreamError says that a layer can't go while others are built on it.
type DownstreamError struct {
	Layer, Stack string
	Downstream   []string // in the order in which they have to go
}

func (e *DownstreamError) Error() string {
	return fmt.Sprintf("nothing was destroyed: in stack %s, %s built on layer %s; destroy %s first, or in the same run",
		e.Stack, are(e.Downstream), e.Layer, strings.Join(e.Downstream, ", "))
}

func are(layers []string) string {
	if len(layers) == 1 {
		return "layer " + layers[0] + " is"
	}
	return "layers " + strings.Join(layers, ", ") + " are"
}

// CheckDownstream fails where layers that are not among the given ones are built on one of them.
func (r *Runner) CheckDownstream(ctx context.Context, layers []stacks.Layer) error {
	staying, err := r.deployedBeside(ctx, layers)
	if err != nil {
		return err
	}
	for _, layer := range layers {
		found := &DownstreamError{Layer: layer.Name, Stack: r.target.Stack}
		for _, other := range staying {
			if slices.Contains(other.Upstream, layer.Name) {
				found.Downstream = append([]string{other.Name}, found.Downstream...)
			}
		}
		if len(found.Downstream) > 0 {
			return found
		}
	}
	return nil
}

// deployedBeside are the layers that have been deployed and are not among the given ones.
func (r *Runner) deployedBeside(ctx context.Context, layers []stacks.Layer) ([]stacks.Layer, error) {
	var found []stacks.Layer
	for _, other := range stacks.Layers() {
		if slices.ContainsFunc(layers, func(l stacks.Layer) bool { return l.Name == other.Name }) {
			continue
		}
		state, err := r.State(ctx, other)
		if err != nil {
			return nil, err
		}
		if len(state.Resources) > 0 {
			found = append(found, other)
		}
	}
	return found, nil
}
