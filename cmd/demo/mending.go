package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	contract "github.com/compliance-monitor/compliance-monitor/contract/undo"
)

// remedy waits for what the remediator makes of each finding.
func (s *story) remedy(ctx context.Context) error {
	s.n.Step("The remediator fixes what it may, and leaves the rest alone")
	for _, part := range Script() {
		fixes := 0
		for _, rule := range part.Rules {
			ending := end{part: part, rule: rule}
			if part.Ending != NoRemedy {
				record, err := s.awaitRecord(ctx, part, rule, s.broken[part.Name], part.endings()...)
				if err != nil {
					return err
				}
				ending.record = record
			}
			if ending.record.Outcome == Fixed {
				fixes++
			}
			ending.again = fixes > 1
			s.ends = append(s.ends, ending)
			s.n.Ending(ending, ending.record.Updated.Add(s.ahead).Sub(s.broken[part.Name]))
		}
		if part.Ending == Fixed && fixes == 0 {
			return fmt.Errorf("the %s %s complies although nobody has fixed it", part.Kind, s.ids[part.Name])
		}
	}
	return nil
}

// endings are the outcomes that a part's findings may have.
func (p Part) endings() []Ending {
	if len(p.Rules) > 1 {
		return []Ending{p.Ending, FixedToo}
	}
	return []Ending{p.Ending}
}

// Ending tells what became of a finding.
func (n *Narrator) Ending(e end, took time.Duration) {
	head := func(sign Sign, word, time string) {
		n.Row(sign, time, column(word, wordWidth), column(e.part.Kind, kindWidth), column(e.part.Name, nameWidth), e.rule)
	}
	changes := func() {
		for _, change := range e.record.Changes {
			n.Change(change.Property, change.Before, change.After)
		}
	}
	switch e.record.Outcome {
	case Fixed:
		head(Good, "fixed", "after "+milliseconds(took))
		if !e.again {
			changes()
			return
		}
		n.Detail("The same fix serves both rules.")
	case FixedToo:
		head(Good, "fixed", "")
		n.Detail("The same fix serves both rules.")
	case Exempt:
		head(Left, "exempt", "")
		n.Detail(e.record.Why)
	case Owned:
		head(Left, "proposed", "")
		changes()
		n.Detail("Left alone: " + e.record.Why + ".")
	case Planned:
		head(Left, "planned", "")
		changes()
		n.Detail("Left alone: " + e.record.Why + ".")
	case NoRemedy:
		head(Left, "no remedy", "")
		n.Detail("No remediation exists for this rule: the mail says what to do, and a person does it.")
	default:
		head(Left, string(e.record.Outcome), "")
		n.Detail(e.record.Why)
	}
}

// look waits until AWS Config finds what was fixed compliant.
func (s *story) look(ctx context.Context) error {
	s.n.Step("AWS Config finds what was fixed compliant again")
	for _, part := range Script() {
		if part.Ending != Fixed {
			continue
		}
		for _, rule := range part.Rules {
			began := s.broken[part.Name]
			harmed, err := s.awaitResult(ctx, part, rule, nonCompliant, began)
			if err != nil {
				return err
			}
			again, err := s.awaitResult(ctx, part, rule, compliant, harmed.Ordering)
			if err != nil {
				return err
			}
			s.n.Row(Good, milliseconds(again.Ordering.Sub(began))+" after it was broken",
				column(part.Kind, kindWidth), column(part.Name, nameWidth), rule)
		}
	}
	return nil
}

// undo has one fix undone, and sees that it is not made again.
func (s *story) undo(ctx context.Context) error {
	s.n.Step("One fix is undone, and the remediator respects that")
	chosen := s.ending(bastion)
	fix, err := s.Operator.Find(ctx, chosen.record.ID)
	if err != nil {
		return err
	}
	s.n.Say("$ go tool task undo -- %s", chosen.record.ID)
	began := s.now()
	answer, err := s.Operator.Undo(ctx, fix, false)
	if err != nil {
		return err
	}
	if answer.Outcome != contract.Undone {
		return fmt.Errorf("the fix of %s was not undone: %s", chosen.record.Resource, answer.Why)
	}
	s.n.Row(Left, "in "+milliseconds(s.now().Sub(began)), column("undone", wordWidth), column(chosen.part.Kind, kindWidth),
		column(chosen.part.Name, nameWidth), chosen.rule)
	for _, change := range answer.Changes {
		s.n.Change(change.Property, change.Before, change.After)
	}
	if _, err := s.awaitResult(ctx, chosen.part, chosen.rule, nonCompliant, began); err != nil {
		return err
	}
	record, err := s.awaitRecord(ctx, chosen.part, chosen.rule, began, Fought)
	if err != nil {
		return err
	}
	s.n.Say("AWS Config finds it out of line again, and the remediator leaves it alone:")
	s.n.Detail(record.Why)
	return nil
}

// ending is what became of the first finding of a part.
func (s *story) ending(part string) end {
	for _, e := range s.ends {
		if e.part.Name == part {
			return e
		}
	}
	return end{}
}

// sweep lets the remediator in where it was kept away: no event tells of it, so the sweep has to find it.
func (s *story) sweep(ctx context.Context) error {
	s.n.Step("The sweep finds what no event tells of")
	part := Before()
	rule := part.Rules[0]
	if err := s.world.optIn(ctx, s.name(part.Name), ""); err != nil {
		return fmt.Errorf("letting the remediator in at %s: %w", s.name(part.Name), err)
	}
	began := s.now()
	s.n.Say("The owner of %s takes the tag off. Its compliance does not change by that, so AWS Config sends no event.", part.Name)
	if err := s.runSweep(ctx); err != nil {
		return err
	}
	record, err := s.awaitRecord(ctx, part, rule, s.begun, Fixed)
	if err != nil {
		return err
	}
	s.n.Ending(end{part: part, rule: rule, record: record}, record.Updated.Add(s.ahead).Sub(began))
	_, err = s.awaitResult(ctx, part, rule, compliant, began)
	return err
}

// runSweep invokes the remediator as its schedule does, and waits for it.
func (s *story) runSweep(ctx context.Context) error {
	function := names.Resource(s.Prefix, names.Remediator)
	event := fmt.Appendf(nil, `{"source": %q, "detail-type": %q}`, names.EventSourceSchedule, names.DetailTypeSchedule)
	out, err := s.world.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: &function, Payload: event})
	switch {
	case err != nil:
		return fmt.Errorf("invoking the function %s: %w", function, err)
	case out.FunctionError != nil:
		return errors.New("the sweep failed: " + string(out.Payload) + " (" + aws.ToString(out.FunctionError) + ")")
	default:
		return nil
	}
}
