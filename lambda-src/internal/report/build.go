package report

import (
	"bytes"
	"errors"
	"io"
	"time"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
)

// Input is all that a report is made of, but for the results and the last report's violations, which are many.
type Input struct {
	Prefix       string
	Account      string
	Region       string
	Started      time.Time
	Rules        []RuleSummary // without their numbers, sorted by name
	Missing      []Missing
	Unavailable  []Unavailable
	Base         *Base // nil when there is no report to compare with
	Exemptions   []exemptions.Exemption
	Remediations Remediations
	History      []Point // of the reports before
}

// Output takes what is as many as the results.
type Output interface {
	Result(result Result) error
	Violation(record sorted.Record) error // for the next report to compare with, sorted
	Resource(resource []byte, nonCompliant bool) error
}

// Build makes a report of results, one for each rule and resource, and of the violations of the last report, both sorted.
// The summary lacks the number of resources: Output has been told of each. Base is for the next report.
func Build(in Input, results, violations sorted.Source, out Output) (Summary, Base, error) {
	b := newBuilder(in, out)
	if err := b.join(results, violations); err != nil {
		return Summary{}, Base{}, err
	}
	b.summary.finish()
	b.summary.Exemptions = b.covering.all
	for i := range b.summary.Rules {
		if resolved := b.resolved[b.summary.Rules[i].Rule]; resolved != nil {
			b.summary.Rules[i].TimeToResolve = resolved.summary()
		}
	}
	b.summary.History = History(in.History, b.summary.Point())
	return b.summary, b.next(), nil
}

type builder struct {
	in       Input
	out      Output
	summary  Summary
	covering *covering
	unlisted bool                 // whether the rules could not be listed
	known    map[string]bool      // rules of which the last report's violations are known
	place    map[string]int       // of a rule in the summary, from 1
	resolved map[string]*Resolved // by rule
}

func newBuilder(in Input, out Output) *builder {
	b := &builder{
		in: in, out: out, summary: New(in.Prefix, in.Account, in.Region, in.Started),
		covering: newCovering(in.Exemptions, in.Started), known: map[string]bool{}, place: map[string]int{},
		resolved: map[string]*Resolved{},
	}
	b.summary.Missing = append(b.summary.Missing, in.Missing...)
	b.summary.Unavailable = append(b.summary.Unavailable, in.Unavailable...)
	b.summary.Rules = append(b.summary.Rules, in.Rules...)
	b.summary.Remediations = in.Remediations
	incomplete := map[string]bool{}
	for _, missing := range in.Missing {
		incomplete[missing.Rule] = true
	}
	b.unlisted = incomplete[AllRules]
	if in.Base != nil {
		b.summary.Changes.Since = &in.Base.Started
		for _, rule := range in.Base.Rules {
			b.known[rule] = true
		}
		for rule, resolved := range in.Base.Resolved {
			b.resolved[rule] = &Resolved{Count: resolved.Count, Worst: resolved.Worst, Last: append([]int64(nil), resolved.Last...)}
		}
	}
	for i := range b.summary.Rules {
		rule := &b.summary.Rules[i]
		rule.Complete = !incomplete[rule.Rule]
		b.place[rule.Rule] = i + 1
		if in.Base != nil && rule.Complete && !b.known[rule.Rule] {
			b.summary.Changes.NewRules = append(b.summary.Changes.NewRules, rule.Rule)
		}
	}
	return b
}

// rule is a rule of the report, or nil.
func (b *builder) rule(name string) *RuleSummary {
	if place := b.place[name]; place > 0 {
		return &b.summary.Rules[place-1]
	}
	return nil
}

// cursor is how far a source was read.
type cursor struct {
	source sorted.Source
	record sorted.Record
	over   bool
}

func (c *cursor) advance() error {
	record, err := c.source.Next()
	if errors.Is(err, io.EOF) {
		c.over = true
		return nil
	}
	c.record = record
	return err
}

// join goes through both sources side by side.
func (b *builder) join(results, violations sorted.Source) error {
	now, before := &cursor{source: results}, &cursor{source: violations}
	if err := errors.Join(now.advance(), before.advance()); err != nil {
		return err
	}
	for !now.over || !before.over {
		if err := b.step(now, before); err != nil {
			return err
		}
	}
	return nil
}

// step takes the least record, or both if they are of one rule and resource.
func (b *builder) step(now, before *cursor) error {
	order := bytes.Compare(now.record.Key, before.record.Key)
	if before.over || !now.over && order < 0 {
		if err := b.result(now.record, nil); err != nil {
			return err
		}
		return now.advance()
	}
	last, err := parseViolation(before.record)
	if err != nil {
		return err
	}
	if now.over || order > 0 {
		if err := b.absent(before.record, last); err != nil {
			return err
		}
		return before.advance()
	}
	if err := b.result(now.record, &last); err != nil {
		return err
	}
	return errors.Join(now.advance(), before.advance())
}

// result takes one result, and the last report's violation of the same rule by the same resource, if there was one.
func (b *builder) result(record sorted.Record, last *Item) error {
	result, err := decode(record)
	if err != nil {
		return err
	}
	rule := b.rule(result.Rule)
	if rule == nil {
		return nil // the rule could not be listed any more when the reading was taken up again
	}
	result.Severity = rule.Severity
	rule.add(result.Compliance)
	if !result.Recorded.IsZero() && (b.summary.Newest == nil || result.Recorded.After(*b.summary.Newest)) {
		newest := result.Recorded
		b.summary.Newest = &newest
	}
	if result.failing() {
		err = b.failing(rule, &result, last)
	} else if last != nil {
		err = b.passing(rule, result, *last)
	}
	if err != nil {
		return err
	}
	if result.failing() || result.Compliance == events.Compliant {
		if err := b.out.Resource(resource(record), result.failing()); err != nil {
			return err
		}
	}
	return b.out.Result(result)
}

// failing takes a violation.
func (b *builder) failing(rule *RuleSummary, result *Result, last *Item) error {
	result.Since = result.firstSeen()
	if last != nil {
		result.Since = last.Since
	}
	result.ExemptUntil = b.covering.until(rule.Rule, result.ResourceID)
	item := Item{
		Rule: rule.Rule, Severity: rule.Severity, ResourceType: result.ResourceType, ResourceID: result.ResourceID,
		Since: result.Since, ExemptUntil: result.ExemptUntil,
	}
	if last == nil && rule.Complete && b.known[rule.Rule] {
		rule.New++
		b.summary.Changes.New.add(item)
	} else {
		b.summary.Changes.Still.add(item)
	}
	if last == nil && !rule.Complete {
		return nil // so that the next report that has the whole rule tells of it
	}
	return b.out.Violation(violation(rule.Rule, result.ResourceType, result.ResourceID, result.Since))
}

// passing takes a result that was a violation.
func (b *builder) passing(rule *RuleSummary, result Result, last Item) error {
	at := b.in.Started
	if result.Recorded.After(last.Since) {
		at = result.Recorded
	}
	return b.ended(rule, last, at)
}

// absent takes a violation of the last report without a result in this one.
func (b *builder) absent(record sorted.Record, last Item) error {
	rule := b.rule(last.Rule)
	switch {
	case b.unlisted:
		return b.out.Violation(record)
	case rule == nil:
		return nil // nobody watches it any more
	default:
		return b.ended(rule, last, b.in.Started)
	}
}

// ended takes a violation that is none any more, if all of its rule was read; else it is kept for the next report.
func (b *builder) ended(rule *RuleSummary, last Item, at time.Time) error {
	if !rule.Complete {
		return b.out.Violation(violation(last.Rule, last.ResourceType, last.ResourceID, last.Since))
	}
	last.Severity, last.Resolved = rule.Severity, at
	rule.Resolved++
	b.summary.Changes.Resolved.add(last)
	if b.resolved[rule.Rule] == nil {
		b.resolved[rule.Rule] = &Resolved{}
	}
	b.resolved[rule.Rule].add(at.Sub(last.Since))
	return nil
}
