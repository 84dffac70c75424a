package lambdarun

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// DefaultLimit is how many events are worked on at a time, where nothing else is set.
const DefaultLimit = 64

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
