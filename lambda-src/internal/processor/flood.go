package processor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/documents"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
)

// A flood is more mails in a minute (a window) than the limit. What is beyond it is told in one summary.
//
// Each environment sends a small share of the limit without asking; past it, it claims blocks of slots, each by creating
// one object that nobody else can create. So there are at most limit + share × environments mails in a window, and what
// comes now and then costs no call. An event for which no slot is left puts a marker into the window in place of publishing
// a mail; the rest of its way, claim and mark included, is that of any event. The event that creates the window's object owes
// the summary: it waits until the window is over and all markers have landed, and publishes what they say. It is pending
// until then, so when its invocation dies, its retry finds itself in the window's object and goes on.

const (
	// shares is how many shares the limit is divided into.
	shares = 10
	// blocks is how many blocks of slots there are at most: an environment that comes late asks for each in vain.
	blocks = 3
	// landing is how long after its window's end a marker may be written.
	landing = 5 * time.Second
	// settling is how long after the window's end the markers are read: later than any marker by more than clocks differ.
	settling = 10 * time.Second
	// finishing is the time that an invocation needs after the wait for a window's end.
	finishing = 5 * time.Second
)

// errLate says that a marker may have come too late for the summary. The event's retry starts over in a window of its own.
var errLate = errors.New("the minute that the event was to be summarised in is over; the next try will tell people")

// gate is what this environment knows of windows.
type gate struct {
	mu      sync.Mutex
	windows map[time.Time]*pass
}

// pass is what this environment may still send in one window.
type pass struct {
	left   int  // slots in hand
	next   int  // the block to claim next
	opened bool // the window's object is there, and some other event's
}

// opening is the object of a window: who owes its summary.
type opening struct {
	SchemaVersion int              `json:"schemaVersion"`
	Event         string           `json:"event"` // the event's id
	Record        string           `json:"record"`
	Claim         invocation.Claim `json:"claim"`
}

// window is the window of now, or none where there is no limit.
func (h *Handler) window() time.Time {
	if h.FloodLimit == 0 {
		return time.Time{}
	}
	return h.Now().UTC().Truncate(names.FloodWindow)
}

// of is the pass of a window; the gate must be locked.
func (g *gate) of(window time.Time, share int) *pass {
	if known, ok := g.windows[window]; ok {
		return known
	}
	fresh := map[time.Time]*pass{window: {left: share}}
	for at, known := range g.windows {
		if window.Sub(at).Abs() <= names.FloodWindow { // others are over
			fresh[at] = known
		}
	}
	g.windows = fresh
	return fresh[window]
}

// mayMail takes one of the window's slots, if there is one left for this environment.
func (h *Handler) mayMail(ctx context.Context, run invocation.Invocation, window time.Time) (bool, error) {
	if window.IsZero() {
		return true, nil
	}
	h.gate.mu.Lock()
	defer h.gate.mu.Unlock()
	size := (h.FloodLimit + blocks - 1) / blocks
	pass := h.gate.of(window, max(1, h.FloodLimit/shares))
	for pass.left == 0 && pass.next*size < h.FloodLimit {
		_, err := h.Store.Create(ctx, names.FloodSlotsKey(window, pass.next), run.Claim())
		switch {
		case err == nil:
			pass.left = min(size, h.FloodLimit-pass.next*size)
		case !errors.Is(err, documents.ErrExists):
			return false, fmt.Errorf("claiming a mail's slot: %w", err)
		}
		pass.next++
	}
	if pass.left == 0 {
		return false, nil
	}
	pass.left--
	return true, nil
}

// join has the record told in its window's summary, and says whether the record owes that summary.
func (h *Handler) join(ctx context.Context, run invocation.Invocation, record Record) (owes bool, err error) {
	window := record.Notification.Window
	last := window.Add(names.FloodWindow + landing)
	if h.Now().After(last) {
		return false, errLate
	}
	if owes, err = h.open(ctx, run, record); err != nil {
		return false, fmt.Errorf("opening the window of a flood: %w", err)
	}
	if err := h.mark(ctx, record); err != nil {
		return false, err
	}
	if !owes && h.Now().After(last) {
		return false, errLate
	}
	return owes, nil
}

// mark puts the record's marker into its window. To do so again changes nothing.
func (h *Handler) mark(ctx context.Context, record Record) error {
	marker := names.FloodMarker{
		Severity: string(record.Severity), Rule: record.Rule, Transition: string(record.Transition), ID: record.ID,
	}
	err := h.Store.Write(ctx, marker.Key(record.Notification.Window), map[string]string{"record": record.Key()})
	if err != nil {
		return fmt.Errorf("marking an event for a summary: %w", err)
	}
	return nil
}

// open creates the window's object, unless it is there, and says whether it is the record's.
func (h *Handler) open(ctx context.Context, run invocation.Invocation, record Record) (bool, error) {
	window := record.Notification.Window
	h.gate.mu.Lock()
	defer h.gate.mu.Unlock()
	pass := h.gate.of(window, 0)
	if pass.opened {
		return false, nil
	}
	found := opening{SchemaVersion: SchemaVersion, Event: record.ID, Record: record.Key(), Claim: run.Claim()}
	_, err := h.Store.Create(ctx, names.FloodWindowKey(window), found)
	if errors.Is(err, documents.ErrExists) { // it may be the record's own: created, with the answer lost
		_, err = h.Store.Read(ctx, names.FloodWindowKey(window), &found)
	}
	pass.opened = err == nil
	return err == nil && found.Event == record.ID, err
}

// owes says whether a record that is taken over owes its window's summary. The object is looked for before it is read:
// S3 answers that reading is forbidden where there is none, to whoever may not list the whole bucket.
func (h *Handler) owes(ctx context.Context, record Record) (bool, error) {
	window := record.Notification.Window
	if window.IsZero() || record.Notification.Owes {
		return record.Notification.Owes, nil
	}
	keys, err := h.List(ctx, names.FloodWindowKey(window))
	if err != nil || len(keys) == 0 {
		return false, err
	}
	var found opening
	_, err = h.Store.Read(ctx, names.FloodWindowKey(window), &found)
	return found.Event == record.ID, err
}

// summarise waits until the window is over, and publishes its summary.
func (h *Handler) summarise(ctx context.Context, run invocation.Invocation, window time.Time) (string, error) {
	now, due := h.Now(), window.Add(names.FloodWindow+settling)
	if rest := due.Sub(now); rest > 0 {
		if due.Add(finishing).After(run.Deadline) {
			return "", fmt.Errorf("the summary of a flood is due at %s, and this try ends at %s; the next one publishes it"+
				" (a time-out of 90 s or more, in the settings of the functions layer, spares it)",
				due.Format(time.RFC3339), run.Deadline.UTC().Format(time.RFC3339))
		}
		if err := h.Pause(ctx, rest); err != nil {
			return "", fmt.Errorf("waiting for the end of a flood's minute: %w", err)
		}
	}
	keys, err := h.List(ctx, names.FloodEventsPrefix(window))
	if err != nil {
		return "", fmt.Errorf("reading the markers of a flood: %w", err)
	}
	var markers []names.FloodMarker
	for _, key := range keys {
		marker, err := names.ParseFloodMarker(key)
		if err != nil {
			h.Log.WarnContext(ctx, "passing over an object that is not a flood's", "error", err)
			continue
		}
		markers = append(markers, marker)
	}
	return h.Topic.Publish(ctx, h.summary(window, run.Region, markers))
}
