package remediator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/undo"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// refusal says why nothing is undone, and what to do. Trying again does not help.
type refusal struct{ why string }

func (r refusal) Error() string { return r.why }

func refuse(format string, values ...any) error {
	return refusal{why: fmt.Sprintf(format, values...)}
}

// undo undoes one fix, and answers what came of it. An error means that something could not be read or written: to ask
// again finds out how far it came, and goes on.
func (h *Handler) undo(ctx context.Context, run invocation.Invocation, request undo.Request) ([]byte, error) {
	record, err := h.revert(ctx, run, request)
	answer := undo.Answer{
		Outcome: undo.Undone, Rule: record.Rule, ResourceType: record.ResourceType, ResourceID: record.ResourceID,
	}
	for _, change := range reversed(record.Changes) {
		answer.Changes = append(answer.Changes, undo.Change(change))
	}
	var refused refusal
	switch {
	case errors.As(err, &refused):
		answer.Outcome, answer.Why = undo.Refused, refused.Error()
	case err != nil:
		h.Log.ErrorContext(ctx, "could not undo a fix", "key", request.Key, "by", request.By, "error", err)
		h.outcome(Failed)
		return nil, fmt.Errorf("undoing the fix that %s records: %w", h.Store.URL(request.Key), err)
	case request.DryRun:
		answer.Outcome = undo.WouldUndo
	}
	h.Log.InfoContext(ctx, "answered an operator who wants a fix undone", "key", request.Key, "by", request.By,
		"outcome", answer.Outcome, "why", answer.Why)
	content, _ := json.Marshal(answer) //nolint:errchkjson // texts can't fail to marshal
	return content, nil
}

// revert does what undo answers about, and returns the record that it is about as far as it was read.
func (h *Handler) revert(ctx context.Context, run invocation.Invocation, request undo.Request) (Record, error) {
	found, err := h.find(ctx, request.Key)
	if err != nil {
		return Record{}, err
	}
	record := found.record
	if record.Outcome == Undone && record.toTell() {
		if err := h.conclude(ctx, &batch{tell: []kept{found}}); err != nil {
			return record, err
		}
	}
	if err := undoable(record, run, h.Now()); err != nil {
		return record, err
	}
	fix, ok := h.Remediations[record.Remediation]
	if !ok {
		return record, refuse("this version has no remediation %s: restore the state before by hand; the record has it", record.Remediation)
	}
	landed, err := h.compare(ctx, fix, record)
	if err != nil || request.DryRun {
		return record, err
	}
	claim := run.Claim()
	record.Outcome, record.Why, record.Claim, record.Updated = Undoing, "", &claim, h.Now().UTC()
	record.Undo = &Undo{By: request.By, At: record.Updated}
	version, err := h.Store.Replace(ctx, record.Key(), record, found.version)
	if errors.Is(err, store.ErrChanged) {
		return record, refuse("another invocation has changed the record meanwhile: look at it, and ask again")
	}
	if err != nil {
		return record, err
	}
	return h.restore(ctx, fix, kept{record: record, version: version}, landed)
}

// find reads a record.
func (h *Handler) find(ctx context.Context, key string) (kept, error) {
	var record Record
	version, err := h.Store.Read(ctx, key, &record)
	if errors.Is(err, store.ErrNotFound) {
		return kept{}, refuse("there is no record %s", h.Store.URL(key))
	}
	if err == nil {
		err = record.faults(key)
	}
	return kept{record: record, version: version}, err
}

// undoable says what is in the way of undoing a record, as far as the record tells.
func undoable(record Record, run invocation.Invocation, now time.Time) error {
	switch {
	case record.Account != run.Account || record.Region != run.Region:
		return refuse("the record is of account %s and region %s, not of %s and %s", record.Account, record.Region, run.Account, run.Region)
	case record.Outcome == Undone:
		return refuse("it was undone by %s on %s", record.Undo.By, record.Undo.At.Format(time.RFC3339))
	case record.Outcome == Undoing && !run.MayTake(claimOf(record), now):
		return refuse("it is being undone for %s: ask again after %s", record.Undo.By, record.Claim.Until.Format(time.RFC3339))
	case record.Outcome != Verified && record.Outcome != Undoing:
		return refuse("its outcome is %s: only a fix that was verified can be undone", record.Outcome)
	}
	return nil
}

// compare looks whether the resource is still as the fix left it, and whether an undoing that was begun has landed.
func (h *Handler) compare(ctx context.Context, fix remediation.Remediation, record Record) (landed bool, err error) {
	later, err := h.overtaken(ctx, record)
	if err != nil {
		return false, err
	}
	if later != "" {
		return false, refuse("the resource was fixed again since: undo the later fix, of the record %s", later)
	}
	current, err := fix.Read(ctx, record.target())
	switch {
	case errors.Is(err, remediation.ErrGone):
		return false, refuse("the resource does not exist any more")
	case err != nil:
		return false, err
	case record.Outcome == Undoing && bytes.Equal(current, record.Before):
		return true, nil
	case !bytes.Equal(current, record.After):
		return false, refuse("the resource has changed since the fix, so nothing is touched: it is %s, and the fix left %s; "+
			"before the fix it was %s", current, record.After, record.Before)
	}
	return false, nil
}

// restore brings the resource back to the state before, verifies it, and records that. The history of fixes is told first,
// so that no sweep fixes the resource again behind the operator's back.
func (h *Handler) restore(ctx context.Context, fix remediation.Remediation, claimed kept, landed bool) (Record, error) {
	record := claimed.record
	if err := h.markUndone(ctx, record, record.Undo); err != nil {
		return record, h.giveUp(ctx, claimed, err)
	}
	if !landed {
		err := fix.Write(ctx, record.target(), record.After, record.Before)
		if errors.Is(err, remediation.ErrIrreversible) {
			return record, h.takeBack(ctx, claimed, err)
		}
		if err != nil {
			return record, h.giveUp(ctx, claimed, err)
		}
	}
	if err := h.verify(ctx, fix, record.target(), record.Before); err != nil {
		return record, h.giveUp(ctx, claimed, err)
	}
	record.Outcome = Undone
	settled, err := h.settle(ctx, record, claimed.version)
	if err != nil {
		return record, err
	}
	h.outcome(Undone)
	return record, h.conclude(ctx, &batch{tell: []kept{settled}, fixed: []string{record.ConfigRule}})
}

// giveUp leaves an undoing that failed to whoever asks again, and returns why it failed.
func (h *Handler) giveUp(ctx context.Context, claimed kept, why error) error {
	record := claimed.record
	record.Why = why.Error()
	_, err := h.settle(ctx, record, claimed.version)
	return errors.Join(why, err)
}

// takeBack makes a record what it was before somebody asked for what AWS can't do. The refusal says what is left to do.
func (h *Handler) takeBack(ctx context.Context, claimed kept, why error) error {
	record := claimed.record
	record.Outcome, record.Undo = Verified, nil
	if err := h.markUndone(ctx, record, nil); err != nil {
		return h.giveUp(ctx, claimed, err)
	}
	if _, err := h.settle(ctx, record, claimed.version); err != nil {
		return err
	}
	return refuse("%s. Nothing was changed. Before the fix the resource was %s; what comes nearest to it has to be made by hand: %s",
		why, record.Before, record.target().ConsoleURL())
}
