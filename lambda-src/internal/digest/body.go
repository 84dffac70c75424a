package digest

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
)

// text is a mail's body while it is being written.
type text struct{ strings.Builder }

func (t *text) line(format string, values ...any) {
	_, _ = fmt.Fprintf(t, format+"\n", values...)
}

// list writes a headline, a part of count entries, and how many more there are.
func (t *text) list(headline string, count, named int, entry func(i int)) {
	if count == 0 {
		return
	}
	t.line("\n%s (%d)", headline, count)
	part := min(named, shown)
	for i := range part {
		entry(i)
	}
	if count > part {
		t.line("  and %d more", count-part)
	}
}

func (n News) body() string {
	t := &text{}
	n.head(t)
	changes := n.Summary.Changes
	t.list("NEW VIOLATIONS", changes.New.Count, len(changes.New.First), func(i int) { n.violation(t, changes.New.First[i]) })
	if n.Base == nil {
		t.list("VIOLATIONS", changes.Still.Count, len(changes.Still.First), func(i int) { n.violation(t, changes.Still.First[i]) })
	}
	t.list("RESOLVED", changes.Resolved.Count, len(changes.Resolved.First), func(i int) {
		item := changes.Resolved.First[i]
		t.line("  [%s] %s: %s, failing since %s", strings.ToUpper(string(item.Severity)), item.Rule, quoted(n.resource(item).String()), minute(item.Since))
	})
	t.list("RULES REPORTED FOR THE FIRST TIME", len(changes.NewRules), len(changes.NewRules), func(i int) { t.line("  %s", changes.NewRules[i]) })
	t.list("EXEMPTIONS THAT END", len(n.Due), len(n.Due), func(i int) { expiry(t, n.Due[i]) })
	missing := n.Summary.Missing
	t.list("MISSING FROM THE REPORT", len(missing), len(missing), func(i int) {
		t.line("  %s, after %d pages: %s", missing[i].Rule, missing[i].Pages, quoted(missing[i].Why))
	})
	lacks := n.Summary.Unavailable
	t.list("NOT AVAILABLE", len(lacks), len(lacks), func(i int) { t.line("  %s: %s", lacks[i].Part, quoted(lacks[i].Why)) })
	if n.Base != nil && changes.Still.Count > 0 {
		t.line("\nStill failing: %d", changes.Still.Count)
	}
	t.line("\nThe whole report: s3://%s/%s", n.Bucket, n.Summary.Files.Page)
	t.line("%s", n.consoleURL())
	return t.String()
}

func (n News) head(t *text) {
	s := n.Summary
	t.line("Compliance of %s, account %s, %s", s.Prefix, s.Account, s.Region)
	if n.Base == nil {
		t.line("First report, of %s", minute(s.Started))
	} else {
		t.line("Report of %s, compared with that of %s", minute(s.Started), minute(n.Base.Started))
	}
	t.line("")
	if n.Base != nil {
		t.line("Score %s (it was %s). Resources: %d violate a rule, %d violate none.",
			percent(s.Score), percent(n.Base.Score), s.Resources.NonCompliant, s.Resources.Compliant)
	} else {
		t.line("Score %s. Resources: %d violate a rule, %d violate none.", percent(s.Score), s.Resources.NonCompliant, s.Resources.Compliant)
	}
	switch {
	case !s.Complete:
		t.line("The report is NOT complete; see below what is missing.")
	case n.coverageChanged():
		t.line("The report is complete again.")
	default:
		t.line("The report is complete.")
	}
}

func (n News) violation(t *text, item report.Item) {
	exempt := ""
	if item.ExemptUntil != "" {
		exempt = ", exempt until " + item.ExemptUntil
	}
	t.line("  [%s] %s: %s, since %s%s", strings.ToUpper(string(item.Severity)), item.Rule, quoted(n.resource(item).String()), minute(item.Since), exempt)
	t.line("    %s", n.resource(item).ConsoleURL())
}

func expiry(t *text, e report.Exemption) {
	when := fmt.Sprintf("ends in %d days, on %s", e.DaysLeft, e.Expires)
	switch {
	case e.DaysLeft < 0:
		when = fmt.Sprintf("ended on %s", e.Expires)
	case e.DaysLeft == 0:
		when = "ends today"
	case e.DaysLeft == 1:
		when = fmt.Sprintf("ends tomorrow, on %s", e.Expires)
	}
	t.line("  %s on %s %s; it covers %d violations. Owner: %s. Reason: %s",
		e.Rule, quoted(e.Resource), when, e.Covers, quoted(e.Owner), quoted(e.Reason))
}

// consoleURL is the report's page in the console of S3.
func (n News) consoleURL() string {
	return "https://" + n.Summary.Region + ".console.aws.amazon.com/s3/object/" + url.PathEscape(n.Bucket) + "?" +
		url.Values{"region": {n.Summary.Region}, "prefix": {n.Summary.Files.Page}}.Encode()
}
