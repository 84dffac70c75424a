// Package reportpage draws report.html: one page that needs nothing but itself. It has no script, no font and no picture
// from elsewhere, and its links lead to AWS's console only.
//
// It is written by hand and not by html/template, whose reflection would keep every method of the AWS SDK in the
// function's package. In its place the type markup keeps escaped text and other people's text apart.
package reportpage

import (
	_ "embed"
	"fmt"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
)

//go:embed style.css
var style string

// Render is the page of a report.
func Render(s report.Summary) []byte {
	p := &page{}
	p.raw(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Compliance report of `, escape(s.Prefix), `, `, moment(s.Started), `</title>
<style>
`, markup(style), `</style></head>
<body><main>
`)
	p.head(s)
	p.figures(s)
	p.coverageWarning(s)
	p.history(s)
	p.severities(s)
	p.changes(s)
	p.rules(s)
	p.exemptions(s)
	p.remediations(s)
	p.coverage(s)
	p.raw("</main></body></html>\n")
	return p.Bytes()
}

func (p *page) head(s report.Summary) {
	p.raw(`<header><p class="kicker">Compliance report</p><h1>`, foreign(s.Prefix), `</h1>
<p class="meta">`, moment(s.Started), ` UTC · account `, foreign(s.Account), ` · `, foreign(s.Region))
	if s.Complete {
		p.raw(` · <span class="state good">complete</span>`)
	} else {
		p.raw(` · <span class="state bad">incomplete</span>`)
	}
	p.raw("</p></header>\n")
}

// figures are the numbers that a reader wants first.
func (p *page) figures(s report.Summary) {
	p.raw(`<div class="figures">`)
	p.raw(`<div class="figure main"><span class="value">`, escape(percent(s.Score)), `<small> %</small></span>`,
		`<span class="label">of results compliant`, trend(s), `</span></div>`)
	changes := s.Changes
	for _, figure := range []struct {
		value int
		label string
		class markup
	}{
		{changes.New.Count, "new", "bad"},
		{changes.Resolved.Count, "resolved", "good"},
		{changes.Still.Count, "still failing", ""},
		{s.Resources.NonCompliant, "resources of " + string(number(s.Resources.NonCompliant+s.Resources.Compliant)) + " violate a rule", ""},
	} {
		shown := figure.class
		if figure.value == 0 {
			shown = ""
		}
		p.raw(`<div class="figure"><span class="value `, shown, `">`, number(figure.value), `</span>`,
			`<span class="label">`, escape(figure.label), `</span></div>`)
	}
	p.raw("</div>\n")
}

// trend says how the score has changed since the report before.
func trend(s report.Summary) markup {
	if len(s.History) < 2 || s.Score == nil || s.History[len(s.History)-2].Score == nil {
		return ""
	}
	change := *s.Score - *s.History[len(s.History)-2].Score
	switch {
	case change >= 0.05:
		return markup(fmt.Sprintf(`, <span class="good">up %.1f points</span>`, change))
	case change <= -0.05:
		return markup(fmt.Sprintf(`, <span class="bad">down %.1f points</span>`, -change))
	default:
		return ", unchanged"
	}
}
