package reportpage

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
)

// exemptions lists the exemptions, the next to end first.
func (p *page) exemptions(s report.Summary) {
	p.section("Exemptions", len(s.Exemptions), func() {
		if why := s.Lacks(report.PartExemptions); why != "" {
			p.note("They could not be read: " + why)
			return
		}
		if len(s.Exemptions) == 0 {
			p.note("None.")
			return
		}
		sorted := slices.SortedStableFunc(slices.Values(s.Exemptions), func(a, b report.Exemption) int {
			return cmp.Compare(a.DaysLeft, b.DaysLeft)
		})
		t := p.table("Ends", "Rule", "Resources", "Owner", "Reason", "Covers")
		for _, exemption := range sorted {
			t.row(ends(exemption), name(exemption.Rule), code(exemption.Resource), foreign(exemption.Owner), foreign(exemption.Reason),
				number(exemption.Covers))
		}
		t.end()
	})
}

func ends(e report.Exemption) markup {
	on := escape(e.Expires.String())
	switch {
	case e.DaysLeft < 0:
		return on + ` <span class="tag bad">ended</span>`
	case e.DaysLeft == 0:
		return on + ` <span class="tag bad">today</span>`
	case e.Expiring():
		return on + ` <span class="tag warn">in ` + escape(plural(e.DaysLeft, "day")) + `</span>`
	default:
		return on
	}
}

// remediations lists what the remediator decided and did since the last report.
func (p *page) remediations(s report.Summary) {
	p.section("Remediations since the last report", s.Remediations.Changed, func() {
		if why := s.Lacks(report.PartRemediations); why != "" {
			p.note("Not all of them could be read: " + why)
		}
		if len(s.Remediations.Newest) == 0 {
			p.note("None.")
			return
		}
		t := p.table("Outcome", "Rule", "Resource", "Change", "When")
		for _, done := range s.Remediations.Newest {
			t.row(outcome(done.Outcome), name(done.Rule), code(done.ResourceID)+` <span class="kind">`+foreign(done.ResourceType)+`</span>`,
				change(done), moment(done.Updated))
		}
		t.end()
		p.more(s.Remediations.Changed, len(s.Remediations.Newest), "under remediations/ in the bucket")
	})
}

func outcome(outcome string) markup {
	class := markup("")
	switch outcome {
	case "verified", "undone":
		class = "good"
	case "failed", "breaker", "fight":
		class = "bad"
	}
	return `<span class="tag ` + class + `">` + escape(outcome) + `</span>`
}

func change(done report.Remediation) markup {
	if len(done.Changes) == 0 {
		return foreign(done.Why)
	}
	var all markup
	for _, c := range done.Changes {
		all += `<div>` + foreign(c.Property) + `: <del>` + foreign(c.Before) + `</del> → <ins>` + foreign(c.After) + `</ins></div>`
	}
	return all
}

// coverageWarning says above all else that the numbers are not the whole truth.
func (p *page) coverageWarning(s report.Summary) {
	if s.Complete && len(s.Unavailable) == 0 {
		return
	}
	text := "A part of this report is not available: "
	if !s.Complete {
		text = "This report is incomplete: " + plural(len(s.Missing), "rule") + " could not be read whole, and the numbers lack what is missing. "
	}
	p.raw(`<p class="warning" role="note">`, escape(text), ` <a href="#coverage">See the coverage.</a></p>`, "\n")
}

func (p *page) coverage(s report.Summary) {
	p.raw(`<section id="coverage"><h2>Coverage</h2>`)
	if s.Complete {
		p.note("Complete: all results of all " + plural(len(s.Rules), "rule") + " were read.")
	} else {
		t := p.table("Missing", "From page", "Why")
		for _, missing := range s.Missing {
			rule := name(missing.Rule)
			if missing.Rule == report.AllRules {
				rule = "all rules"
			}
			t.row(rule, number(missing.Pages+1), foreign(missing.Why))
		}
		t.end()
	}
	if len(s.Unavailable) > 0 {
		t := p.table("Not available", "Why")
		for _, part := range s.Unavailable {
			t.row(escape(part.Part), foreign(part.Why))
		}
		t.end()
	}
	p.raw(`<p class="note">`, escape(fmt.Sprintf("%s: %s compliant, %s violating, %s not applicable, %s without data.",
		plural(total(s.Results), "result"), number(s.Results.Compliant), number(s.Results.NonCompliant), number(s.Results.NotApplicable),
		number(s.Results.InsufficientData))))
	if s.Newest != nil {
		p.raw(` The newest was recorded on `, moment(*s.Newest), ` UTC.`)
	}
	p.raw(` All of them are in <code>`, foreign(s.Files.Results), "</code>.</p></section>\n")
}

func total(c report.Counts) int {
	return c.Compliant + c.NonCompliant + c.NotApplicable + c.InsufficientData
}
