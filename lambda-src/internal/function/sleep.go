package function

import (
	"context"
	"time"
)

// Sleep waits for the given time, or until the invocation's time is over, which is an error.
func Sleep(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
