package deploy

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// Runner carries out operations on the layers of one target.
type Runner struct {
	target  Target
	command auto.PulumiCommand
	out     io.Writer
	states  map[string]func() (State, error) // of layers that this runner has deployed, by name
}

// NewRunner finds the Pulumi CLI. Progress is written to out.
func NewRunner(ctx context.Context, target Target, out io.Writer) (*Runner, error) {
	options := &auto.PulumiCommandOptions{Root: target.Pulumi, SkipVersionCheck: true}
	command, err := auto.NewPulumiCommand(options)
	if err != nil {
		return nil, fmt.Errorf("starting the Pulumi CLI (install it with 'go tool task toolchain'): %w", err)
	}
	return &Runner{
		target: target, command: frugal{command}, out: out, states: map[string]func() (State, error){},
	}, nil
}

// Result says what an operation did to one layer.
type Result struct {
	Layer   string
	Changes map[string]int // Pulumi's operation → number of resources
	Took    time.Duration
}

// Changed is the number of resources that were not left as they were.
func (r Result) Changed() int {
	changed := 0
	for operation, count := range r.Changes {
		if operation != "same" && operation != "read" {
			changed += count
		}
	}
	return changed
}

// operation is one of Pulumi's operations on a stack, reporting what it does on the channel.
type operation func(ctx context.Context, stack auto.Stack, stream chan<- events.EngineEvent) error

// Up deploys one layer.
func (r *Runner) Up(ctx context.Context, layer stacks.Layer) (Result, error) {
	if err := r.checkUpstream(ctx, layer); err != nil {
		return Result{Layer: layer.Name}, err
	}
	var deployed auto.Stack
	result, err := r.run(ctx, layer, "deploying",
		func(ctx context.Context, s auto.Stack, stream chan<- events.EngineEvent) error {
			deployed = s
			_, err := s.Up(ctx, optup.EventStreams(stream), optup.SuppressProgress(), optup.SuppressOutputs())
			return err
		})
	if err == nil {
		r.remember(ctx, layer, deployed)
	}
	return result, err
}

// Preview says what Up would do to one layer, and changes nothing.
func (r *Runner) Preview(ctx context.Context, layer stacks.Layer) (Result, error) {
	if err := r.checkUpstream(ctx, layer); err != nil {
		return Result{Layer: layer.Name}, err
	}
	return r.run(ctx, layer, "previewing", func(ctx context.Context, s auto.Stack, stream chan<- events.EngineEvent) error {
		_, err := s.Preview(ctx, optpreview.EventStreams(stream), optpreview.SuppressProgress())
		return err
	})
}

// Refresh brings the layer's state in line with what is really there.
func (r *Runner) Refresh(ctx context.Context, layer stacks.Layer) (Result, error) {
	return r.run(ctx, layer, "refreshing", func(ctx context.Context, s auto.Stack, stream chan<- events.EngineEvent) error {
		_, err := s.Refresh(ctx, optrefresh.EventStreams(stream), optrefresh.SuppressProgress())
		return err
	})
}

// Destroy removes everything that the layer made, and then the stack itself.
func (r *Runner) Destroy(ctx context.Context, layer stacks.Layer) (Result, error) {
	result, err := r.run(ctx, layer, "destroying",
		func(ctx context.Context, s auto.Stack, stream chan<- events.EngineEvent) error {
			_, err := s.Destroy(ctx, optdestroy.EventStreams(stream), optdestroy.SuppressProgress())
			return err
		})
	if err != nil {
		return result, err
	}
	stack, err := r.stack(ctx, layer, layer.Program)
	if err != nil {
		return result, err
	}
	if err := stack.Workspace().RemoveStack(ctx, r.target.Stack); err != nil {
		return result, fmt.Errorf("removing the empty stack of layer %s: %w", layer.Name, err)
	}
	return result, nil
}

// run carries out one operation: it recovers from an interrupted run, shows progress, and turns what Pulumi says of a
// failure into one error that says what to do.
func (r *Runner) run(ctx context.Context, layer stacks.Layer, doing string, do operation) (Result, error) {
	started := time.Now()
	delete(r.states, layer.Name)
	var programErr error // what the layer itself returned, which says more than Pulumi's account of it
	stack, err := r.stack(ctx, layer, func(ctx *pulumi.Context) error {
		programErr = layer.Program(ctx)
		return programErr
	})
	if err != nil {
		return Result{Layer: layer.Name}, err
	}
	if err := r.target.unlock(layer); err != nil {
		return Result{Layer: layer.Name}, err
	}
	progress := newProgress(r.out, layer.Name, doing)
	stream := make(chan events.EngineEvent)
	done := make(chan struct{})
	go func() {
		defer close(done)
		progress.follow(stream)
	}()
	err = do(ctx, stack, stream)
	<-done
	result := Result{Layer: layer.Name, Changes: progress.changes, Took: time.Since(started)}
	if err != nil {
		return result, failure(ctx, layer, doing, err, programErr, progress)
	}
	progress.finish(result)
	return result, nil
}

// stack opens the layer's stack, made if need be.
func (r *Runner) stack(ctx context.Context, layer stacks.Layer, program pulumi.RunFunc) (auto.Stack, error) {
	options, err := r.target.workspaceOptions(layer, r.command)
	if err != nil {
		return auto.Stack{}, err
	}
	stack, err := auto.UpsertStackInlineSource(ctx, r.target.Stack, layer.Project, program, options...)
	if err != nil {
		return auto.Stack{}, openFailure(layer, r.target.Stack, err)
	}
	return stack, nil
}

// exists says whether the layer's stack is there.
func (r *Runner) exists(ctx context.Context, layer stacks.Layer) (auto.Stack, bool, error) {
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

// checkUpstream fails where a layer that the given one reads from has no outputs yet.
func (r *Runner) checkUpstream(ctx context.Context, layer stacks.Layer) error {
	for _, upstream := range stacks.Layers() {
		if _, deployed := r.states[upstream.Name]; deployed || !slices.Contains(layer.Upstream, upstream.Name) {
			continue
		}
		state, err := r.State(ctx, upstream)
		if err != nil {
			return err
		}
		if len(state.Outputs) == 0 {
			return &UpstreamError{Layer: layer.Name, Upstream: upstream.Name, Stack: r.target.Stack}
		}
	}
	return nil
}
