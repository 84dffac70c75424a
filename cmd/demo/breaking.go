package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

// prepare makes the resources as they should be, and has the first report made.
func (s *story) prepare(ctx context.Context) error {
	s.n.Step("Everything is in order, nearly")
	if removed, err := s.world.clean(ctx); err != nil {
		return err
	} else if removed > 0 {
		s.n.Say("Remains of an earlier run (%d resources) are removed.", removed)
	}
	if err := s.make(ctx); err != nil {
		return err
	}
	if err := s.awaitOrder(ctx); err != nil {
		return err
	}
	var err error
	if s.before, err = s.world.nextReport(ctx, s.local, s.Bucket); err != nil {
		return err
	}
	if err := s.synchronise(ctx); err != nil {
		return err
	}
	s.n.Say("%d resources are made, named %s. Six hours pass on the local cloud's clock, and the schedule brings a report:",
		len(s.ids), s.name("…"))
	s.n.Row(Good, "", "score before: "+s.before.Score(), counted(s.before))
	s.n.Row(Left, "", fmt.Sprintf("one is out of line from the start: %s, %s.", Before().Name, Before().Deed))
	s.n.Detail("Its owner has tagged it compliance:remediation=off, so that the remediator keeps away from it.")
	return nil
}

func counted(report Latest) string {
	return fmt.Sprintf("(%d results are compliant, %d are not)", report.Summary.Results.Compliant, report.Summary.Results.NonCompliant)
}

// make makes the resources while AWS Config does not look, since it takes several calls to make one that complies.
func (s *story) make(ctx context.Context) (err error) {
	if err := s.world.record(ctx, false); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, s.world.record(context.WithoutCancel(ctx), true))
	}()
	if err := s.synchronise(ctx); err != nil {
		return err
	}
	s.begun = s.now()
	props := s.world.props()
	for _, part := range append(Script(), Before()) {
		id, err := props[part.Name].make(ctx, s.name(part.Name))
		if err != nil {
			return fmt.Errorf("making the %s %s: %w", part.Kind, s.name(part.Name), err)
		}
		s.ids[part.Name] = id
	}
	return nil
}

// awaitOrder waits until AWS Config has seen every part as it is meant to be at first.
func (s *story) awaitOrder(ctx context.Context) error {
	for _, part := range Script() {
		for _, rule := range part.Rules {
			if _, err := s.awaitResult(ctx, part, rule, compliant, s.begun); err != nil {
				return err
			}
		}
	}
	for _, rule := range Before().Rules {
		if _, err := s.awaitResult(ctx, Before(), rule, nonCompliant, s.begun); err != nil {
			return err
		}
		if _, err := s.awaitRecord(ctx, Before(), rule, s.begun, OptedOut); err != nil {
			return err
		}
	}
	return nil
}

// harm breaks what the script breaks.
func (s *story) harm(ctx context.Context) error {
	s.n.Step("Somebody breaks eight resources of five kinds")
	props := s.world.props()
	for _, part := range Script() {
		s.broken[part.Name] = s.now()
		if err := props[part.Name].harm(ctx, s.name(part.Name), s.ids[part.Name]); err != nil {
			return fmt.Errorf("breaking the %s %s: %w", part.Kind, s.name(part.Name), err)
		}
		s.n.Row(Broken, "", column(part.Kind, kindWidth), column(part.Name, nameWidth), part.Deed)
	}
	return nil
}

// Widths of columns.
const (
	kindWidth = 15
	nameWidth = 10
	ruleWidth = 24
	wordWidth = 10
)

func column(text string, wide int) string {
	return text + strings.Repeat(" ", max(0, wide-len([]rune(text))))
}

// find waits until AWS Config has found everything.
func (s *story) find(ctx context.Context) error {
	s.n.Step("AWS Config finds them")
	known, err := catalogue.Load()
	if err != nil {
		return err
	}
	for _, part := range Script() {
		for _, name := range part.Rules {
			found, err := s.awaitResult(ctx, part, name, nonCompliant, s.broken[part.Name])
			if err != nil {
				return err
			}
			rule, _ := known.Rule(name)
			s.n.Row(Broken, "found after "+milliseconds(found.Ordering.Sub(s.broken[part.Name])),
				column(part.Kind, kindWidth), column(part.Name, nameWidth), column(name, ruleWidth), string(rule.Severity))
		}
	}
	return nil
}

// mail waits for a mail about each violation, and shows the first.
func (s *story) mail(ctx context.Context) error {
	s.n.Step("People are told")
	began := s.broken[Script()[0].Name].Add(-time.Millisecond)
	var shown []Mail
	err := await(ctx, func(ctx context.Context) (string, error) {
		mails, err := s.local.mails(ctx, began)
		if err != nil {
			return "", err
		}
		shown = nil
		for _, part := range Script() {
			for _, rule := range part.Rules {
				mail, there := about(mails, " violation: "+rule+" on ", s.ids[part.Name])
				if !there {
					return fmt.Sprintf("no mail came about %s on %s: look at the processor's log group", rule, s.ids[part.Name]), nil
				}
				shown = append(shown, mail)
			}
		}
		return "", nil
	})
	if err != nil {
		return err
	}
	s.n.Say("%d mails to %s. The first one:", len(shown), shown[0].To)
	s.n.Letter(shown[0].From, shown[0].To, shown[0].Subject, shown[0].Body)
	s.n.Say("The others:")
	for _, mail := range shown[1:] {
		s.n.Row(Told, "", mail.Subject)
	}
	return nil
}

// about is the mail whose subject says so about a resource.
func about(mails []Mail, words, resource string) (Mail, bool) {
	for _, mail := range mails {
		if strings.Contains(mail.Subject, words) && strings.Contains(mail.Subject+mail.Body, resource) {
			return mail, true
		}
	}
	return Mail{}, false
}
