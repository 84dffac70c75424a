package deploy

import (
	"context"
	"fmt"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// DownstreamError says that a layer can't go while another one is built on it.
type DownstreamError struct {
	Layer, Downstream, Stack string
}

func (e *DownstreamError) Error() string {
	return fmt.Sprintf("nothing was destroyed: layer %s of stack %s is built on layer %s; destroy %s first",
		e.Downstream, e.Stack, e.Layer, e.Downstream)
}

// CheckDownstream fails where a layer that is not among the given ones is built on one of them.
func (r *Runner) CheckDownstream(ctx context.Context, layers []stacks.Layer) error {
	for _, other := range stacks.Layers() {
		going := slices.ContainsFunc(layers, func(l stacks.Layer) bool { return l.Name == other.Name })
		if going {
			continue
		}
		for _, layer := range layers {
			if !slices.Contains(other.Upstream, layer.Name) {
				continue
			}
			state, err := r.State(ctx, other)
			if err != nil {
				return err
			}
			if len(state.Resources) > 0 {
				return &DownstreamError{Layer: layer.Name, Downstream: other.Name, Stack: r.target.Stack}
			}
		}
	}
	return nil
}
