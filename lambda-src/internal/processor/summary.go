package processor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
)

// line is one line of a summary: what has happened under one rule, and how often.
type line struct {
	severity   catalogue.Severity
	rule       string
	transition Transition
	count      int
}

// lines counts markers, worst first: by severity, violations before resolutions, the most frequent first.
func lines(markers []names.FloodMarker) []line {
	counts := map[line]int{}
	for _, marker := range markers {
		counts[line{
			severity: catalogue.Severity(marker.Severity), rule: marker.Rule, transition: Transition(marker.Transition),
		}]++
	}
	all := make([]line, 0, len(counts))
	for one, count := range counts {
		one.count = count
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b line) int {
		return cmp.Or(
			rank(a.severity)-rank(b.severity), -strings.Compare(string(a.transition), string(b.transition)),
			b.count-a.count, strings.Compare(a.rule, b.rule))
	})
	return all
}

// rank is 0 for the worst severity; one that the catalogue does not have is last.
func rank(severity catalogue.Severity) int {
	if at := slices.Index(catalogue.Severities(), severity); at >= 0 {
		return at
	}
	return len(catalogue.Severities())
}

// summary is the one mail about a window's flood. Its attributes list what is in it, so that it reaches whoever would have
// been sent one of the mails.
func (h *Handler) summary(window time.Time, region string, markers []names.FloodMarker) notify.Message {
	all := lines(markers)
	counts := map[Transition]int{}
	attributes := map[string][]string{}
	add := func(name, value string) {
		if !slices.Contains(attributes[name], value) {
			attributes[name] = append(attributes[name], value)
		}
	}
	var text strings.Builder
	for _, one := range all {
		counts[one.transition] += one.count
		fmt.Fprintf(&text, "%-9s %5d  %-10s  %s\n", one.severity, one.count, one.transition, one.rule)
		add(names.AttributeSeverity, string(one.severity))
		add(names.AttributeRule, one.rule)
		for _, resourceType := range rules.Look(h.Rules, one.rule).ResourceTypes {
			add(names.AttributeResourceType, resourceType)
		}
		if one.transition == Violation {
			add(names.AttributeCompliance, events.NonCompliant)
		} else {
			add(names.AttributeCompliance, events.Compliant)
			add(names.AttributeCompliance, events.NotApplicable)
		}
	}
	worst := rules.Unrated
	if len(all) > 0 {
		worst = all[0].severity
	}
	return notify.Message{
		Subject: fmt.Sprintf("[%s] many changes at once: %d violations, %d resolved",
			strings.ToUpper(string(worst)), counts[Violation], counts[Resolution]),
		Body: fmt.Sprintf("In the minute from %s there were more changes of compliance than mails are sent for (%d a minute).\n"+
			"These had no mail of their own:\n\n%s\nEach of them:\n%s\n\nThe rules in the console:\n%s\n\n"+
			"What to do about each rule is in the report that comes every %d hours. Sent by %s.\n",
			window.Format(timeLayout), h.FloodLimit, text.String(), h.Store.URL(names.FloodEventsPrefix(window)),
			"https://"+region+".console.aws.amazon.com/config/home?region="+region+"#/rules", names.ScheduleHours, h.Prefix),
		Lists: attributes,
	}
}
