package eventsvc

import "time"

// retryPolicy is how long a target is tried.
type retryPolicy struct {
	MaximumRetryAttempts     *int
	MaximumEventAgeInSeconds *int
}

// limits are a policy's values, or EventBridge's.
func (p *retryPolicy) limits() (retries int, age time.Duration) {
	retries, age = maxAttempts, maxAge*time.Second
	if p != nil && p.MaximumRetryAttempts != nil {
		retries = *p.MaximumRetryAttempts
	}
	if p != nil && p.MaximumEventAgeInSeconds != nil {
		age = time.Duration(*p.MaximumEventAgeInSeconds) * time.Second
	}
	return retries, age
}

// Conditions that end the retries, as the dead-letter queue is told them.
const (
	exhaustedRetries = "MaximumRetryAttempts"
	exhaustedAge     = "MaximumEventAgeInSeconds"
)

// The wait before a retry doubles from the first to the longest. EventBridge's own waits, which have jitter, are not
// published; with these, 185 retries take about the 24 hours that it allows them.
const (
	firstWait   = time.Second
	longestWait = 8 * time.Minute
)

// wait is how long the given retry, the first of which is 1, is put off.
func wait(retry int) time.Duration {
	length := firstWait
	for range retry - 1 {
		if length *= 2; length >= longestWait {
			return longestWait
		}
	}
	return length
}

// verdict is what is done about a failure that may pass.
type verdict struct {
	after     time.Duration // until the next look; only where nothing is exhausted
	exhausted string        // the condition, or empty
}

// judge decides about a failure after the given number of retries, at the event's age.
func judge(policy *retryPolicy, retries int, age time.Duration) verdict {
	most, oldest := policy.limits()
	switch {
	case retries >= most:
		return verdict{exhausted: exhaustedRetries}
	case age >= oldest:
		return verdict{exhausted: exhaustedAge}
	}
	return verdict{after: min(wait(retries+1), oldest-age)}
}
