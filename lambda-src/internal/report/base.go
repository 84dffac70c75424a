package report

import (
	"maps"
	"slices"
	"time"
)

// Base is what is kept of a report to compare the next one with, beside its violations, which are records of their own.
type Base struct {
	Started  time.Time           `json:"startedAt"`
	Score    *float64            `json:"score"`
	Missing  []string            `json:"missing"`  // rules
	Rules    []string            `json:"rules"`    // whose violations are kept: all that a report has ever had whole
	Resolved map[string]Resolved `json:"resolved"` // by rule
	Told     map[string]int      `json:"told"`     // how near its end each exemption was when people were told of it last
}

// historyKept is how many reports the history of the score goes back: a month of one every six hours.
const historyKept = 120

// History is the history with one more report, or with that report as it is now.
func History(points []Point, point Point) []Point {
	history := slices.DeleteFunc(slices.Clone(points), func(p Point) bool { return !p.Started.Before(point.Started) })
	history = append(history, point)
	return history[max(0, len(history)-historyKept):]
}

// next is the base of the report after this one.
func (b *builder) next() Base {
	base := Base{
		Started: b.summary.Started, Score: b.summary.Score, Missing: []string{}, Rules: []string{},
		Resolved: map[string]Resolved{}, Told: map[string]int{},
	}
	for _, missing := range b.summary.Missing {
		base.Missing = append(base.Missing, missing.Rule)
	}
	for rule := range b.kept() {
		base.Rules = append(base.Rules, rule)
		if resolved := b.resolved[rule]; resolved != nil {
			base.Resolved[rule] = *resolved
		}
	}
	slices.Sort(base.Rules)
	if b.in.Base != nil {
		maps.Copy(base.Told, b.in.Base.Told)
	}
	return base
}

// kept are the rules whose violations the next report knows.
func (b *builder) kept() map[string]bool {
	kept := map[string]bool{}
	for rule := range b.known {
		if b.unlisted || b.place[rule] > 0 {
			kept[rule] = true
		}
	}
	for _, rule := range b.summary.Rules {
		if rule.Complete {
			kept[rule.Rule] = true
		}
	}
	return kept
}
