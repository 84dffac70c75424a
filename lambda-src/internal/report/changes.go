package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

// Changes are what is different from the report before. A rule of which results are missing is not compared: the next
// report that has them all compares it with the last one that had.
type Changes struct {
	Since    *time.Time `json:"comparedWith"` // when that report was started; null when there is none
	New      List       `json:"new"`          // violations that it did not have
	Resolved List       `json:"resolved"`     // its violations that are none any more
	Still    List       `json:"still"`        // all others that were read
	NewRules []string   `json:"newRules"`     // read for the first time; their violations count as still failing
}

func newChanges() Changes {
	empty := func() List { return List{First: []Item{}} }
	return Changes{New: empty(), Resolved: empty(), Still: empty(), NewRules: []string{}}
}

// List is any number of violations, of which the first few are named.
type List struct {
	Count  int    `json:"count"`
	Exempt int    `json:"exempt"` // how many of them an exemption covers
	First  []Item `json:"first"`  // not exempt before exempt, then worst, then newest; at most ItemsShown
}

// ItemsShown is how many violations a list names.
const ItemsShown = 100

// Item is one violation.
type Item struct {
	Rule         string             `json:"rule"`
	Severity     catalogue.Severity `json:"severity"`
	ResourceType string             `json:"resourceType"`
	ResourceID   string             `json:"resourceId"`
	Since        time.Time          `json:"failingSince"`
	Resolved     time.Time          `json:"resolvedAt,omitzero"`
	ExemptUntil  string             `json:"exemptUntil,omitempty"`
}

// add counts a violation, and keeps it if it is one of the first.
func (l *List) add(item Item) {
	l.Count++
	if item.ExemptUntil != "" {
		l.Exempt++
	}
	if len(l.First) == ItemsShown && order(item, l.First[ItemsShown-1]) >= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(l.First, item, order)
	l.First = slices.Insert(l.First, at, item)
	if len(l.First) > ItemsShown {
		l.First = l.First[:ItemsShown]
	}
}

// order has what is not exempt first, then the worst, then the newest. Two different violations are never equal.
func order(a, b Item) int {
	return cmp.Or(
		compareBool(a.ExemptUntil != "", b.ExemptUntil != ""),
		cmp.Compare(rank(a.Severity), rank(b.Severity)),
		b.newest().Compare(a.newest()),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.ResourceType, b.ResourceType),
		cmp.Compare(a.ResourceID, b.ResourceID),
	)
}

func (i Item) newest() time.Time {
	if !i.Resolved.IsZero() {
		return i.Resolved
	}
	return i.Since
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

func rank(severity catalogue.Severity) int {
	return slices.Index(severities, severity)
}
