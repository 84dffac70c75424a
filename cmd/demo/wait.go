package demo

import (
	"context"
	"fmt"
	"time"
)

const (
	patience = 90 * time.Second      // how long the story waits for something, on a machine that is busy
	pace     = 30 * time.Millisecond // between two looks
)

// await looks again and again until nothing is missing. missing says in words what still is.
func await(ctx context.Context, look func(context.Context) (missing string, err error)) error {
	deadline := time.Now().Add(patience)
	for {
		missing, err := look(ctx)
		if err != nil {
			return err
		}
		if missing == "" {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("within %s, %s", patience, missing)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pace):
		}
	}
}
