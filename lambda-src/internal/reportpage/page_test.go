package reportpage_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/reportpage"
)

// element is one element of a page, with its text.
type element struct {
	name       string
	attributes map[string]string
}

// parse reads a page, strictly: every element must be closed, in order, and every attribute quoted. Void elements of HTML
// are closed first, since XML has none.
func parse(page []byte) (elements []element, text string, err error) {
	void := regexp.MustCompile(`<(meta)([^>]*)>`)
	decoder := xml.NewDecoder(strings.NewReader(void.ReplaceAllString(string(page), "<$1$2/>")))
	decoder.Entity = xml.HTMLEntity
	var said strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return elements, said.String(), nil
		}
		if err != nil {
			return nil, "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attributes: map[string]string{}}
			for _, attribute := range token.Attr {
				e.attributes[attribute.Name.Local] = attribute.Value
			}
			elements = append(elements, e)
		case xml.CharData:
			said.Write(token)
		}
	}
}

// expectSafe requires a page that is well formed and fetches nothing.
func expectSafe(g Gomega, page []byte) string {
	elements, text, err := parse(page)
	g.Expect(err).NotTo(HaveOccurred())
	for _, e := range elements {
		g.Expect(e.name).To(BeElementOf("html", "head", "meta", "title", "style", "body", "main", "header", "section", "h1", "h2", "p", "div",
			"span", "small", "strong", "bdi", "code", "a", "table", "thead", "tbody", "tr", "th", "td", "del", "ins", "figure", "figcaption",
			"svg", "line", "text", "polygon", "polyline", "circle", "rect"))
		for name, value := range e.attributes {
			g.Expect(name).NotTo(HavePrefix("on"))
			g.Expect(name).NotTo(BeElementOf("src", "srcset", "style", "background", "action", "data"))
			if name == "href" {
				g.Expect(value).To(Or(HavePrefix("https://us-east-1.console.aws.amazon.com/"), Equal("#coverage")))
			}
		}
	}
	g.Expect(string(page)).NotTo(Or(ContainSubstring("@import"), ContainSubstring("url(")))
	return text
}

var _ = Describe("The page", func() {
	It("should be well formed, and need nothing from elsewhere", func() {
		expectSafe(Default, reportpage.Render(sample()))
	})

	It("should say what the report says", func() {
		text := expectSafe(Default, reportpage.Render(sample()))
		for _, said := range []string{
			"compliance-monitor-prod", "23 Nov 2026, 12:00 UTC", "123456789012", "99.6 %", "up 7.0 points", "incomplete",
			"resources of 2,376 violate a rule", "Still failing 1,234", "and 1,225 more, in results.ndjson.gz.", "exempt until 2026-12-01",
			"customer-invoices-archive-eu-18", "37 hours", "median 9 hours, worst 5 days", "14 of 2,014 violate",
			"2026-11-20 ended", "2026-11-23 today", "2026-11-28 in 5 days", "web team", "public web site behind a CDN",
			"encryption.algorithm: AES256 → aws:kms", "CloudFormation stack shop owns it", "and 246 more, under remediations/",
			"restricted-ssh: AccessDenied", "2 records could not be read", "1 rule reported on for the first time",
			"Score of 61 reports, from 92.0 % on 8 Nov 2026 to 99.6 % on 23 Nov 2026", "A ring is a report that was incomplete",
			"The newest was recorded on 23 Nov 2026, 11:59 UTC",
		} {
			Expect(text).To(ContainSubstring(said))
		}
	})

	It("should say of the first report that there is nothing to compare with", func() {
		s := report.New("monitor-test", "1", "us-east-1", started)
		s.Complete = true
		text := expectSafe(Default, reportpage.Render(s))
		Expect(text).To(And(ContainSubstring("This is the first report"), ContainSubstring("–"), ContainSubstring("Complete: all results of all 0 rules"),
			ContainSubstring("The chart begins with the second report"), ContainSubstring("Nothing."), Not(ContainSubstring("See the coverage"))))
	})

	It("should say what could not be read", func() {
		s := report.New("monitor-test", "1", "us-east-1", started)
		s.Complete = true
		s.Unavailable = []report.Unavailable{{Part: report.PartComparison, Why: "it is gone"}, {Part: report.PartExemptions, Why: "access denied"}}
		Expect(expectSafe(Default, reportpage.Render(s))).To(And(ContainSubstring("The last report could not be compared with: it is gone"),
			ContainSubstring("They could not be read: access denied"), ContainSubstring("A part of this report is not available")))
		s.Complete, s.Missing = false, []report.Missing{{Rule: report.AllRules, Why: "throttled"}}
		Expect(expectSafe(Default, reportpage.Render(s))).To(ContainSubstring("all rules1throttled"))
	})

	It("should say that nothing has changed", func() {
		s := sample()
		s.Changes.New, s.Changes.Resolved, s.Changes.NewRules = report.List{}, report.List{}, nil
		text := expectSafe(Default, reportpage.Render(s))
		Expect(text).To(And(ContainSubstring("None since the report of 23 Nov 2026, 06:00 UTC."), ContainSubstring("Resolved 0")))
	})

	DescribeTable("should compare the score with the one before",
		func(before, after float64, said string) {
			s := sample()
			s.Score = &after
			s.History = []report.Point{{Started: started.Add(-time.Hour), Score: &before}, {Started: started, Score: &after}}
			Expect(expectSafe(Default, reportpage.Render(s))).To(ContainSubstring("of results compliant, " + said))
		},
		Entry("when it fell", 70.0, 30.0, "down 40.0 points"),
		Entry("when it rose", 30.0, 30.5, "up 0.5 points"),
		Entry("when it is the same", 30.0, 30.01, "unchanged"),
	)

	It("should draw a chart of two reports of the same moment", func() {
		s := sample()
		s.History = []report.Point{{Started: started, Score: s.Score}, {Started: started, Score: s.Score}}
		Expect(expectSafe(Default, reportpage.Render(s))).To(ContainSubstring("Score of 2 reports"))
	})

	It("should show other people's text as it is, whatever it is", func() {
		hostile := rapid.OneOf(
			rapid.SampledFrom([]string{
				`<script>alert(1)</script>`, `" onmouseover="x`, `'><img src=//evil>`, `</style><b>`, `&lt;`, "a\x00b\x1b[0m", "\u202eevil", "\xff\xfe", "--><!--", "]]>",
				`javascript:alert(1)`, "a\nb\tc",
			}),
			rapid.String(),
		)
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			s := sample()
			text := hostile.Draw(t, "text")
			s.Prefix, s.Account, s.Rules[0].Rule, s.Rules[0].Severity = text, text, text, catalogue.Severity(text)
			s.Changes.New.First[0] = report.Item{Rule: text, Severity: catalogue.Severity(text), ResourceType: text, ResourceID: text, Since: started, ExemptUntil: text}
			s.Exemptions[0].Owner, s.Exemptions[0].Reason, s.Exemptions[0].Resource, s.Exemptions[0].Rule = text, text, text, text
			s.Remediations.Newest[0] = report.Remediation{
				Rule: text, ResourceType: text, ResourceID: text, Outcome: text, Why: text, Changes: []report.Change{{Property: text, Before: text, After: text}},
			}
			s.Remediations.Newest[1] = report.Remediation{Why: text}
			s.Missing[0].Why, s.Missing[0].Rule, s.Unavailable[0].Why, s.Files.Results = text, text, text, text
			s.Unavailable[0].Part = text
			page := reportpage.Render(s)
			g := NewWithT(t)
			expectSafe(g, page)
			// Printable text can be read back from the page, in its own element.
			if regexp.MustCompile(`^[ -~]+$`).MatchString(text) {
				g.Expect(string(page)).To(ContainSubstring(fmt.Sprintf("<h1><bdi>%s</bdi></h1>", html.EscapeString(text))))
			}
		})
	})
})
