package report

import (
	"cmp"
	"slices"
	"time"
)

// Remediations are those whose records changed since the report before.
type Remediations struct {
	Changed int           `json:"changed"` // how many
	Newest  []Remediation `json:"newest"`  // newest first; at most RemediationsShown
}

// RemediationsShown is how many remediations a report names.
const RemediationsShown = 100

// Remediation is what was decided and done about one result: a part of its record under remediations/.
type Remediation struct {
	Rule         string    `json:"rule"`
	ResourceType string    `json:"resourceType"`
	ResourceID   string    `json:"resourceId"`
	Outcome      string    `json:"outcome"`
	Why          string    `json:"why,omitempty"`
	Updated      time.Time `json:"updatedAt"`
	Changes      []Change  `json:"changes,omitempty"`
}

// Change is what happened, or would happen, to one property.
type Change struct {
	Property string `json:"property"`
	Before   string `json:"before"`
	After    string `json:"after"`
}

// SortRemediations has the newest first.
func SortRemediations(all []Remediation) {
	slices.SortFunc(all, func(a, b Remediation) int {
		return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.ResourceID, b.ResourceID))
	})
}

// textKept is how much of a text a report quotes of a remediation, in characters, and changesKept how many changes.
const (
	textKept    = 200
	changesKept = 10
)

// Shortened is the remediation with no more of its texts than a report quotes.
func (r Remediation) Shortened() Remediation {
	r.Why = shorten(r.Why)
	changes := r.Changes[:min(len(r.Changes), changesKept)]
	r.Changes = nil
	for _, change := range changes {
		r.Changes = append(r.Changes, Change{
			Property: shorten(change.Property), Before: shorten(change.Before), After: shorten(change.After),
		})
	}
	return r
}

func shorten(text string) string {
	if characters := []rune(text); len(characters) > textKept {
		return string(characters[:textKept]) + "…"
	}
	return text
}
