package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/configrules"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/objects"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// prepare lists the rules, and reads once what the report holds beside their results. A report whose rules have changed
// since they were listed is begun again, so that no results of two sets of rules are mixed.
func (h *Handler) prepare(ctx context.Context, w *work) error {
	found, err := configrules.List(ctx, h.Config, h.Prefix)
	if err != nil {
		return err
	}
	if w.state.Prepared != nil {
		if slices.Equal(found, w.state.Prepared.Rules) {
			return nil
		}
		h.renew(ctx, w, errRulesChanged, "a report is begun again")
	}
	if len(found) == 0 {
		w.state.Missing = append(w.state.Missing, report.Missing{
			Rule: report.AllRules,
			Why:  "no Config rule's name starts with " + names.RulePrefix(h.Prefix) + "; deploy the config-rules layer",
		})
	}
	p := &prepared{Rules: found, Unavailable: []report.Unavailable{}}
	p.Exemptions, err = h.readExemptions(ctx)
	h.unavailable(ctx, p, report.PartExemptions, err)
	p.Remediations, err = h.readRemediations(ctx, w)
	h.unavailable(ctx, p, report.PartRemediations, err)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	w.state.Prepared = p
	return nil
}

var errRulesChanged = errors.New("other rules are deployed than when it was begun")

// unavailable notes why a part of the report could not be made.
func (h *Handler) unavailable(ctx context.Context, p *prepared, part string, err error) {
	if err == nil {
		return
	}
	h.Log.WarnContext(ctx, "the report lacks a part", "part", part, "error", err)
	p.Unavailable = append(p.Unavailable, report.Unavailable{Part: part, Why: err.Error()})
}

func (h *Handler) readExemptions(ctx context.Context) ([]exemptions.Exemption, error) {
	content, _, err := h.Store.ReadRaw(ctx, names.ExemptionsKey)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%w; deploy the functions layer", err)
	}
	if err != nil {
		return nil, err
	}
	list, err := exemptions.Parse(content)
	return list.All(), err
}

// margin is how much earlier than the start of the last report a remediation may have changed to be in this one: S3 tells
// whole seconds by a clock of its own, and one that is reported twice is better than one that is not.
const margin = time.Minute

// readRemediations reads the newest of the records that changed since the last report.
func (h *Handler) readRemediations(ctx context.Context, w *work) (report.Remediations, error) {
	since := w.state.Started.Add(-names.ScheduleHours * time.Hour)
	if w.ledger.Base != nil {
		since = w.ledger.Base.Started.Add(-margin)
	}
	found := report.Remediations{Newest: []report.Remediation{}}
	var newest []objects.Object
	err := h.Objects.List(ctx, names.RemediationsPrefix, func(object objects.Object) bool {
		if !object.Modified.Before(since) {
			found.Changed++
			newest = keepNewest(newest, object)
		}
		return true
	})
	var faults []error
	for _, object := range newest {
		var record report.Remediation
		if _, err := h.Store.Read(ctx, object.Key, &record); err != nil {
			faults = append(faults, err)
			continue
		}
		found.Newest = append(found.Newest, record.Shortened())
	}
	report.SortRemediations(found.Newest)
	if len(faults) > 0 {
		err = errors.Join(err, fmt.Errorf("%d records could not be read; the first: %w", len(faults), faults[0]))
	}
	return found, err
}

// keepNewest keeps the object if it is among the newest that a report shows.
func keepNewest(newest []objects.Object, object objects.Object) []objects.Object {
	at, _ := slices.BinarySearchFunc(newest, object, func(a, b objects.Object) int {
		return cmp.Or(b.Modified.Compare(a.Modified), cmp.Compare(a.Key, b.Key))
	})
	newest = slices.Insert(newest, at, object)
	return newest[:min(len(newest), report.RemediationsShown)]
}
