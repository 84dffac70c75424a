package remediator

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// tally counts the changes made for one rule in one hour. It holds the records that were counted and not a number, so that
// a record which is counted again after a crash counts once.
type tally struct {
	SchemaVersion int      `json:"schemaVersion"`
	Rule          string   `json:"rule"`
	Hour          string   `json:"hour"`
	Counted       []string `json:"counted"` // ids of records
}

func newTally(rule string, at time.Time) tally {
	return tally{SchemaVersion: SchemaVersion, Rule: rule, Hour: names.BreakerHour(at)}
}

func (t tally) sameAs(fresh tally) bool {
	return t.SchemaVersion == fresh.SchemaVersion && t.Rule == fresh.Rule && t.Hour == fresh.Hour && t.Counted != nil
}

// admits says whether a record is counted already, or may still be.
func (t tally) admits(id string, limit int) bool {
	return slices.Contains(t.Counted, id) || len(t.Counted) < limit
}

// tripped looks whether the rule's breaker is in the way of a record, and says so. It counts nothing.
func (h *Handler) tripped(ctx context.Context, c candidate) (why string, err error) {
	now := h.Now()
	current, _, err := load(ctx, h, names.BreakerKey(c.rule.Name, now), newTally(c.rule.Name, now))
	if err != nil {
		return "", fmt.Errorf("reading the breaker, without which nothing is changed: %w", err)
	}
	if current.admits(c.result.ID(), c.rule.settings.Limit) {
		return "", nil
	}
	return c.rule.exhausted(now), nil
}

// count counts a change before it is made, or says why it must not be made: others have used up the limit.
func (h *Handler) count(ctx context.Context, c candidate) (why string, err error) {
	id, now := c.result.ID(), h.Now()
	err = amend(ctx, h, names.BreakerKey(c.rule.Name, now), newTally(c.rule.Name, now), func(t *tally) bool {
		why = ""
		switch {
		case slices.Contains(t.Counted, id):
			return false
		case !t.admits(id, c.rule.settings.Limit):
			why = c.rule.exhausted(now)
			return false
		}
		t.Counted = append(t.Counted, id)
		return true
	})
	if err != nil {
		return "", fmt.Errorf("counting the change, without which it is not made: %w", err)
	}
	return why, nil
}

func (r remediableRule) exhausted(now time.Time) string {
	return fmt.Sprintf("the rule's %d changes of the hour %sZ are made; the next sweep after it goes on", r.settings.Limit, names.BreakerHour(now))
}
