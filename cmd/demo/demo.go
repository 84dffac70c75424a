// Package demo tells the whole loop on a local AWS, step by step: resources are broken, found, mailed, fixed or left alone
// with a reason, found compliant again, undone and reported. What is expected is in the script; whatever does not happen is
// an error, so that the story is a check as well.
package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/compliance-monitor/compliance-monitor/cmd/undo"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Deployed is the deployment that the story is told of.
type Deployed struct {
	Endpoint  string // of the local AWS
	Prefix    string // of the deployment's names
	Bucket    string // of reports and records
	Dashboard string
	Operator  undo.Operator // has fixes undone
}

// Demo is one telling of the story.
type Demo struct {
	Deployed
	Narrator *Narrator
	Page     string            // file that the report's page is saved to
	Shown    string            // the same as people are told of it
	Open     func(string) bool // shows a file to the user, and says whether it did
	Keep     bool              // leave what was broken as it is
}

// cleaning is how long the demo may take to clean up, also after an interruption.
const cleaning = time.Minute

// again is how remains are removed.
const again = "run 'go tool task demo' again: it removes them first"

// Run tells the story. Whatever its end, what it made is removed, unless it is to be kept.
func (d *Demo) Run(ctx context.Context) error {
	s := &story{
		Demo: d, world: newWorld(d.Endpoint), local: control{d.Endpoint}, n: d.Narrator,
		ids: map[string]string{}, broken: map[string]time.Time{},
	}
	s.records = &records{world: s.world, bucket: d.Bucket, known: map[string]Record{}}
	err := s.tell(ctx)
	if d.Keep {
		return err
	}
	interrupted := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleaning)
	defer cancel()
	removed, fault := s.world.clean(ctx)
	fault = errors.Join(fault, s.world.record(ctx, true))
	switch {
	case fault != nil:
		return errors.Join(err, fmt.Errorf("something of the demo is left: %w; %s", fault, again))
	case interrupted:
		return fmt.Errorf("interrupted; what the demo made (%d resources) is removed", removed)
	case err == nil:
		d.Narrator.Say("The demo's %d resources are removed again.", removed)
	}
	return err
}

// story is what one run knows.
type story struct {
	*Demo
	world   *world
	local   control
	n       *Narrator
	records *records
	ids     map[string]string    // of the parts, as AWS Config knows them
	begun   time.Time            // of the local cloud
	ahead   time.Duration        // how far the local cloud's clock is ahead of this machine's
	broken  map[string]time.Time // when each part was broken, by the local cloud's clock
	before  Latest
	ends    []end
}

// end is what became of a finding.
type end struct {
	part   Part
	rule   string
	record Record
	again  bool // the fix of the part's other finding has been told of
}

// tell tells the story, step by step. The first step that fails ends it.
func (s *story) tell(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		s.prepare, s.harm, s.find, s.mail, s.remedy, s.look, s.undo, s.sweep, s.report, s.measure,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.next()
	return nil
}

// synchronise reads how far ahead the local cloud's clock is.
func (s *story) synchronise(ctx context.Context) error {
	now, err := s.local.now(ctx)
	s.ahead = time.Until(now)
	return err
}

// now is the local cloud's time.
func (s *story) now() time.Time { return time.Now().Add(s.ahead) }

func (s *story) name(part string) string { return resourceName(s.world.run, part) }

// result finds the first result of a rule about a part that is at least as new as a moment, and of that compliance.
func (s *story) result(ctx context.Context, part Part, rule, compliance string, after time.Time) (evaluation, bool, error) {
	results, err := s.local.history(ctx, names.Resource(s.Prefix, rule), part.Type, s.ids[part.Name])
	if err != nil {
		return evaluation{}, false, err
	}
	for _, result := range results {
		if result.Compliance == compliance && !result.Ordering.Before(after) {
			return result, true, nil
		}
	}
	return evaluation{}, false, nil
}

const (
	compliant    = "COMPLIANT"
	nonCompliant = "NON_COMPLIANT"
)

// awaitResult waits for such a result.
func (s *story) awaitResult(ctx context.Context, part Part, rule, compliance string, after time.Time) (evaluation, error) {
	var found evaluation
	return found, await(ctx, func(ctx context.Context) (string, error) {
		result, there, err := s.result(ctx, part, rule, compliance, after)
		if found = result; there || err != nil {
			return "", err
		}
		return fmt.Sprintf("AWS Config did not find the %s %s %s under rule %s: is the rule deployed?", part.Kind, s.ids[part.Name], compliance, rule), nil
	})
}

// awaitRecord waits for a record with that outcome about a part under a rule, and fails where the remediation has failed.
func (s *story) awaitRecord(ctx context.Context, part Part, rule string, after time.Time, wanted ...Ending) (Record, error) {
	var found Record
	return found, await(ctx, func(ctx context.Context) (string, error) {
		all, err := s.records.since(ctx, after)
		if err != nil {
			return "", err
		}
		record, _ := of(all, rule, s.ids[part.Name])
		for _, ending := range wanted {
			if record.Outcome == ending && record.ID != "" {
				found = record
				return "", nil
			}
		}
		if record.Outcome == Failed {
			return "", fmt.Errorf("the remediation of %s on %s failed: %s", rule, s.ids[part.Name], record.Why)
		}
		return fmt.Sprintf("the %s %s was not %s under rule %s (but %q): look at the remediator's log group and its record",
			part.Kind, s.ids[part.Name], wanted[0], rule, record.Outcome), nil
	})
}
