package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// report has the next report made, and shows what it says.
func (s *story) report(ctx context.Context) error {
	s.n.Step("Six hours later: the report")
	report, err := s.world.nextReport(ctx, s.local, s.Bucket)
	if err != nil {
		return err
	}
	if err := s.synchronise(ctx); err != nil {
		return err
	}
	if err := s.expect(report.Summary.Changes); err != nil {
		return err
	}
	s.n.Scores(s.before, findings(), report)
	s.n.Row(Good, "", fmt.Sprintf("resolved: %d", report.Summary.Changes.Resolved.Count))
	s.n.Violations(report.Summary.Changes.Resolved, s.partOf)
	s.n.Row(Broken, "", fmt.Sprintf("new: %d; what was left alone, and what was undone:", report.Summary.Changes.New.Count))
	s.n.Violations(report.Summary.Changes.New, s.partOf)
	page, err := s.world.object(ctx, s.Bucket, report.Files.Page)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.Page), 0o755); err != nil {
		return fmt.Errorf("making the folder of the report: %w", err)
	}
	if err := os.WriteFile(s.Page, page, 0o644); err != nil {
		return fmt.Errorf("saving the report: %w", err)
	}
	opened := ""
	if s.Open(s.Page) {
		opened = " (it opens in your browser)"
	}
	s.n.Say("The page for people: %s%s", s.Shown, opened)
	return nil
}

// findings is how many results of rules the script makes non-compliant.
func findings() int {
	count := 0
	for _, part := range Script() {
		count += len(part.Rules)
	}
	return count
}

// Scores tells the score before, with so many compliant results of that time broken, and now.
func (n *Narrator) Scores(before Latest, broken int, now Latest) {
	row := func(sign Sign, when string, report Latest) {
		n.Row(sign, "", column("score "+when, len("score with all of it broken")), column(report.Score(), len("100.0 %")), counted(report))
	}
	row(Left, "before", before)
	row(Broken, "with all of it broken", before.with(broken))
	row(Good, "now", now)
}

// Violations lists violations, each with the name of its part; others are left out.
func (n *Narrator) Violations(all Violations, partOf func(resource string) string) {
	for _, one := range all.First {
		name, note := partOf(one.Resource), ""
		if name == "" {
			continue
		}
		if one.ExemptUntil != "" {
			note = "(exempt until " + one.ExemptUntil + ")"
		}
		n.Detail(strings.TrimRight(column(name, nameWidth)+" "+column(one.Rule, ruleWidth)+" "+note, " "))
	}
}

func (s *story) partOf(resource string) string {
	for name, id := range s.ids {
		if id == resource {
			return name
		}
	}
	return ""
}

// expect fails where the report does not have exactly what the story has left behind.
func (s *story) expect(changes struct {
	New      Violations `json:"new"`
	Resolved Violations `json:"resolved"`
},
) error {
	left := map[string]bool{}
	for _, part := range Script() {
		for _, rule := range part.Rules {
			left[s.ids[part.Name]+" "+rule] = part.Ending != Fixed || part.Name == bastion
		}
	}
	for _, one := range changes.New.First {
		name := one.Resource + " " + one.Rule
		if expected, ours := left[name]; ours && !expected {
			return fmt.Errorf("the report has %s under %s as new, which was fixed", one.Resource, one.Rule)
		}
		delete(left, name)
	}
	for name, missing := range left {
		if missing {
			return fmt.Errorf("the report misses the violation %s", name)
		}
	}
	for _, one := range changes.Resolved.First {
		if one.Resource == s.ids[archive] {
			return nil
		}
	}
	return fmt.Errorf("the report does not have %s as resolved, which the sweep has fixed", s.ids[archive])
}

// measure waits until the metrics have moved.
func (s *story) measure(ctx context.Context) error {
	s.n.Step("The metrics have moved")
	fixes := 1 // the sweep's
	for _, e := range s.ends {
		if e.record.Outcome == Fixed {
			fixes++
		}
	}
	var found Metrics
	err := await(ctx, func(ctx context.Context) (string, error) {
		var err error
		found, err = s.world.measure(ctx, s.Prefix, s.begun, s.now())
		if err != nil || found.Fixes >= float64(fixes) && len(found.Scores) > 1 {
			return "", err
		}
		return fmt.Sprintf("CloudWatch knows of %.0f verified remediations and %d scores: expected %d and 2", found.Fixes, len(found.Scores), fixes), nil
	})
	if err != nil {
		return err
	}
	s.n.Row(Good, "", fmt.Sprintf("%s %s, outcome verified: %.0f", names.MetricNamespace, names.MetricRemediations, found.Fixes))
	s.n.Row(Good, "", fmt.Sprintf("%s %s: %s %s %s", names.MetricNamespace, names.MetricComplianceScore,
		percent(found.Scores[0]), s.n.either("→", "->"), percent(found.Scores[len(found.Scores)-1])))
	s.n.Row(Good, "", "on the dashboard "+s.Dashboard)
	return nil
}

// next ends the story, and says what the user may do now.
func (s *story) next() {
	s.n.Step("That was it")
	s.n.Say("Rules, events, functions, permissions, mails: what you saw ran as it is deployed.")
	if s.Keep {
		s.n.Say("Everything is left as it is. To look around:")
		s.n.print("")
		for _, line := range Exports(s.Endpoint) {
			s.n.print("    " + line)
		}
		s.n.print("")
		for _, line := range []string{
			"aws s3 ls s3://" + s.Bucket + "/ --recursive",
			"aws configservice describe-compliance-by-config-rule --compliance-types NON_COMPLIANT",
			"aws logs tail /aws/lambda/" + names.Resource(s.Prefix, names.Remediator),
			"curl -s " + s.Endpoint + "/_localcloud/mailbox",
			"go tool task undo",
		} {
			s.n.print("    " + line)
		}
		s.n.print("")
		s.n.Say("The next run of the demo removes what this one made. 'go tool task local-down' stops it all.")
		return
	}
	s.n.Say("To look around with the AWS CLI, have it leave all as it is: go tool task demo -- --keep")
}

// Exports are the commands that bring the AWS CLI to the local AWS.
func Exports(endpoint string) []string {
	return []string{
		"export AWS_ENDPOINT_URL=" + endpoint,
		"export AWS_ACCESS_KEY_ID=" + accessKey + " AWS_SECRET_ACCESS_KEY=" + accessKey + " AWS_DEFAULT_REGION=" + names.Region,
	}
}
