package processor

import (
	"fmt"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

const timeLayout = "2006-01-02 15:04:05 UTC"

// mail is what people are told of a violation or a resolution.
func (h *Handler) mail(record Record, rule catalogue.Rule) notify.Message {
	return notify.Message{
		Subject: subject(record),
		Body:    h.body(record, rule),
		Attributes: map[string]string{
			names.AttributeSeverity:     string(record.Severity),
			names.AttributeRule:         record.Rule,
			names.AttributeResourceType: record.ResourceType,
			names.AttributeCompliance:   record.Compliance,
		},
	}
}

// subject names severity and rule first, because what is too long is cut at the end.
func subject(record Record) string {
	what := "violation"
	if record.Transition == Resolution {
		what = "resolved"
	}
	return fmt.Sprintf("[%s] %s: %s on %s", strings.ToUpper(string(record.Severity)), what, record.Rule, record.ResourceID)
}

func (h *Handler) body(record Record, rule catalogue.Rule) string {
	found := resource.Resource{Type: record.ResourceType, ID: record.ResourceID, Account: record.Account, Region: record.Region}
	var text strings.Builder
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(&text, "%-12s%s\n", label, value)
		}
	}
	arn, _ := found.ARN()
	fmt.Fprintf(&text, "%s\n\n", headline(record))
	line("Rule:", record.Rule+" ("+record.ConfigRule+" in AWS Config)")
	line("Demands:", rule.Description)
	line("Resource:", found.String())
	line("ARN:", arn)
	line("Account:", account(record.Account, h.Alias))
	line("Region:", record.Region)
	line("Since:", since(record))
	line("Was:", record.Previous)
	line("Is:", record.Compliance)
	line("Detail:", record.Annotation)
	line("Severity:", string(record.Severity))
	line("Frameworks:", frameworks(rule.Frameworks))
	if record.Transition == Violation {
		fmt.Fprintf(&text, "\nWhat to do:\n%s\n", strings.TrimSpace(rule.Guidance))
		fmt.Fprintf(&text, "\nWhat happens by itself:\n%s\n", remediation(rule.Remediation, h.Modes.Of(rule.Name)))
	}
	fmt.Fprintf(&text, "\nTimeline in the console:\n%s\n\nRecord:\n%s\n\nSent by %s.\n",
		found.ConsoleURL(), h.Store.URL(record.Key()), h.Prefix)
	return text.String()
}

// account is an account as people know it.
func account(id, alias string) string {
	if alias == "" {
		return id
	}
	return id + " (" + alias + ")"
}

// remediation says whether the remediator will act on a violation, and why or why not.
func remediation(name, mode string) string {
	switch {
	case name == "":
		return "Nothing: there is no remediation for this rule."
	case mode == names.ModeOff:
		return "Nothing: the remediation " + name + " is switched off for this rule (mode off)."
	case mode == names.ModeEnforce:
		return "The remediation " + name + " changes the resource (mode enforce), unless the resource is exempt, opted out by the tag\n" +
			names.TagRemediation + ", or owned by code such as CloudFormation or Terraform, or too many were changed before it.\n" +
			"A mail of its own tells what it did."
	default:
		return "Nothing is changed: the remediation " + name + " plans only for this rule (mode plan).\n" +
			"A mail of its own tells what it would change."
	}
}

func headline(record Record) string {
	switch {
	case record.Transition == Violation:
		return "A resource violates a compliance rule."
	case record.Compliance == events.NotApplicable:
		return "A violation has ended: the resource was deleted, or the rule does not apply to it any more."
	default:
		return "A violation has ended: the resource is compliant again."
	}
}

// since is when AWS Config recorded the result, or when the result was ordered where it does not say.
func since(record Record) string {
	at := record.Recorded
	if at.IsZero() {
		at = record.Ordering
	}
	return at.Format(timeLayout)
}

func frameworks(all catalogue.Frameworks) string {
	var parts []string
	for _, framework := range []struct {
		name     string
		controls []string
	}{{"CIS AWS Foundations", all.CIS}, {"NIST 800-53", all.NIST}, {"PCI DSS", all.PCI}} {
		if len(framework.controls) > 0 {
			parts = append(parts, framework.name+" "+strings.Join(framework.controls, ", "))
		}
	}
	return strings.Join(parts, "; ")
}
