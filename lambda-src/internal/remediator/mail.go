package remediator

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
)

// mostTold is how many resources one mail describes; the records have them all.
const mostTold = 200

// mail tells what became of one or more resources. url says where a record is kept.
func mail(records []Record, prefix string, url func(key string) string) notify.Message {
	var text strings.Builder
	for i, record := range records {
		if i == mostTold {
			fmt.Fprintf(&text, "And %d more; their records are in %s.\n\n", len(records)-mostTold, url(names.RemediationsPrefix))
			break
		}
		describe(&text, record, url(record.Key()))
	}
	fmt.Fprintf(&text, "To keep the remediator away from a resource, tag it %s=%s or exempt it.\nSent by %s.\n",
		names.TagRemediation, names.TagRemediationOff, prefix)
	message := notify.Message{
		Subject:    subject(records),
		Body:       text.String(),
		Attributes: map[string]string{names.AttributeSeverity: string(worst(records))},
	}
	if len(records) == 1 {
		message.Attributes[names.AttributeRule] = records[0].Rule
		message.Attributes[names.AttributeResourceType] = records[0].ResourceType
	}
	return message
}

func subject(records []Record) string {
	if len(records) == 1 {
		record := records[0]
		return fmt.Sprintf("[%s] remediation %s: %s on %s",
			strings.ToUpper(string(record.Severity)), record.Outcome, record.Rule, record.ResourceID)
	}
	counts := map[Outcome]int{}
	for _, record := range records {
		counts[record.Outcome]++
	}
	parts := make([]string, 0, len(counts))
	for _, outcome := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[outcome], outcome))
	}
	return fmt.Sprintf("[%s] remediation: %s", strings.ToUpper(string(worst(records))), strings.Join(parts, ", "))
}

func worst(records []Record) catalogue.Severity {
	for _, severity := range catalogue.Severities() {
		if slices.ContainsFunc(records, func(record Record) bool { return record.Severity == severity }) {
			return severity
		}
	}
	return records[0].Severity
}

// headlines say what an outcome means.
var headlines = map[Outcome]string{
	Owned:    "Not changed, because code owns the resource. Proposed change:",
	ByHand:   "Not changed: it has to be changed by hand.",
	Planned:  "Not changed. In mode enforce this would be changed:",
	Verified: "Changed, and verified:",
	Failed:   "Not fixed. To be changed was:",
	Breaker:  "Not changed yet, because enough was changed for this rule. To be changed is:",
	Fight:    "Not changed, because somebody does not want it. It would have been changed:",
	Undone:   "Restored as it was before the fix:",
}

func describe(text *strings.Builder, record Record, url string) {
	target := record.target()
	fmt.Fprintf(text, "%s (account %s, %s)\nRule %s, severity %s\n%s\n",
		target, record.Account, record.Region, record.Rule, record.Severity, headlines[record.Outcome])
	changes := record.Changes
	if record.Outcome == Undone {
		changes = reversed(changes)
	}
	for _, change := range changes {
		fmt.Fprintf(text, "  %s: %s -> %s\n", change.Property, orNone(change.Before), orNone(change.After))
	}
	if record.Why != "" {
		fmt.Fprintf(text, "Why: %s\n", record.Why)
	}
	if record.Outcome == Verified {
		fmt.Fprintf(text, "To undo it: go tool task undo -- %s\n", record.ID)
	}
	if record.Undo != nil {
		fmt.Fprintf(text, "Undone by: %s\n", record.Undo.By)
	}
	fmt.Fprintf(text, "Console: %s\nRecord: %s\n\n", target.ConsoleURL(), url)
}

// reversed are the changes of undoing a fix.
func reversed(changes []Change) []Change {
	back := make([]Change, 0, len(changes))
	for _, change := range changes {
		back = append(back, Change{Property: change.Property, Before: change.After, After: change.Before})
	}
	return back
}

func orNone(value string) string {
	if value == "" {
		return "(none)"
	}
	return value
}
