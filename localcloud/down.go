package localcloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// DownOptions say which instance [Down] stops.
type DownOptions struct {
	Addr     string        // DefaultAddress if empty
	StateDir string        // its state folder; needed only for an instance that does not answer
	Timeout  time.Duration // for all of it; half a minute if zero
	Log      io.Writer     // for what people should see; discarded if nil
}

const (
	downTimeout = 30 * time.Second
	politeness  = 8 * time.Second // how long an instance that was asked to end may take before it is killed
)

// Down stops the instance on an address and returns when neither it nor its moto is left. It reports whether there
// was one; that there is none is no error. A program on the address that is not localcloud is left alone.
func Down(ctx context.Context, options DownOptions) (bool, error) {
	if options.Addr == "" {
		options.Addr = DefaultAddress
	}
	if options.Timeout == 0 {
		options.Timeout = downTimeout
	}
	if options.Log == nil {
		options.Log = io.Discard
	}
	ctx, cancel := context.WithTimeout(ctx, options.Timeout)
	defer cancel()
	stopped, err := stopWhatRuns(ctx, options)
	if err != nil {
		return false, err
	}
	if stopped {
		say(options.Log, "localcloud on %s stopped", options.Addr)
	} else {
		say(options.Log, "no localcloud was running on %s", options.Addr)
	}
	return stopped, nil
}

func stopWhatRuns(ctx context.Context, options DownOptions) (bool, error) {
	health, err := Ask(ctx, options.Addr)
	if err == nil {
		return true, end(ctx, health)
	}
	if !errors.Is(err, ErrNotRunning) && !errors.Is(err, errForeign) {
		return false, err
	}
	if options.StateDir == "" {
		return false, nil
	}
	last, alive, err := lastInstance(options.StateDir)
	if err != nil || !alive || last.Address != options.Addr {
		return false, err
	}
	return true, kill(ctx, last)
}

// end asks an instance to shut down, and kills it if it does not.
func end(ctx context.Context, health Health) error {
	if response, err := call(ctx, http.MethodPost, health.Address, "shutdown"); err == nil {
		response.Body.Close() //nolint:errcheck,gosec // nothing in it that matters
		polite, cancel := context.WithTimeout(ctx, politeness)
		defer cancel()
		if awaitGone(polite, health) {
			return nil
		}
	}
	return kill(ctx, health)
}

// kill ends an instance that does not end by itself. Moto follows, because its standard input closes.
func kill(ctx context.Context, health Health) error {
	if err := killProcess(health.PID); err != nil {
		return err
	}
	if awaitGone(ctx, health) {
		return nil
	}
	return fmt.Errorf("stopping localcloud: process %d or its moto, process %d, is still there: %w; end it by hand",
		health.PID, health.MotoPID, ctx.Err())
}

// awaitGone waits until neither the gateway nor moto is left.
func awaitGone(ctx context.Context, health Health) bool {
	for processAlive(health.PID) || processAlive(health.MotoPID) {
		if !pause(ctx) {
			return false
		}
	}
	return true
}
