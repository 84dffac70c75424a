package aggregator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// ledgerVersion is the version of the ledger and of the violations.
const ledgerVersion = 1

// violationsPrefix is below what the violations of the last report are kept; a name is the hash of the content.
const violationsPrefix = names.AggregatorState + "violations/"

// ledger is what the next report must know of the ones before.
type ledger struct {
	SchemaVersion int            `json:"schemaVersion"`
	Finished      time.Time      `json:"finished"` // start of the last report that was published and told of
	History       []report.Point `json:"history"`
	Base          *report.Base   `json:"base"`       // of that report; null before the first
	Violations    string         `json:"violations"` // name of its violations
}

// readLedger reads the ledger. Without it, a report can be read, but neither compared nor told of. One of another
// version is as none.
func (h *Handler) readLedger(ctx context.Context, w *work) {
	content, version, err := h.Store.ReadRaw(ctx, ledgerKey)
	if errors.Is(err, store.ErrNotFound) {
		return
	}
	var header struct {
		SchemaVersion int `json:"schemaVersion"`
	}
	if err == nil {
		err = json.Unmarshal(content, &header)
	}
	if err == nil && header.SchemaVersion == ledgerVersion {
		err = json.Unmarshal(content, &w.ledger)
	}
	if err != nil {
		w.ledger, w.lost = ledger{}, fmt.Errorf("reading %s: %w", ledgerKey, err)
		return
	}
	w.kept = version
}

// base is the last report to compare with, and its violations; nil when there is none, with the reason why it can't be
// compared with if there was one.
func (h *Handler) base(ctx context.Context, w *work, s *scratch) (*report.Base, sorted.Source, *report.Unavailable, error) {
	none := func(why string) (*report.Base, sorted.Source, *report.Unavailable, error) {
		return nil, empty{}, &report.Unavailable{Part: report.PartComparison, Why: why}, nil
	}
	switch {
	case w.lost != nil:
		return none(w.lost.Error())
	case w.kept != "" && w.ledger.SchemaVersion != ledgerVersion:
		return none(fmt.Sprintf("what is kept of the last report is not of the schema version that this function reads, %d", ledgerVersion))
	case w.ledger.Base == nil:
		return nil, empty{}, nil, nil
	}
	source, err := h.merged(ctx, s, violationsPrefix, []string{w.ledger.Violations})
	if errors.Is(err, store.ErrNotFound) {
		return none(err.Error())
	}
	return w.ledger.Base, source, nil, err
}

// empty is a source without a record.
type empty struct{}

func (empty) Next() (sorted.Record, error) { return sorted.Record{}, io.EOF }

// writeLedger writes the ledger over the one that was read.
func (h *Handler) writeLedger(ctx context.Context, w *work, next ledger) error {
	var version store.Version
	var err error
	if w.kept == "" {
		version, err = h.Store.Create(ctx, ledgerKey, next)
	} else {
		version, err = h.Store.Replace(ctx, ledgerKey, next, w.kept)
	}
	if err != nil {
		return err
	}
	w.ledger, w.kept = next, version
	return nil
}
