package remediator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// A bucket's settings, like most of AWS's, may be read as they were for some seconds after a write.
const (
	verifyTries = 5
	verifyPause = 2 * time.Second
)

// remediate decides about one candidate, acts, and notes in the batch what is left to do.
func (h *Handler) remediate(ctx context.Context, run invocation.Invocation, batch *batch, c candidate) {
	record, err := h.examine(ctx, run, batch.exempt, c)
	if err != nil {
		h.fail(ctx, batch, record, err)
		return
	}
	kept, proceed, err := h.keep(ctx, run, record)
	if err != nil {
		h.fail(ctx, batch, record, err)
		return
	}
	if !proceed {
		h.Log.InfoContext(ctx, "leaving a resource to its record", "id", record.ID, "rule", record.Rule,
			"resource", record.ResourceID, "outcome", kept.record.Outcome)
		return
	}
	if kept.record.Outcome == Applying {
		if kept, err = h.act(ctx, c, kept); err != nil {
			h.fail(ctx, batch, record, err)
			return
		}
		if kept.record.Outcome == Failed {
			batch.failed(problem(record, errors.New(kept.record.Why)))
		}
	}
	h.Log.InfoContext(ctx, "decided about a resource", "id", record.ID, "rule", record.Rule, "resource", record.ResourceID,
		"outcome", kept.record.Outcome, "why", kept.record.Why, "changes", kept.record.Changes)
	if kept.written {
		h.outcome(kept.record.Outcome)
	}
	if kept.written && kept.record.Outcome == Breaker {
		h.Metrics.Emit(names.MetricBreakerTripped, emf.Count, 1)
	}
	if kept.record.Outcome == Verified {
		batch.fixed = append(batch.fixed, record.ConfigRule)
	}
	if kept.record.toTell() {
		batch.tell = append(batch.tell, kept)
	}
}

// fail notes that a candidate could not be dealt with, so that Lambda tries again.
func (h *Handler) fail(ctx context.Context, batch *batch, record Record, err error) {
	h.Log.ErrorContext(ctx, "could not deal with a resource", "id", record.ID, "rule", record.Rule,
		"resource", record.ResourceID, "error", err)
	h.outcome(Failed)
	batch.failed(problem(record, err))
}

func problem(record Record, err error) error {
	return fmt.Errorf("remediating %s for rule %s: %w", record.ResourceID, record.Rule, err)
}

// keep writes the record, or reconciles it with the one that is there. It returns the record as it is in the bucket
// then, and whether there is anything left to do with it.
func (h *Handler) keep(ctx context.Context, run invocation.Invocation, record Record) (kept, bool, error) {
	version, err := h.Store.Create(ctx, record.Key(), record)
	if err == nil {
		return kept{record: record, version: version, written: true}, true, nil
	}
	if !errors.Is(err, store.ErrExists) {
		return kept{record: record}, false, err
	}
	var current Record
	version, err = h.Store.Read(ctx, record.Key(), &current)
	if err == nil {
		err = current.faults(record.Key())
	}
	if err != nil {
		return kept{record: record}, false, err
	}
	next, write, proceed := reconcile(current, record, run, h.Now())
	if !write {
		return kept{record: next, version: version}, proceed, nil
	}
	if next.Outcome == Verified {
		if err := h.remember(ctx, next); err != nil {
			return kept{record: record}, false, err
		}
	}
	version, err = h.Store.Replace(ctx, record.Key(), next, version)
	if errors.Is(err, store.ErrChanged) {
		return kept{record: current}, false, nil
	}
	return kept{record: next, version: version, written: true, attempted: current.Attempted}, err == nil, err
}

// act applies what the record says, verifies it, and records the outcome. Its error means that it could not be counted,
// remembered or recorded; the record then still says applying, and the next try finds out whether the write has landed.
func (h *Handler) act(ctx context.Context, c candidate, claimed kept) (kept, error) {
	record := claimed.record
	why, err := h.count(ctx, c)
	if err != nil {
		return kept{}, err
	}
	if why != "" {
		record.Outcome, record.Why, record.Attempted = Breaker, why, claimed.attempted
		return h.settle(ctx, record, claimed.version)
	}
	err = c.rule.fix.Write(ctx, c.target, record.Before, record.After)
	if err == nil {
		err = h.verify(ctx, c.rule.fix, c.target, record.After)
	}
	if err != nil {
		record.Outcome, record.Why = Failed, err.Error()
		settled, keepErr := h.settle(ctx, record, claimed.version)
		if keepErr != nil {
			return kept{}, errors.Join(keepErr, err)
		}
		return settled, nil
	}
	if err := h.remember(ctx, record); err != nil {
		return kept{}, err
	}
	record.Outcome = Verified
	return h.settle(ctx, record, claimed.version)
}

// settle records the outcome of a claimed record, and gives the claim up.
func (h *Handler) settle(ctx context.Context, record Record, claimed store.Version) (kept, error) {
	record.Claim, record.Updated = nil, h.Now().UTC()
	version, err := h.Store.Replace(ctx, record.Key(), record, claimed)
	if err != nil {
		return kept{}, err
	}
	return kept{record: record, version: version, written: true}, nil
}

// verify looks at the resource until it is as planned, or the tries are used up.
func (h *Handler) verify(ctx context.Context, fix remediation.Remediation, target resource.Resource, wanted remediation.State) error {
	for try := 1; ; try++ {
		err := remediation.Verify(ctx, fix, target, wanted)
		if !errors.Is(err, remediation.ErrDiffers) || try == verifyTries {
			return err
		}
		if err := h.Pause(ctx, verifyPause); err != nil {
			return fmt.Errorf("waiting to verify: %w", err)
		}
	}
}
