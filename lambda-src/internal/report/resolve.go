package report

import (
	"slices"
	"time"
)

// TimeToResolve says how long a rule's violations took to be resolved.
type TimeToResolve struct {
	Count  int   `json:"count"`         // violations that were resolved since the rule has been reported on
	Median int64 `json:"medianSeconds"` // of the last resolvedKept of them
	Worst  int64 `json:"worstSeconds"`  // of all
}

// resolvedKept is how many times are kept of each rule.
const resolvedKept = 100

// Resolved is what is kept of a rule's violations that were resolved.
type Resolved struct {
	Count int     `json:"count"`
	Worst int64   `json:"worstSeconds"`
	Last  []int64 `json:"lastSeconds"`
}

func (r *Resolved) add(took time.Duration) {
	seconds := max(0, int64(took/time.Second))
	r.Count++
	r.Worst = max(r.Worst, seconds)
	if len(r.Last) == resolvedKept {
		r.Last = slices.Delete(r.Last, 0, 1)
	}
	r.Last = append(r.Last, seconds)
}

// summary is null when nothing was resolved.
func (r Resolved) summary() *TimeToResolve {
	if len(r.Last) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(r.Last))
	middle := len(sorted) / 2
	median := sorted[middle]
	if len(sorted)%2 == 0 {
		median = (sorted[middle-1] + sorted[middle]) / 2
	}
	return &TimeToResolve{Count: r.Count, Median: median, Worst: r.Worst}
}
