package remediator

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// Limits of the tries to change a document that other invocations change, too. The pauses between them are drawn at random
// below a bound that doubles, so that those who collided do not collide again.
const (
	amendTries      = 20
	amendPause      = 50 * time.Millisecond
	amendPauseMost  = time.Second
	amendPauseSteps = 5 // after which the bound has reached its most
)

// memo is a document under state/ that any invocation may change.
type memo[T any] interface {
	// sameAs says whether the document is about what a fresh one is about, and of this version.
	sameAs(fresh T) bool
}

// load reads a memo. Where there is none yet, it is fresh, and its version is empty.
func load[T memo[T]](ctx context.Context, h *Handler, key string, fresh T) (T, store.Version, error) {
	var current T
	version, err := h.Store.Read(ctx, key, &current)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fresh, "", nil
	case err != nil:
		return fresh, "", err
	case !current.sameAs(fresh):
		return fresh, "", fmt.Errorf("reading %s: it is damaged, or of another version; deploy the functions layer again, "+
			"or restore the object's version before", h.Store.URL(key))
	}
	return current, version, nil
}

// amend changes a memo: it reads it, lets edit change it, and writes it on the condition that nobody else has written it
// meanwhile. If somebody has, it begins again, a bounded number of times. When edit returns false, there is nothing to
// write. Edit is called once a try, and must not remember earlier calls.
func amend[T memo[T]](ctx context.Context, h *Handler, key string, fresh T, edit func(*T) bool) error {
	for try := 1; ; try++ {
		current, version, err := load(ctx, h, key, fresh)
		if err != nil {
			return err
		}
		if !edit(&current) {
			return nil
		}
		if version == "" {
			_, err = h.Store.Create(ctx, key, current)
		} else {
			_, err = h.Store.Replace(ctx, key, current, version)
		}
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrChanged):
			return err
		case try == amendTries:
			return fmt.Errorf("changing %s: others were quicker %d times; it is tried again: %w", h.Store.URL(key), amendTries, err)
		}
		if err := h.Pause(ctx, backoff(try)); err != nil {
			return fmt.Errorf("waiting to change %s: %w", h.Store.URL(key), err)
		}
	}
}

// backoff is how long to wait after the given number of tries.
func backoff(try int) time.Duration {
	most := min(amendPause<<min(try, amendPauseSteps), amendPauseMost)
	return rand.N(most) //nolint:gosec // it spreads tries; nobody gains by guessing it
}
