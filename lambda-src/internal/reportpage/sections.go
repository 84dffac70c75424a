package reportpage

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// severities draws a bar for each severity that has a result.
func (p *page) severities(s report.Summary) {
	p.section("By severity", -1, func() {
		p.raw(`<div class="bars">`)
		for _, severity := range s.Severities {
			counted := severity.Compliant + severity.NonCompliant
			if counted == 0 {
				continue
			}
			failing := 100 * float64(severity.NonCompliant) / float64(counted)
			p.raw(`<div class="bar"><div>`, badge(severity.Severity), `</div><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">`,
				`<rect class="track" width="100" height="10"/>`,
				`<rect class="fill `, class(severity.Severity), `" width="`, coordinate(failing), `" height="10"/></svg>`,
				`<div class="amount"><strong>`, number(severity.NonCompliant), `</strong> of `, number(counted), " violate</div></div>\n")
		}
		p.raw("</div>\n")
	})
}

func (p *page) changes(s report.Summary) {
	changes := s.Changes
	if changes.Since == nil {
		why := "This is the first report: there is none to compare it with."
		if lacks := s.Lacks(report.PartComparison); lacks != "" {
			why = "The last report could not be compared with: " + lacks
		}
		p.section("Changes", -1, func() { p.note(why) })
	} else {
		p.section("New violations", changes.New.Count, func() {
			if changes.New.Count == 0 {
				p.note("None since the report of " + string(moment(*changes.Since)) + " UTC.")
				return
			}
			p.violations(s, changes.New)
		})
		p.section("Resolved", changes.Resolved.Count, func() { p.resolved(s, changes.Resolved) })
	}
	p.section("Still failing", changes.Still.Count, func() {
		if len(changes.NewRules) > 0 {
			p.note(plural(len(changes.NewRules), "rule") + " reported on for the first time; violations of such a rule count as still failing.")
		}
		if changes.Still.Count == 0 {
			p.note("Nothing.")
			return
		}
		p.violations(s, changes.Still)
	})
}

func (p *page) violations(s report.Summary, list report.List) {
	t := p.table("Severity", "Rule", "Resource", "Failing since")
	for _, item := range list.First {
		since := moment(item.Since) + ` <span class="age">` + escape(length(s.Started.Sub(item.Since))) + `</span>`
		if item.ExemptUntil != "" {
			since += ` <span class="tag">exempt until ` + escape(item.ExemptUntil) + `</span>`
		}
		t.row(badge(item.Severity), name(item.Rule), where(s, item), since)
	}
	t.end()
	p.more(list.Count, len(list.First), "in "+names.ReportResults)
}

func (p *page) resolved(s report.Summary, list report.List) {
	if list.Count == 0 {
		p.note("None.")
		return
	}
	t := p.table("Severity", "Rule", "Resource", "After")
	for _, item := range list.First {
		t.row(badge(item.Severity), name(item.Rule), where(s, item), escape(length(item.Resolved.Sub(item.Since))))
	}
	t.end()
	p.more(list.Count, len(list.First), "in the report before")
}

// where is the resource, with a link to its timeline.
func where(s report.Summary, item report.Item) markup {
	at := resource.Resource{Type: item.ResourceType, ID: item.ResourceID, Account: s.Account, Region: s.Region}
	return `<a href="` + escape(at.ConsoleURL()) + `">` + code(item.ResourceID) + `</a> <span class="kind">` + foreign(item.ResourceType) + `</span>`
}

func (p *page) more(count, shown int, where string) {
	if count > shown {
		p.note(fmt.Sprintf("and %s more, %s.", number(count-shown), where))
	}
}

// rules lists the rules, worst severity first, and those with violations before the others.
func (p *page) rules(s report.Summary) {
	order := report.Severities()
	sorted := slices.SortedStableFunc(slices.Values(s.Rules), func(a, b report.RuleSummary) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Severity), slices.Index(order, b.Severity)),
			cmp.Compare(b.NonCompliant, a.NonCompliant),
		)
	})
	p.section("Rules", len(s.Rules), func() {
		t := p.table("Severity", "Rule", "Violating", "Compliant", "New", "Resolved", "Time to resolve")
		for _, rule := range sorted {
			called := name(rule.Rule)
			if !rule.Complete {
				called += ` <span class="tag bad">incomplete</span>`
			}
			took := markup("–")
			if times := rule.TimeToResolve; times != nil {
				took = `median ` + escape(length(time.Duration(times.Median)*time.Second)) +
					`, worst ` + escape(length(time.Duration(times.Worst)*time.Second))
			}
			t.row(badge(rule.Severity), called, amount(rule.NonCompliant, "bad"), amount(rule.Compliant, ""),
				amount(rule.New, "bad"), amount(rule.Resolved, "good"), took)
		}
		t.end()
	})
}

// amount is a number that is only seen if it is one.
func amount(n int, class markup) markup {
	if n == 0 {
		class = "zero"
	}
	return `<span class="amount ` + class + `">` + number(n) + `</span>`
}
