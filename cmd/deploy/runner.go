package deploy

import (
	"context"
	"io"
	"sync"
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

// Runner carries out operations on the layers of one target, one at a time.
type Runner struct {
	target   Target
	command  auto.PulumiCommand
	out      io.Writer
	opened   map[string]auto.Stack                 // stacks that are there, by layer
	opening  map[string]func() (auto.Stack, error) // stacks that are being opened
	states   map[string]func() (State, error)      // of layers whose state does not change any more
	deployed map[string]bool                       // layers that this runner has deployed
	keys     func(context.Context) (Keys, error)
}

// NewRunner finds the Pulumi CLI. Progress is written to out.
func NewRunner(_ context.Context, target Target, out io.Writer) (*Runner, error) {
	command, err := newEngine(target.Pulumi)
	if err != nil {
		return nil, err
	}
	return &Runner{
		target: target, command: frugal{command}, out: out,
		opened: map[string]auto.Stack{}, opening: map[string]func() (auto.Stack, error){},
		states: map[string]func() (State, error){}, deployed: map[string]bool{}, keys: target.keyClient,
	}, nil
}

// Result says what an operation did to one layer.
type Result struct {
	Layer   string
	Changes map[string]int // Pulumi's operation → number of resources, without Pulumi's own: the stack, the provider
	Took    time.Duration
}

// Changed is the number of resources that were not left as they were.
func (r Result) Changed() int {
	changed := 0
	for operation, count := range r.Changes {
		if operation != "same" && operation != "read" && operation != "refresh" {
			changed += count
		}
	}
	return changed
}

// What is being done to a layer, as it is told to people.
const (
	deploying  = "deploying"
	previewing = "previewing"
	refreshing = "refreshing"
	destroying = "destroying"
)

// operation is one of Pulumi's operations on a stack, reporting what it does on the channel.
type operation func(ctx context.Context, stack auto.Stack, stream chan<- events.EngineEvent) error

// Up deploys one layer. An UpstreamError names a layer that has to be deployed before.
func (r *Runner) Up(ctx context.Context, layer stacks.Layer) (Result, error) {
	if err := r.checkUpstream(ctx, layer); err != nil {
		return Result{Layer: layer.Name}, err
	}
	result, err := r.run(ctx, layer, deploying,
		func(ctx context.Context, s auto.Stack, stream chan<- events.EngineEvent) error {
			_, err := s.Up(ctx, optup.EventStreams(stream), optup.SuppressProgress(), optup.SuppressOutputs())
			return err
		})
	if err == nil {
		r.deployed[layer.Name] = true
		r.remember(ctx, layer)
	}
	return result, err
}

// Preview says what Up would do to one layer, and changes nothing. An UpstreamError names a layer that has to be deployed
// before.
func (r *Runner) Preview(ctx context.Context, layer stacks.Layer) (Result, error) {
	if err := r.checkUpstream(ctx, layer); err != nil {
		return Result{Layer: layer.Name}, err
	}
	_, found, err := r.exists(ctx, layer)
	if err != nil {
		return Result{Layer: layer.Name}, err
	}
	result, err := r.run(ctx, layer, previewing,
		func(ctx context.Context, s auto.Stack, stream chan<- events.EngineEvent) error {
			_, err := s.Preview(ctx, optpreview.EventStreams(stream), optpreview.SuppressProgress())
			return err
		})
	if found || err != nil {
		return result, err
	}
	return result, r.remove(ctx, layer)
}

// Refresh brings the layer's state in line with what is really there.
func (r *Runner) Refresh(ctx context.Context, layer stacks.Layer) (Result, error) {
	return r.runDeployed(ctx, layer, refreshing,
		func(ctx context.Context, s auto.Stack, stream chan<- events.EngineEvent) error {
			_, err := s.Refresh(ctx, optrefresh.EventStreams(stream), optrefresh.SuppressProgress())
			return err
		})
}

// Destroy removes everything that the layer made, and then the stack itself.
func (r *Runner) Destroy(ctx context.Context, layer stacks.Layer) (Result, error) {
	result, err := r.runDeployed(ctx, layer, destroying,
		func(ctx context.Context, s auto.Stack, stream chan<- events.EngineEvent) error {
			_, err := s.Destroy(ctx, optdestroy.EventStreams(stream), optdestroy.SuppressProgress())
			return err
		})
	if err != nil {
		return result, err
	}
	return result, r.remove(ctx, layer)
}

// runDeployed carries out an operation that has nothing to do where the layer has not been deployed.
func (r *Runner) runDeployed(ctx context.Context, layer stacks.Layer, doing string, do operation) (Result, error) {
	_, found, err := r.exists(ctx, layer)
	if err != nil {
		return Result{Layer: layer.Name}, err
	}
	if !found {
		newProgress(r.out, layer.Name, doing).line("  it has not been deployed")
		return Result{Layer: layer.Name}, nil
	}
	return r.run(ctx, layer, doing, do)
}

// run carries out one operation: it recovers from an interrupted run, shows progress, and turns what Pulumi says of a
// failure into one error that says what to do.
func (r *Runner) run(ctx context.Context, layer stacks.Layer, doing string, do operation) (Result, error) {
	started := time.Now()
	delete(r.states, layer.Name)
	progress := newProgress(r.out, layer.Name, doing)
	stack, err := r.prepare(ctx, layer, doing, progress)
	if err != nil {
		return Result{Layer: layer.Name}, interrupted(ctx, layer, doing, err)
	}
	var programErr error // what the layer itself returned, which says more than Pulumi's account of it
	stack.Workspace().SetProgram(func(ctx *pulumi.Context) error {
		programErr = layer.Program(ctx)
		return programErr
	})
	err = r.follow(ctx, stack, progress, do)
	result := Result{Layer: layer.Name, Changes: progress.changes, Took: time.Since(started)}
	if err != nil {
		return result, failure(ctx, layer, doing, err, programErr, progress)
	}
	progress.finish(result)
	return result, nil
}

// prepare opens the layer's stack. An operation that changes it waits for those of others, and finds out what a killed one
// left behind.
func (r *Runner) prepare(ctx context.Context, layer stacks.Layer, doing string, p *progress) (auto.Stack, error) {
	if doing == previewing {
		return r.open(ctx, layer)
	}
	if err := r.target.awaitLock(ctx, layer, lockPatience, p.note); err != nil {
		return auto.Stack{}, err
	}
	stack, err := r.open(ctx, layer)
	if err != nil {
		return auto.Stack{}, err
	}
	return stack, r.settle(ctx, layer, stack, p)
}

// follow carries out the operation, and returns when the last of its events has been shown.
func (r *Runner) follow(ctx context.Context, stack auto.Stack, p *progress, do operation) error {
	stream, over := make(chan events.EngineEvent), make(chan struct{})
	var following sync.WaitGroup
	following.Go(func() { p.follow(stream, over) })
	stop := context.AfterFunc(ctx, func() {
		p.note("interrupted: waiting for what is under way to end")
	})
	defer stop()
	err := do(ctx, stack, stream)
	close(over) // the Automation API closes the stream only where the engine got as far as opening it
	following.Wait()
	return err
}
