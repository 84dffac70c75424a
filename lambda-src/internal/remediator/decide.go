package remediator

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
)

// examine reads what the decision depends on, and makes it. It changes nothing. An error means that something
// could not be read.
func (h *Handler) examine(ctx context.Context, run invocation.Invocation, exempt exemptions.List, c candidate) (Record, error) {
	record := Record{
		SchemaVersion: SchemaVersion,
		ID:            c.result.ID(),
		Rule:          c.rule.Name,
		ConfigRule:    c.result.ConfigRule,
		Severity:      c.rule.Severity,
		Remediation:   c.rule.Remediation,
		ResourceType:  c.target.Type,
		ResourceID:    c.target.ID,
		Account:       c.target.Account,
		Region:        c.target.Region,
		Ordering:      c.result.Ordering,
		Mode:          c.rule.mode,
		Updated:       h.Now().UTC(),
	}
	if exemption, ok := exempt.Find(c.rule.Name, c.target.ID, h.Now()); ok {
		record.Outcome = Exempt
		record.Why = exemption.Owner + ", until " + exemption.Expires.String() + ": " + exemption.Reason
		return record, nil
	}
	tags, err := c.rule.fix.Tags(ctx, c.target)
	if tag, out := remediation.OptedOut(tags); out {
		record.Outcome, record.Why = OptedOut, "tag "+tag
		return record, nil
	}
	var plan remediation.Plan
	if err == nil {
		plan, err = plans(ctx, c)
	}
	if errors.Is(err, remediation.ErrGone) {
		record.Outcome = Gone
		return record, nil
	}
	if errors.Is(err, remediation.ErrByHand) {
		record.Outcome, record.Why = ByHand, err.Error()
		return record, nil
	}
	if err != nil {
		return record, err
	}
	record.Changes, record.Before, record.After = plan.Changes, plan.Before, plan.After
	record.Outcome, record.Why = decide(plan, tags, c.rule)
	if record.Outcome == Applying {
		if err := h.restrain(ctx, c, &record); err != nil {
			return record, err
		}
	}
	if record.Outcome == Applying {
		claim := run.Claim()
		record.Claim, record.Attempted = &claim, true
	}
	return record, nil
}

// restrain looks whether the breaker, or what became of earlier fixes, is in the way of a change.
func (h *Handler) restrain(ctx context.Context, c candidate, record *Record) error {
	why, err := h.tripped(ctx, c)
	if err != nil {
		return err
	}
	if why != "" {
		record.Outcome, record.Why = Breaker, why
		return nil
	}
	found, err := h.oppose(ctx, *record)
	if err != nil {
		return err
	}
	if found.against {
		record.Outcome, record.Why = Fight, found.why
	}
	record.done = found.done
	return nil
}

// plans reads the live resource and says what to change about it.
func plans(ctx context.Context, c candidate) (remediation.Plan, error) {
	current, err := c.rule.fix.Read(ctx, c.target)
	if err != nil {
		return remediation.Plan{}, err
	}
	return c.rule.fix.Plan(c.target, current, c.rule.settings.Parameters)
}

// decide says what to do about a resource whose live state is known.
func decide(plan remediation.Plan, tags map[string]string, rule remediableRule) (Outcome, string) {
	owner, owned := remediation.Owner(tags)
	switch {
	case len(plan.Changes) == 0:
		return Compliant, ""
	case owned:
		return Owned, "owned by " + owner + ", where the change has to be made"
	case rule.mode != names.ModeEnforce:
		return Planned, "the rule's mode is " + rule.mode
	case rule.disruptive && !rule.settings.AllowDisruption:
		return Planned, "the fix stops what runs, and the rule's setting allowDisruption does not allow that"
	default:
		return Applying, ""
	}
}

// reconcile decides what becomes of a record that is in the bucket already, now that wanted is what would be written
// without it. It returns the record to go on with, whether to write it first, and whether there is anything to do at all.
// The state before an attempted write is never dropped from a record.
func reconcile(current, wanted Record, run invocation.Invocation, now time.Time) (next Record, write, proceed bool) {
	switch {
	case current.Outcome == Applying && !run.MayTake(claimOf(current), now), current.Outcome == Undoing:
		return current, false, false
	case current.Outcome == Verified, current.Outcome == Undone:
		return current, false, current.toTell()
	case current.landed(wanted):
		current.Outcome, current.Why, current.Claim, current.Updated = Verified, "", nil, wanted.Updated
		return current, true, true
	case wanted.Outcome != Applying && same(current, wanted):
		return current, false, current.toTell()
	}
	if current.Attempted && len(wanted.Changes) == 0 {
		wanted.Changes, wanted.Before, wanted.After = current.Changes, current.Before, current.After
	}
	wanted.Told, wanted.Attempted = current.Told, wanted.Attempted || current.Attempted
	return wanted, true, true
}

// landed says whether the write that was attempted is known to have been done, now that wanted is what would be recorded
// without it: the resource is as it was to be, or the history of fixes has it.
func (r Record) landed(wanted Record) bool {
	return r.Attempted && (wanted.Outcome == Compliant && bytes.Equal(r.After, wanted.Before) || wanted.done)
}

func claimOf(record Record) invocation.Claim {
	if record.Claim == nil {
		return invocation.Claim{}
	}
	return *record.Claim
}

// same says whether two records of one result say the same.
func same(a, b Record) bool {
	return a.Outcome == b.Outcome && a.Why == b.Why && a.Mode == b.Mode && slices.Equal(a.Changes, b.Changes)
}
