package aggregator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// Keys of what the aggregator keeps between its runs.
const (
	checkpointKey = names.AggregatorState + "checkpoint.json"
	ledgerKey     = names.AggregatorState + "ledger.json"
	partsPrefix   = names.AggregatorState + "parts/" // a part's name is the hash of its content
)

// checkpointVersion is the version of the checkpoint and of the parts. One of another version is abandoned.
const checkpointVersion = 1

// lifetime is how old a report may become before what there is of it is published: less than the time between two
// schedules, so that a scheduled run never goes on with the report of the one before.
const lifetime = names.ScheduleHours*time.Hour - 30*time.Minute

// checkpoint is how far a report has come.
type checkpoint struct {
	SchemaVersion int              `json:"schemaVersion"`
	Started       time.Time        `json:"startedAt"`
	Claim         invocation.Claim `json:"claim"`
	Stopped       string           `json:"stopped,omitempty"` // why the last run stopped
	Prepared      *prepared        `json:"prepared"`          // null before the rules were listed
	Position      position         `json:"position"`
	Parts         []string         `json:"parts"` // names
	Missing       []report.Missing `json:"missing"`
	Generations   map[string]int   `json:"generations"` // how often a rule's reading had to begin again
}

// prepared is what a report holds beside the results. It is read once, so that it does not depend on how often reading
// was interrupted.
type prepared struct {
	Rules        []string               `json:"rules"` // short names, sorted
	Exemptions   []exemptions.Exemption `json:"exemptions"`
	Remediations report.Remediations    `json:"remediations"`
	Unavailable  []report.Unavailable   `json:"unavailable"`
}

// position is the page that is to be read next.
type position struct {
	Rule  int    `json:"rule"`  // index in prepared.Rules
	Token string `json:"token"` // "" for the rule's first page
	Pages int    `json:"pages"` // of the rule, that were read
}

// work is a report while a run is making it.
type work struct {
	run     invocation.Invocation
	begun   bool // whether this run has begun it
	retried bool // whether an earlier run of the same invocation had it
	state   checkpoint
	version store.Version
	resumed string // the token that another run had got
	batch   []sorted.Record
	pages   int // since the last part
	ledger  ledger
	kept    store.Version // the ledger's; "" when there is none
	lost    error         // why the ledger, or the last report's violations, could not be read
}

func newCheckpoint(run invocation.Invocation, now time.Time) checkpoint {
	return checkpoint{
		SchemaVersion: checkpointVersion, Started: now.Truncate(time.Second), Claim: run.Claim(),
		Parts: []string{}, Missing: []report.Missing{}, Generations: map[string]int{},
	}
}

// stale says whether a new report is due.
func (w *work) stale(now time.Time) bool { return now.Sub(w.state.Started) >= lifetime }

// published says whether all that is left to do is to clear away the checkpoint.
func (w *work) published() bool { return w.ledger.Finished.Equal(w.state.Started) }

// done says whether all rules were read.
func (w *work) done() bool {
	return w.state.Prepared != nil && w.state.Position.Rule == len(w.state.Prepared.Rules)
}

// take begins a report, or goes on with the one that was begun. It returns nil when another run is at it.
func (h *Handler) take(ctx context.Context, run invocation.Invocation, now time.Time) (*work, error) {
	w := &work{run: run, begun: true, state: newCheckpoint(run, now)}
	content, old, err := h.Store.ReadRaw(ctx, checkpointKey)
	if errors.Is(err, store.ErrNotFound) {
		w.version, err = h.Store.Create(ctx, checkpointKey, w.state)
		if !errors.Is(err, store.ErrExists) {
			return w, err
		}
		content, old, err = h.Store.ReadRaw(ctx, checkpointKey)
	}
	if err != nil {
		return nil, err
	}
	found, err := parseCheckpoint(content)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w; if this stays so, delete the object", checkpointKey, err)
	}
	if !run.MayTake(found.Claim, now) {
		return nil, nil //nolint:nilnil // there is nothing to do, and nothing wrong
	}
	if found.SchemaVersion == checkpointVersion {
		w.begun, w.retried = false, found.Claim.RequestID == run.RequestID
		found.Claim = run.Claim()
		w.state, w.resumed = found, found.Position.Token
	}
	w.version, err = h.Store.Replace(ctx, checkpointKey, w.state, old)
	if errors.Is(err, store.ErrChanged) {
		return nil, nil //nolint:nilnil // another run was faster
	}
	return w, err
}

// parseCheckpoint reads of a checkpoint of another version whose it is, and no more.
func parseCheckpoint(content []byte) (checkpoint, error) {
	var header struct {
		SchemaVersion int              `json:"schemaVersion"`
		Claim         invocation.Claim `json:"claim"`
	}
	if err := json.Unmarshal(content, &header); err != nil {
		return checkpoint{}, err
	}
	if header.SchemaVersion != checkpointVersion {
		return checkpoint{SchemaVersion: header.SchemaVersion, Claim: header.Claim}, nil
	}
	var found checkpoint
	err := json.Unmarshal(content, &found)
	return found, err
}

// renew begins a new report in the place of the old one, whose end is err. Until the first save, a crash leaves the old
// one's checkpoint, to be judged again.
func (h *Handler) renew(ctx context.Context, w *work, err error, what string) {
	if err != nil {
		h.Log.ErrorContext(ctx, what, "started", w.state.Started, "error", err)
	}
	w.state = newCheckpoint(w.run, h.Now().UTC())
	w.state.Started = w.later(w.state.Started)
	w.batch, w.pages, w.resumed = nil, 0, ""
}

// rename gives a report that was begun in the same second as the last one a start of its own.
func (h *Handler) rename(ctx context.Context, w *work) error {
	started := w.later(w.state.Started)
	if !w.begun || started.Equal(w.state.Started) {
		return nil
	}
	w.state.Started = started
	return h.save(ctx, w)
}

// later is the start of a new report: reports are told apart, and named, by the second in which they were begun.
func (w *work) later(started time.Time) time.Time {
	if next := w.ledger.Finished.Add(time.Second); started.Before(next) {
		return next
	}
	return started
}

// save writes down what was read, and how far that is.
func (h *Handler) save(ctx context.Context, w *work) error {
	if len(w.batch) > 0 {
		part, err := pack(w.batch)
		if err != nil {
			return fmt.Errorf("packing a part: %w", err)
		}
		sum := newHashed(io.Discard)
		_, _ = sum.Write(part)
		name := sum.name()
		if err := h.Objects.Put(ctx, partsPrefix+name, gzipType, part); err != nil {
			return err
		}
		w.state.Parts = append(w.state.Parts, name)
	}
	version, err := h.Store.Replace(ctx, checkpointKey, w.state, w.version)
	if err != nil {
		return err
	}
	w.version, w.batch, w.pages = version, w.batch[:0], 0
	return nil
}
