package remediator

import (
	"context"
	"errors"
	"fmt"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/configrules"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
)

// sweep remediates every resource that AWS Config holds to violate a remediable rule: those that were so before the
// deployment, and those whose events were lost. What the time does not suffice for is left to the next sweep.
func (h *Handler) sweep(ctx context.Context, run invocation.Invocation) error {
	exempt, err := h.exemptions(ctx)
	if err != nil {
		h.outcome(Failed)
		return err
	}
	working, cancel := context.WithTimeout(ctx, run.WorkFor(h.Now()))
	defer cancel()
	batch := batch{exempt: exempt}
	for _, rule := range h.allRemediable() {
		err := h.eachViolation(working, rule, func(result configrules.Result) {
			h.remediate(ctx, run, &batch, newCandidate(run, rule, result.Result))
		})
		if err != nil {
			batch.failed(err)
		}
	}
	return h.conclude(ctx, &batch)
}

// eachViolation hands the results of a rule that are not compliant to use, and fails when they can't all be read in time.
// A rule that is not deployed has none.
func (h *Handler) eachViolation(ctx context.Context, rule remediableRule, use func(configrules.Result)) error {
	configRule := names.RulePrefix(h.Prefix) + rule.Name
	err := configrules.Each(ctx, h.Config, configRule, func(result configrules.Result) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		use(result)
		return nil
	}, events.NonCompliant)
	switch {
	case awserr.IsNoSuchConfigRule(err):
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("sweeping: the time ran out; the next sweep goes on: %w", err)
	case err != nil:
		return fmt.Errorf("sweeping: %w", err)
	}
	return nil
}
