package lambdasvc

import "time"

// What Lambda does with queued events where nothing else is set.
const (
	defaultRetries = maxRetries
	defaultAge     = maxEventAge * time.Second
)

// How long Lambda waits before it tries an event again.
const (
	firstRetry      = time.Minute     // after the first failure
	secondRetry     = 2 * time.Minute // after the second
	firstBackoff    = time.Second     // after the first refusal; twice as long after each further one
	longestBackoff  = 5 * time.Minute
	longestDoubling = 9 // doublings, after which a backoff is over the longest
)

// condition is how an event ended, in the words of its record.
type condition string

const (
	conditionSuccess condition = "Success"
	conditionRetries condition = "RetriesExhausted"
	conditionAge     condition = "EventAgeExceeded"
	conditionZero    condition = "ZeroReservedConcurrency"
)

// result is what became of one try.
type result int

const (
	handled result = iota
	failedResult
	refusedResult // throttled, or a fault of Lambda's own
	zeroConcurrency
)

// progress is how far an event has come.
type progress struct {
	age      time.Duration // since it was queued
	failures int           // tries that failed, the last one among them
	refusals int           // since the last try that was not refused, the last one among them
}

// step is what is to be done with an event: try it again after a while, or be done with it.
type step struct {
	again bool
	after time.Duration
	ended condition
}

// decide says what is to be done with an event after a try.
func decide(last result, at progress, settings eventInvokeConfig) step {
	switch last {
	case handled:
		return step{ended: conditionSuccess}
	case zeroConcurrency:
		return step{ended: conditionZero}
	}
	wait := firstBackoff << min(max(at.refusals-1, 0), longestDoubling)
	if last == failedResult {
		if at.failures > settings.retries() {
			return step{ended: conditionRetries}
		}
		wait = firstRetry
		if at.failures > 1 {
			wait = secondRetry
		}
	}
	left := settings.age() - at.age
	if left <= 0 {
		return step{ended: conditionAge}
	}
	return step{again: true, after: min(wait, longestBackoff, left)}
}

// expired says whether an event is too old to be tried.
func expired(at progress, settings eventInvokeConfig) bool { return at.age >= settings.age() }

// retries is how often a failed event is tried again.
func (c eventInvokeConfig) retries() int {
	if c.MaximumRetryAttempts == nil {
		return defaultRetries
	}
	return *c.MaximumRetryAttempts
}

// age is how old an event may become.
func (c eventInvokeConfig) age() time.Duration {
	if c.MaximumEventAgeInSeconds == nil {
		return defaultAge
	}
	return time.Duration(*c.MaximumEventAgeInSeconds) * time.Second
}

// onSuccess and onFailure are the ARNs that records are sent to; empty for none.
func (c eventInvokeConfig) onSuccess() string {
	if c.DestinationConfig == nil || c.DestinationConfig.OnSuccess == nil {
		return ""
	}
	return c.DestinationConfig.OnSuccess.Destination
}

func (c eventInvokeConfig) onFailure() string {
	if c.DestinationConfig == nil || c.DestinationConfig.OnFailure == nil {
		return ""
	}
	return c.DestinationConfig.OnFailure.Destination
}
