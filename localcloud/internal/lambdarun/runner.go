package lambdarun

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

// DefaultLimit is how many events are worked on at a time, where nothing else is set.
const DefaultLimit = 64

// idleTime is how long a warm environment waits for the next event, on the local cloud's clock. Lambda's is not
// published; this is of the order that people see.
const idleTime = 10 * time.Minute

// Clock is the local cloud's time.
type Clock interface {
	After(length time.Duration, run func()) (stop func())
}

// Roles gives out the credentials of roles.
type Roles interface {
	Assume(ctx context.Context, region, roleARN, session string) (Credentials, error)
}

// Options say what a runner works with.
type Options struct {
	Endpoint string // AWS_ENDPOINT_URL of the functions
	Folder   string // for temporary folders of environments
	Limit    int    // events at a time; DefaultLimit if zero
	Clock    Clock
	Roles    Roles
	Journal  Journal
}

// Runner runs functions.
type Runner struct {
	options Options
	places  *places
	spawner spawner
	machine string

	mu   sync.Mutex
	idle map[string][]*environment // by ARN and version; the last was used last
	live map[*environment]bool
}

// New makes a runner. Close it.
func New(options Options) *Runner {
	if options.Limit == 0 {
		options.Limit = DefaultLimit
	}
	patient := min(options.Limit, max(8, 4*runtime.NumCPU()))
	return &Runner{
		options: options, places: newPlaces(options.Limit, patient), spawner: newSpawner(), machine: MachineArchitecture(),
		idle: map[string][]*environment{}, live: map[*environment]bool{},
	}
}

func (f *Function) key() string { return f.ARN + ":" + f.Version }

// Invoke runs a function once, in a warm environment where there is one. An error says that it was not run; what the
// function made of the event, its own failure among it, is in the outcome. The context bounds only what is done before.
func (r *Runner) Invoke(ctx context.Context, f *Function, event *Event) (*Outcome, error) {
	if err := r.places.take(f, event.Patient); err != nil {
		return nil, err
	}
	defer r.places.give(f, event.Patient)
	used, err := r.warm(f)
	if used == nil && err == nil {
		used, err = r.create(ctx, f)
	}
	if err != nil {
		return nil, err
	}
	outcome := used.serve(event)
	return outcome, r.keep(used)
}

// warm takes the environment that was used last, and ends those of another code or configuration.
func (r *Runner) warm(f *Function) (*environment, error) {
	r.mu.Lock()
	var found *environment
	var stale []*environment
	waiting := r.idle[f.key()]
	for len(waiting) > 0 && found == nil {
		last := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		last.stopIdle()
		if last.function.Revision == f.Revision && !closed(last.process.Load().exited) {
			found = last
		} else {
			stale = append(stale, last)
		}
	}
	r.idle[f.key()] = waiting
	if found != nil {
		found.function = f // what does not make another revision may have changed
	}
	r.mu.Unlock()
	return found, r.end(stale...)
}

// create makes a new environment; where there are as many as may be, the one that was idle longest makes room.
func (r *Runner) create(ctx context.Context, f *Function) (*environment, error) {
	credentials, err := r.options.Roles.Assume(ctx, f.Region, f.Role, f.Name)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(r.options.Folder, 0o755); err != nil {
		return nil, fmt.Errorf("making a folder for environments: %w", err)
	}
	temporary, err := os.MkdirTemp(r.options.Folder, "tmp-")
	if err != nil {
		return nil, fmt.Errorf("making a temporary folder for an environment: %w", err)
	}
	stream := Stream{Region: f.Region, Group: f.Logging.Group, Name: streamName(time.Now(), f.Version)}
	made := &environment{
		function: f, spawner: r.spawner, machine: r.machine, endpoint: r.options.Endpoint, credentials: credentials, temporary: temporary,
		diary: &diary{journal: r.options.Journal, stream: stream, logging: f.Logging},
	}
	r.mu.Lock()
	r.live[made] = true
	var spare []*environment
	if len(r.live) > r.options.Limit {
		spare = r.oldest()
	}
	r.mu.Unlock()
	return made, r.end(spare...)
}

// oldest takes some idle environment that was not used last, if there is one.
func (r *Runner) oldest() []*environment {
	for key, waiting := range r.idle {
		if len(waiting) > 0 {
			waiting[0].stopIdle()
			r.idle[key] = waiting[1:]
			return waiting[:1:1]
		}
	}
	return nil
}

// keep lets an environment wait for its next event, if it can serve one.
func (r *Runner) keep(used *environment) error {
	if used.broken {
		return r.end(used)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key := used.function.key()
	r.idle[key] = append(r.idle[key], used)
	used.stopIdle = r.options.Clock.After(idleTime, func() { r.recycle(func(e *environment) bool { return e == used }) }) //nolint:errcheck // see recycle
	return nil
}

// Recycle ends the environments of a function, named by its ARN: the idle ones at once, and those that work on an
// event by killing them. It says how many there were.
func (r *Runner) Recycle(functionARN string) (int, error) {
	match := func(e *environment) bool { return functionARN == "" || e.function.ARN == functionARN }
	count, err := r.recycle(match)
	r.mu.Lock()
	defer r.mu.Unlock()
	for used := range r.live {
		if match(used) {
			used.kill()
			count++
		}
	}
	return count, err
}

// recycle ends the idle environments that match.
func (r *Runner) recycle(match func(*environment) bool) (int, error) {
	r.mu.Lock()
	var ended []*environment
	for key, waiting := range r.idle {
		var kept []*environment
		for _, candidate := range waiting {
			if match(candidate) {
				candidate.stopIdle()
				ended = append(ended, candidate)
			} else {
				kept = append(kept, candidate)
			}
		}
		r.idle[key] = kept
	}
	r.mu.Unlock()
	return len(ended), r.end(ended...)
}

// end ends environments that nobody else has.
func (r *Runner) end(ended ...*environment) error {
	var faults []error
	for _, gone := range ended {
		faults = append(faults, gone.close())
		r.mu.Lock()
		delete(r.live, gone)
		r.mu.Unlock()
	}
	return errors.Join(faults...)
}

// Close kills everything that runs, and returns when it is gone.
func (r *Runner) Close() error {
	r.places.close(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		for used := range r.live {
			used.kill()
		}
	})
	_, err := r.recycle(func(*environment) bool { return true })
	close(r.spawner)
	return err
}
