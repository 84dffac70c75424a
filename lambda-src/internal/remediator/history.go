package remediator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

const (
	// fightAfter is how many verified fixes have to have been undone by somebody for the remediator to stop.
	fightAfter = 2
	// memory is how long fixes are remembered after the last of them, or after the resource was last found violating
	// in spite of them. It is also how long an operator's undo keeps the remediator away.
	memory = 30 * 24 * time.Hour
	// noticeAgain is how often it is noted that a fight goes on.
	noticeAgain = 24 * time.Hour
)

// history is the verified fixes of one resource for one rule, the oldest first.
type history struct {
	SchemaVersion int       `json:"schemaVersion"`
	Rule          string    `json:"rule"`
	Remediation   string    `json:"remediation"`
	ResourceType  string    `json:"resourceType"`
	ResourceID    string    `json:"resourceId"`
	Account       string    `json:"account"`
	Region        string    `json:"region"`
	Fixes         []fixed   `json:"fixes"`
	Fought        time.Time `json:"foughtAt,omitzero"` // when it was last noted that somebody undoes the fixes
}

// fixed is one verified fix.
type fixed struct {
	Record string    `json:"record"` // id of its record
	At     time.Time `json:"at"`
	Undone *Undo     `json:"undone,omitempty"` // by an operator
}

func newHistory(r Record) history {
	return history{
		SchemaVersion: SchemaVersion, Rule: r.Rule, Remediation: r.Remediation,
		ResourceType: r.ResourceType, ResourceID: r.ResourceID, Account: r.Account, Region: r.Region,
	}
}

func (s history) sameAs(fresh history) bool {
	return s.SchemaVersion == fresh.SchemaVersion && s.Rule == fresh.Rule && s.Remediation == fresh.Remediation &&
		s.ResourceType == fresh.ResourceType && s.ResourceID == fresh.ResourceID && s.Account == fresh.Account &&
		s.Region == fresh.Region && s.Fixes != nil
}

// historyKey is the key of the history that a record belongs to.
func historyKey(r Record) string {
	hash := sha256.New()
	for _, field := range []string{r.Remediation, r.ResourceType, r.ResourceID, r.Account, r.Region} {
		_, _ = io.WriteString(hash, field+"\x00")
	}
	return names.FixHistoryKey(r.Rule, hex.EncodeToString(hash.Sum(nil)[:16]))
}

// over says whether everything was so long ago that it is forgotten.
func (s history) over(now time.Time) bool {
	latest := s.Fought
	for _, fix := range s.Fixes {
		for _, at := range []time.Time{fix.At, fix.undoneAt()} {
			if at.After(latest) {
				latest = at
			}
		}
	}
	return now.Sub(latest) >= memory
}

func (f fixed) undoneAt() time.Time {
	if f.Undone == nil {
		return time.Time{}
	}
	return f.Undone.At
}

// has says whether the fix of a record is among those that were verified.
func (s history) has(id string) bool {
	return slices.ContainsFunc(s.Fixes, func(f fixed) bool { return f.Record == id })
}

// latest is the id of the record of the last fix, or "".
func (s history) latest() string {
	if len(s.Fixes) == 0 {
		return ""
	}
	return s.Fixes[len(s.Fixes)-1].Record
}

// verdict is what a history says about one more fix.
type verdict struct {
	done    bool // this very fix was verified: only its record does not say so yet
	against bool
	fought  bool   // against, because somebody undoes the fixes, and it has not been noted for a while
	why     string // it is against
}

// judge decides whether a fix would go against what somebody wants.
func (s history) judge(id string, now time.Time, url string) verdict {
	if s.has(id) {
		return verdict{done: true}
	}
	if s.over(now) {
		return verdict{}
	}
	if found := s.undone(now, url); found.against || len(s.Fixes) < fightAfter {
		return found
	}
	last := s.Fixes[len(s.Fixes)-fightAfter:]
	return verdict{
		against: true, fought: now.Sub(s.Fought) >= noticeAgain,
		why: fmt.Sprintf("somebody undid the same fix twice (verified on %s and %s): find out who, and exempt the resource "+
			"or leave it compliant for 30 days; to have it fixed again at once, delete %s", date(last[0].At), date(last[1].At), url),
	}
}

// undone decides whether a fix would go against an operator, who has had the resource brought back as it was.
func (s history) undone(now time.Time, url string) verdict {
	for _, fix := range slices.Backward(s.Fixes) {
		if fix.Undone != nil && now.Sub(fix.Undone.At) < memory {
			return verdict{against: true, why: fmt.Sprintf("undone by %s on %s: exempt the resource to keep it so after %s; "+
				"to have it fixed again at once, delete %s", fix.Undone.By, date(fix.Undone.At), date(fix.Undone.At.Add(memory)), url)}
		}
	}
	return verdict{}
}

func date(at time.Time) string {
	return at.UTC().Format(time.DateOnly)
}

// oppose looks whether a fix would be a fight. It notes, at most once a day, that a fight goes on.
func (h *Handler) oppose(ctx context.Context, record Record) (verdict, error) {
	key, now := historyKey(record), h.Now()
	current, _, err := load(ctx, h, key, newHistory(record))
	if err != nil {
		return verdict{}, fmt.Errorf("reading the history of fixes, without which nothing is changed: %w", err)
	}
	found := current.judge(record.ID, now, h.Store.URL(key))
	if found == (verdict{}) {
		return h.undoneForOthers(ctx, record)
	}
	if !found.fought {
		return found, nil
	}
	err = amend(ctx, h, key, newHistory(record), func(s *history) bool {
		s.Fought = now.UTC()
		return true
	})
	if err != nil {
		return verdict{}, fmt.Errorf("noting that somebody undoes a fix: %w", err)
	}
	return found, nil
}

// remember adds a verified fix to the history, once.
func (h *Handler) remember(ctx context.Context, record Record) error {
	now := h.Now().UTC()
	err := amend(ctx, h, historyKey(record), newHistory(record), func(s *history) bool {
		if s.has(record.ID) {
			return false
		}
		if s.over(now) {
			s.Fixes, s.Fought = nil, time.Time{}
		}
		s.Fixes = append(s.Fixes, fixed{Record: record.ID, At: now})
		return true
	})
	if err != nil {
		return fmt.Errorf("remembering the fix: %w", err)
	}
	return nil
}

// markUndone notes in the history who has undone a fix, or, with nil, that nobody has.
func (h *Handler) markUndone(ctx context.Context, record Record, undone *Undo) error {
	err := amend(ctx, h, historyKey(record), newHistory(record), func(s *history) bool {
		i := slices.IndexFunc(s.Fixes, func(f fixed) bool { return f.Record == record.ID })
		if i < 0 {
			s.Fixes = append(s.Fixes, fixed{Record: record.ID, At: record.Updated})
			i = len(s.Fixes) - 1
		}
		s.Fixes[i].Undone = undone
		return true
	})
	if err != nil {
		return fmt.Errorf("noting in the history of fixes that one is undone: %w", err)
	}
	return nil
}

// overtaken returns the id of a later fix of the same resource, or "".
func (h *Handler) overtaken(ctx context.Context, record Record) (string, error) {
	current, _, err := load(ctx, h, historyKey(record), newHistory(record))
	if err != nil {
		return "", fmt.Errorf("reading the history of fixes: %w", err)
	}
	if latest := current.latest(); latest != "" && latest != record.ID && current.has(record.ID) {
		return latest, nil
	}
	return "", nil
}
