package aggregator

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/configrules"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
)

// How much is read between two saves: a crash, other than a deadline, loses as much. The results of one part are in
// memory at a time, about 500 bytes each.
const (
	resultsOfPart = 5000
	pagesOfPart   = 200
)

var errTime = errors.New("the time ran out")

// read reads what is left to read, and saves it. An error is the reason why it had to stop before the end.
func (h *Handler) read(ctx context.Context, w *work) error {
	if w.done() {
		return nil
	}
	reading, cancel := h.Within(ctx, w.run.WorkFor(h.Now()))
	defer cancel()
	if err := h.prepare(reading, w); err != nil {
		return err
	}
	for !w.done() {
		if err := h.readPage(reading, w); err != nil {
			return err
		}
		if len(w.batch) >= resultsOfPart || w.pages >= pagesOfPart {
			if err := h.save(ctx, w); err != nil {
				return err
			}
		}
	}
	if err := h.save(ctx, w); err != nil {
		return err // the batch is still to be saved
	}
	w.batch = nil // its memory is needed to make the report
	return nil
}

// readPage reads the next page. A rule that AWS Config does not answer for is noted as missing; the error is the reason
// why reading must stop.
func (h *Handler) readPage(ctx context.Context, w *work) error {
	at := &w.state.Position
	rule := w.state.Prepared.Rules[at.Rule]
	page, err := configrules.ReadPage(ctx, h.Config, names.RulePrefix(h.Prefix)+rule, at.Token)
	switch {
	case ctx.Err() != nil && err != nil:
		return errTime
	case awserr.IsThrottled(err):
		return err
	case awserr.IsInvalidNextToken(err) && at.Token != "" && at.Token == w.resumed:
		// The run before got the token, and AWS Config has forgotten it: what was read of the rule is read again.
		h.Log.WarnContext(ctx, "a rule is read again from its first page", "rule", rule, "error", err)
		w.state.Generations[rule]++
		at.Token, at.Pages = "", 0
		return nil
	case err != nil:
		h.Log.WarnContext(ctx, "the report lacks a rule", "rule", rule, "error", err)
		w.state.Missing = append(w.state.Missing, report.Missing{Rule: rule, Why: err.Error(), Pages: at.Pages})
		w.state.Position = position{Rule: at.Rule + 1}
		return nil
	}
	for _, result := range page.Results {
		w.batch = append(w.batch, report.Encode(rule, w.state.Generations[rule], result))
	}
	w.pages++
	at.Token, at.Pages = page.Next, at.Pages+1
	if page.Next == "" {
		w.state.Position = position{Rule: at.Rule + 1}
	}
	return nil
}

// pack is a part: the records, sorted, as a run.
func pack(batch []sorted.Record) ([]byte, error) {
	slices.SortFunc(batch, sorted.Record.Compare)
	var part bytes.Buffer
	out := sorted.NewWriter(&part)
	for _, record := range batch {
		if err := out.Add(record); err != nil {
			return nil, err
		}
	}
	err := out.Close()
	return part.Bytes(), err
}
