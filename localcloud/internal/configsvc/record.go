package configsvc

import (
	"slices"
	"time"
)

// record is what is known of one resource under one rule.
type record struct {
	history []Result // the latest last
	gone    bool     // the resource does not exist any more
}

func (r *record) latest() Result { return r.history[len(r.history)-1] }

// maxHistory is how many results of a resource are remembered.
const maxHistory = 100

func (r *record) add(result Result) {
	r.history = append(r.history, result)
	if len(r.history) > maxHistory {
		r.history = slices.Delete(r.history, 0, 1)
	}
}

// after is a time that is later than that of the latest result, by what the protocols can tell apart.
func (r *record) after(at time.Time) time.Time {
	at = at.Truncate(time.Millisecond)
	if len(r.history) > 0 && !at.After(r.latest().Ordering) {
		return r.latest().Ordering.Truncate(time.Millisecond).Add(time.Millisecond)
	}
	return at
}

// take adds a result and tells what it follows.
func (r *record) take(result Result) recorded {
	change := recorded{now: result}
	if len(r.history) > 0 && !r.gone {
		before := r.latest()
		change.before = &before
	}
	r.gone = false
	r.add(result)
	return change
}

// recorded is what came of recording a result.
type recorded struct {
	before *Result // nil where the resource had none
	now    Result
}

// changed says whether whoever waits for a change of compliance should hear of it. That a rule has never applied to a
// resource is no change.
func (c recorded) changed() bool {
	if c.before == nil {
		return c.now.Compliance != notApplicable
	}
	return c.before.Compliance != c.now.Compliance
}
