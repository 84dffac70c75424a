package localcloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Outcomes of [Up].
const (
	OutcomeStarted  = "started"  // there was none
	OutcomeReused   = "reused"   // one of the same version was running
	OutcomeReplaced = "replaced" // one of another version, or one that hung, was stopped first; its state is gone
)

// UpOptions say how [Up] gets an instance running in the background.
type UpOptions struct {
	Addr     string        // DefaultAddress if empty; port 0 makes no sense here
	StateDir string        // required: where the instance keeps its logs and its instance file
	Command  []string      // required: a command line that calls Serve with the same Addr and StateDir
	Env      []string      // environment of the command; this process's if nil
	Timeout  time.Duration // for all of it; a minute if zero
	Log      io.Writer     // for what people should see; discarded if nil
}

// UpResult is the instance that runs after [Up].
type UpResult struct {
	Health
	Endpoint string
	Outcome  string
}

// upTimeout is how long Up takes at most unless told otherwise: importing moto for the first time reads many files.
const upTimeout = time.Minute

// Up makes sure that an instance of this version runs on the address, detached from this process, and returns when it
// is ready. It uses one that is there, replaces one that hangs or is of another version, refuses a program that is
// not localcloud ([ErrPortTaken]), and when called several times at once starts one instance.
func Up(ctx context.Context, options UpOptions) (UpResult, error) {
	options, err := options.checked()
	if err != nil {
		return UpResult{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, options.Timeout)
	defer cancel()
	lock, err := awaitLock(ctx, filepath.Join(options.StateDir, upLock))
	if err != nil {
		return UpResult{}, err
	}
	defer lock.Close() //nolint:errcheck // closing gives the lock back, nothing was written
	outcome, health, err := makeRoom(ctx, options)
	if err == nil && outcome != OutcomeReused {
		outcome, health, err = spawn(ctx, options, outcome)
	}
	if err != nil {
		return UpResult{}, err
	}
	result := UpResult{Health: health, Endpoint: "http://" + health.Address, Outcome: outcome}
	say(options.Log, "localcloud %s on %s (process %d, instance %s)", outcome, result.Endpoint, health.PID, health.Instance)
	if outcome != OutcomeReused {
		say(options.Log, "it was ready after %d ms, of which moto's own start took %d ms", health.StartTimes.Total, health.StartTimes.Moto)
	}
	return result, nil
}

// say tells people something; that nobody reads it is no fault.
func say(out io.Writer, format string, arguments ...any) {
	fmt.Fprintf(out, format+"\n", arguments...) //nolint:errcheck // see above
}

func (o UpOptions) checked() (UpOptions, error) {
	if o.Addr == "" {
		o.Addr = DefaultAddress
	}
	if o.Timeout == 0 {
		o.Timeout = upTimeout
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	faults := []error{checkAddress(o.Addr)}
	if o.StateDir == "" {
		faults = append(faults, errors.New("starting localcloud: StateDir is missing; name a folder for its logs"))
	} else if err := os.MkdirAll(o.StateDir, 0o700); err != nil {
		faults = append(faults, fmt.Errorf("making the state folder: %w", err))
	}
	if len(o.Command) == 0 {
		faults = append(faults, errors.New("starting localcloud: Command is missing; give the command line that serves it"))
	}
	return o, errors.Join(faults...)
}

// awaitLock waits for its turn.
func awaitLock(ctx context.Context, path string) (*os.File, error) {
	for {
		lock, err := tryLock(path)
		if err != nil || lock != nil {
			return lock, err
		}
		if !pause(ctx) {
			return nil, fmt.Errorf("waiting for another start of localcloud to end: %w", ctx.Err())
		}
	}
}

// makeRoom looks at what is on the address, and leaves there either an instance to use or nothing.
func makeRoom(ctx context.Context, options UpOptions) (string, Health, error) {
	health, err := Ask(ctx, options.Addr)
	switch {
	case err == nil && health.Version == Version() && health.Status != StatusStopping:
		health, err = awaitReady(ctx, options.Addr, nil)
		if err == nil {
			return OutcomeReused, health, nil
		}
		return "", health, err
	case err == nil:
		say(options.Log, "stopping the localcloud of version %s: this is version %s; its state will be gone", health.Version, Version())
		return OutcomeReplaced, health, end(ctx, health)
	case errors.Is(err, ErrNotRunning) || errors.Is(err, errForeign):
		return clearStale(ctx, options, err)
	}
	return "", health, err
}

// clearStale ends an instance of this state folder that lives and does not answer. Anything else that listens on the
// address is none of our business.
func clearStale(ctx context.Context, options UpOptions, answer error) (string, Health, error) {
	last, alive, err := lastInstance(options.StateDir)
	if err != nil {
		return "", last, err
	}
	if alive && last.Address == options.Addr {
		say(options.Log, "ending the localcloud of process %d, which does not answer", last.PID)
		return OutcomeReplaced, last, kill(ctx, last)
	}
	if alive {
		return "", last, fmt.Errorf("starting localcloud on %s: the state folder %s is used by %s; stop that one, or use another folder",
			options.Addr, options.StateDir, describeInstance(options.StateDir))
	}
	if errors.Is(answer, errForeign) {
		return "", last, portTaken(options.Addr)
	}
	return OutcomeStarted, last, nil
}

// spawn starts the command in a session of its own and waits until the instance is ready.
func spawn(ctx context.Context, options UpOptions, outcome string) (string, Health, error) {
	path := filepath.Join(options.StateDir, daemonLog)
	log, err := os.Create(path)
	if err != nil {
		return "", Health{}, fmt.Errorf("creating localcloud's log: %w", err)
	}
	defer log.Close() //nolint:errcheck // the child has its own handle
	cmd := exec.Command(options.Command[0], options.Command[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr = options.Env, log, log
	detachFromTerminal(cmd)
	if err := cmd.Start(); err != nil {
		return "", Health{}, fmt.Errorf("starting localcloud: %w", err)
	}
	exited := make(chan struct{})
	go func() {
		cmd.Wait() //nolint:errcheck,gosec // its log tells why it ended
		close(exited)
	}()
	health, err := awaitReady(ctx, options.Addr, exited)
	if err != nil {
		cmd.Process.Kill() //nolint:errcheck,gosec // it may have ended already
		return "", health, errors.Join(err, logTail(path))
	}
	if health.PID != cmd.Process.Pid {
		outcome = OutcomeReused // another start, with another state folder, was quicker
	}
	return outcome, health, nil
}

// awaitReady waits until the instance on an address is ready, or the process that should become it has ended.
func awaitReady(ctx context.Context, address string, exited <-chan struct{}) (Health, error) {
	for {
		health, err := Ask(ctx, address)
		if err == nil && health.Status == StatusReady {
			return health, nil
		}
		ended := false
		select {
		case <-exited:
			ended = true
		default:
		}
		switch {
		case ended && err != nil:
			return health, fmt.Errorf("starting localcloud on %s: it ended before it was ready", address)
		case !pause(ctx):
			return health, fmt.Errorf("waiting for localcloud on %s to be ready: %w", address, ctx.Err())
		}
	}
}

// pause waits a little, and says whether the context still lives.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pollInterval):
		return true
	}
}
