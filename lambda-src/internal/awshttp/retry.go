package awshttp

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// How often a call is tried, and how long the pauses between are: as awsclients has it for the SDK's clients.
const (
	maxAttempts       = 10
	defaultMaxBackoff = 20 * time.Second
	firstBackoff      = time.Second
)

// transient is an error without an answer of AWS, after which the call may be tried again.
type transient struct{ error }

func (t transient) Unwrap() error { return t.error }

// passing are the codes of answers that another try may improve: those that the SDK's standard retryer knows, and S3's to
// one of two conditional writes at once.
func passing() []string {
	return []string{
		"BandwidthLimitExceeded", "ConditionalRequestConflict", "EC2ThrottledException", "InternalError", "InternalFailure",
		"LimitExceededException", "PriorRequestNotComplete", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
		"RequestThrottled", "RequestThrottledException", "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable",
		"SlowDown", "ThrottledException", "Throttling", "ThrottlingException", "TooManyRequestsException",
		"TransactionInProgressException",
	}
}

// again says whether another try may help.
func again(err error) bool {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Status >= http.StatusInternalServerError || refused.Status == http.StatusTooManyRequests ||
			slices.Contains(passing(), refused.Code)
	}
	return errors.As(err, &transient{})
}

// pause is how long to wait after the given attempt, the first being 1: any time up to a bound that doubles, so that those
// who were refused together do not come again together.
func (c client) pause(attempt int) time.Duration {
	bound := min(firstBackoff<<(attempt-1), c.settings.MaxBackoff)
	return rand.N(bound + 1) //nolint:gosec // nobody gains by guessing a pause
}

// wait waits, or returns the context's error as soon as it is over.
func wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
