// Package digest words the mail that tells of a report, when something changed since the last one that was told of.
package digest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// shown is how many entries of a list a mail names.
const shown = 20

// maxField is the longest text of somebody else's that a mail quotes, in characters.
const maxField = 300

// stages are at how many days before their end people are told of exemptions. The last one is that it has ended.
var stages = []int{report.ExpiryDays, 7, 1, -1}

// stage is how many of the stages an exemption has reached.
func stage(daysLeft int) int {
	reached := 0
	for _, days := range stages {
		if daysLeft <= days {
			reached++
		}
	}
	return reached
}

// id tells exemptions apart, so that one that is extended is told of again.
func id(e report.Exemption) string {
	return strings.Join([]string{e.Rule, e.Resource, e.Expires.String()}, "\x00")
}

// Due are the exemptions that people are to be told of, the next to end first, and what they will have been told then.
func Due(all []report.Exemption, told map[string]int) (due []report.Exemption, then map[string]int) {
	then = map[string]int{}
	for _, exemption := range all {
		reached := stage(exemption.DaysLeft)
		if reached == 0 {
			continue
		}
		if reached > told[id(exemption)] {
			due = append(due, exemption)
		}
		then[id(exemption)] = max(reached, told[id(exemption)])
	}
	slices.SortStableFunc(due, func(a, b report.Exemption) int { return cmp.Compare(a.DaysLeft, b.DaysLeft) })
	return due, then
}

// News is what a digest is about.
type News struct {
	Summary report.Summary
	Base    *report.Base       // of the last report that was told of; nil for the first report
	Due     []report.Exemption // from Due
	Bucket  string             // where the report is
}

// Changed says whether there is anything to tell.
func (n News) Changed() bool {
	changes := n.Summary.Changes
	return n.Base == nil || changes.New.Count > 0 || changes.Resolved.Count > 0 || len(changes.NewRules) > 0 ||
		len(n.Due) > 0 || n.coverageChanged()
}

func (n News) coverageChanged() bool {
	if n.Base == nil {
		return false
	}
	var missing []string
	for _, m := range n.Summary.Missing {
		missing = append(missing, m.Rule)
	}
	return !slices.Equal(missing, n.Base.Missing)
}

// Message is the mail.
func (n News) Message() notify.Message {
	message := notify.Message{Subject: n.subject(), Body: n.body(), Attributes: map[string]string{}}
	if worst := n.worst(); worst != "" {
		message.Attributes[names.AttributeSeverity] = worst
		message.Attributes[names.AttributeCompliance] = events.NonCompliant
	}
	return message
}

// worst is the severity of the worst new violation, or of the worst one of the first report.
func (n News) worst() string {
	list := n.Summary.Changes.New
	if n.Base == nil {
		list = n.Summary.Changes.Still
	}
	if len(list.First) == 0 {
		return ""
	}
	return string(list.First[0].Severity)
}

func (n News) subject() string {
	changes := n.Summary.Changes
	var parts []string
	add := func(count int, what string) {
		if count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count, what))
		}
	}
	if n.Base == nil {
		parts = append(parts, fmt.Sprintf("first report, %d failing", changes.Still.Count))
	}
	add(changes.New.Count, "new")
	add(changes.Resolved.Count, "resolved")
	add(len(n.Due), "expiring")
	if !n.Summary.Complete {
		parts = append(parts, "incomplete")
	} else if n.coverageChanged() {
		parts = append(parts, "complete again")
	}
	parts = append(parts, "score "+percent(n.Summary.Score))
	label := "INFO"
	if worst := n.worst(); worst != "" {
		label = strings.ToUpper(worst)
	}
	return fmt.Sprintf("[%s] compliance of %s: %s", label, n.Summary.Prefix, strings.Join(parts, ", "))
}

func percent(score *float64) string {
	if score == nil {
		return "unknown"
	}
	return fmt.Sprintf("%.1f %%", floor(*score))
}

// floor is the score with one digit, so that 99.96 is not called 100.
func floor(score float64) float64 { return float64(int(score*10)) / 10 }

func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }

// quoted is somebody else's text in one line, cut off where it is too long.
func quoted(text string) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > maxField {
		return string(line[:maxField]) + "..."
	}
	return string(line)
}

func (n News) resource(item report.Item) resource.Resource {
	return resource.Resource{Type: item.ResourceType, ID: item.ResourceID, Account: n.Summary.Account, Region: n.Summary.Region}
}
