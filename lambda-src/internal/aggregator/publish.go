package aggregator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/digest"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/objects"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/reportpage"
)

const (
	gzipType = "application/gzip"
	htmlType = "text/html; charset=utf-8"
)

// publish makes the report, writes it, tells of it and notes that it did.
func (h *Handler) publish(ctx context.Context, w *work) (err error) {
	s := &scratch{create: h.Temp}
	defer func() { err = errors.Join(err, s.remove()) }()
	d, err := h.assemble(ctx, w, s)
	if err != nil {
		return err
	}
	if err := h.write(ctx, d); err != nil {
		return err
	}
	if w.lost == nil {
		if err := h.tell(ctx, w, d); err != nil {
			return err
		}
	}
	h.emit(d.summary)
	h.Log.InfoContext(ctx, "published a report", "summary", d.summary.Files.Summary, "complete", d.summary.Complete,
		"missing", d.summary.Missing, "score", d.summary.Score, "results", d.summary.Results)
	return nil
}

// write writes the report's files, and the pointer to them last.
func (h *Handler) write(ctx context.Context, d *document) error {
	files := d.summary.Files
	if err := h.Store.WriteFile(ctx, files.Results, gzipType, d.results); err != nil {
		return err
	}
	if err := h.Store.WriteFile(ctx, violationsPrefix+d.name, gzipType, d.violations); err != nil {
		return err
	}
	if err := h.Objects.Put(ctx, files.Page, htmlType, reportpage.Render(d.summary)); err != nil {
		return err
	}
	if err := h.Store.Write(ctx, files.Summary, d.summary); err != nil {
		return err
	}
	return h.Store.Write(ctx, names.LatestReportKey, report.Latest{SchemaVersion: report.SchemaVersion, Files: files, Summary: d.summary})
}

// tell publishes the digest, if there is anything to tell, and then notes in the ledger what people know. When the
// topic does not take it, the last report that people know stays the one to compare with, so that nothing of what
// changed is lost, and the history goes on all the same.
func (h *Handler) tell(ctx context.Context, w *work, d *document) error {
	next := ledger{SchemaVersion: ledgerVersion, Finished: w.state.Started, History: d.summary.History, Base: &d.next, Violations: d.name}
	news := digest.News{Summary: d.summary, Base: d.last, Bucket: h.Objects.Name()}
	if d.summary.Lacks(report.PartExemptions) == "" {
		news.Due, d.next.Told = digest.Due(d.summary.Exemptions, d.next.Told)
	}
	if news.Changed() {
		if _, err := h.Topic.Publish(ctx, news.Message()); err != nil {
			untold := w.ledger
			untold.SchemaVersion, untold.History = ledgerVersion, d.summary.History
			return errors.Join(fmt.Errorf("telling of the report: %w", err), h.writeLedger(ctx, w, untold))
		}
	}
	return h.writeLedger(ctx, w, next)
}

// publishStale publishes what there is of a report that was never finished, with what is missing and why. If it can't be
// compared with the last report, it is published all the same, but the last report stays the one to compare with.
func (h *Handler) publishStale(ctx context.Context, w *work) error {
	for at := w.state.Position; !w.done(); at = (position{Rule: at.Rule + 1}) {
		missing := report.Missing{Rule: report.AllRules, Pages: at.Pages, Why: "the runs before the next schedule did not suffice"}
		if w.state.Stopped != "" {
			missing.Why += "; the last one stopped because of: " + w.state.Stopped
		}
		if w.state.Prepared == nil {
			w.state.Missing = append(w.state.Missing, missing)
			break
		}
		missing.Rule = w.state.Prepared.Rules[at.Rule]
		w.state.Missing = append(w.state.Missing, missing)
		w.state.Position = position{Rule: at.Rule + 1}
	}
	err := h.publish(ctx, w)
	if lost := w.lost; errors.Is(err, errLast) {
		w.lost = err
		err = h.publish(ctx, w)
		w.lost = lost
	}
	if err != nil {
		return err
	}
	return h.clear(ctx, w)
}

// clear deletes what was kept to make the report, but for the checkpoint.
func (h *Handler) clear(ctx context.Context, w *work) error {
	var keys []string
	err := h.Objects.List(ctx, names.AggregatorState, func(object objects.Object) bool {
		// While the ledger can't be read, nobody knows which violations it names.
		violations := w.lost == nil && strings.HasPrefix(object.Key, violationsPrefix) && object.Key != violationsPrefix+w.ledger.Violations
		if violations || strings.HasPrefix(object.Key, partsPrefix) {
			keys = append(keys, object.Key)
		}
		return true
	})
	for _, key := range keys {
		err = errors.Join(err, h.Objects.Delete(ctx, key))
	}
	if err != nil {
		return fmt.Errorf("clearing away what the report was made of: %w", err)
	}
	return nil
}

// cleanUp deletes all that was kept to make the report, the checkpoint last.
func (h *Handler) cleanUp(ctx context.Context, w *work) error {
	if err := h.clear(ctx, w); err != nil {
		return err
	}
	if err := h.Objects.Delete(ctx, checkpointKey); err != nil {
		return fmt.Errorf("clearing away what the report was made of: %w", err)
	}
	return nil
}
