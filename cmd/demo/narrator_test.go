package demo

import (
	"bytes"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	contract "github.com/compliance-monitor/compliance-monitor/contract/undo"
)

var _ = Describe("The narrator", func() {
	var out *bytes.Buffer

	BeforeEach(func() { out = &bytes.Buffer{} })

	narrator := func(fancy bool) *Narrator {
		at := time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)
		n := NewNarrator(out, fancy, func() time.Time {
			at = at.Add(1200 * time.Millisecond)
			return at
		})
		return n
	}

	part := func(name string) Part {
		for _, one := range Script() {
			if one.Name == name {
				return one
			}
		}
		return Before()
	}

	It("should tell plainly what became of a finding", func() {
		n := narrator(false)
		n.Step("What became of them")
		tokens := []contract.Change{{Property: "HttpTokens", Before: "optional", After: "required"}}
		n.Ending(end{part: part(worker), rule: ruleMetadata, record: Record{Outcome: Fixed, Changes: tokens}}, 420*time.Millisecond)
		n.Ending(end{part: part(invoices), rule: ruleEncryptionKMS, record: Record{Outcome: Fixed, Changes: tokens}, again: true}, time.Second)
		n.Ending(end{part: part(invoices), rule: ruleEncryptionKMS, record: Record{Outcome: FixedToo}}, 0)
		n.Ending(end{part: part(orders), rule: ruleBackups, record: Record{
			Outcome: Planned, Why: "the rule's mode is plan", Changes: []contract.Change{{Property: "BackupRetentionPeriod", After: "7"}},
		}}, 0)
		n.Ending(end{part: part(partner), rule: ruleTLS, record: Record{Outcome: Exempt, Why: "team, until 2027-02-23: why"}}, 0)
		n.Ending(end{part: part(platform), rule: rulePublicBlock, record: Record{Outcome: Owned, Why: "owned by code", Changes: tokens}}, 0)
		n.Ending(end{part: part(admins), rule: ruleAdmins}, 0)
		n.Ending(end{part: part(bastion), rule: ruleSSH, record: Record{Outcome: Fought, Why: "undone by ann"}}, 0)
		Expect(out.String()).To(Equal(`
-- 0  What became of them ----------------------------------------------------------------- 1.2 s --
  + fixed      EC2 instance    worker     ec2-imdsv2                                    after 420 ms
      HttpTokens: optional -> required
  + fixed      S3 bucket       invoices   s3-encryption-kms                              after 1.0 s
      The same fix serves both rules.
  + fixed      S3 bucket       invoices   s3-encryption-kms
      The same fix serves both rules.
  - planned    RDS database    orders     rds-backup-retention
      BackupRetentionPeriod: (none) -> 7
      Left alone: the rule's mode is plan.
  - exempt     S3 bucket       partner    s3-tls-only
      team, until 2027-02-23: why
  - proposed   S3 bucket       platform   s3-public-access-block
      HttpTokens: optional -> required
      Left alone: owned by code.
  - no remedy  IAM policy      admins     iam-no-admin-policies
      No remediation exists for this rule: the mail says what to do, and a person does it.
  - fight      security group  bastion    restricted-ssh
      undone by ann
`))
	})

	It("should frame a mail, whole, and as it is laid out", func() {
		narrator(false).Letter("sns", "ann", "A subject", "Demands:    "+strings.Repeat("word ", 20)+"\n\nhttps://"+strings.Repeat("x", 90)+"\n")
		Expect(out.String()).To(Equal(`  +------------------------------------------------------------------------------------------------+
  | From: sns                                                                                      |
  | To: ann                                                                                        |
  | Subject: A subject                                                                             |
  +------------------------------------------------------------------------------------------------+
  | Demands:    word word word word word word word word word word word word word word word word    |
  |             word word word word                                                                |
  |                                                                                                |
  | https://xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx |
  | xxxx                                                                                           |
  +------------------------------------------------------------------------------------------------+
`))
	})

	It("should tell the score before, at its worst, and now", func() {
		report := func(compliant, broken int) Latest {
			var r Latest
			r.Summary.Results.Compliant, r.Summary.Results.NonCompliant = compliant+broken, 0
			return r.with(broken)
		}
		narrator(false).Scores(report(55, 9), 9, report(51, 13))
		Expect(out.String()).To(Equal(`  - score before                85.9 %  (55 results are compliant, 9 are not)
  x score with all of it broken 71.8 %  (46 results are compliant, 18 are not)
  + score now                   79.6 %  (51 results are compliant, 13 are not)
`))
		Expect(Latest{}.Score()).To(Equal("none"))
	})

	It("should list the violations of the story only", func() {
		narrator(false).Violations(Violations{First: []Violation{
			{Rule: "r", Resource: "i-1"}, {Rule: "other", Resource: "i-2"}, {Rule: "r", Resource: "i-1", ExemptUntil: "2027-01-01"},
		}}, func(id string) string { return map[string]string{"i-1": "worker"}[id] })
		Expect(out.String()).To(Equal("      worker     r\n      worker     r                        (exempt until 2027-01-01)\n"))
	})

	It("should use colours and boxes on a terminal, and the same words", func() {
		tell := func(fancy bool) string {
			out.Reset()
			n := narrator(fancy)
			n.Step("A step")
			n.Say("A sentence")
			n.Row(Good, "1 ms", "a row")
			n.Change("P", "a", "b")
			n.Letter("f", "t", "s", "b")
			return out.String()
		}
		plainly, fancy := tell(false), tell(true)
		Expect(plainly).NotTo(MatchRegexp(`[^\x00-\x7f]|\x1b`))
		Expect(fancy).To(And(ContainSubstring("╭"), ContainSubstring("✓"), ContainSubstring("\x1b[32m"), ContainSubstring("a → b")))
		bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(fancy, "")
		same := strings.NewReplacer("─", "-", "✓", "+", "→", "->", "╭", "+", "╮", "+", "╰", "+", "╯", "+", "├", "+", "┤", "+", "│", "|").Replace(bare)
		Expect(same).To(Equal(plainly))
	})

	It("should never write a line that is too wide, and lose no word of what it wraps", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			text := rapid.StringMatching(`([A-Z][a-z]{1,9}:  )?[a-z ]{0,300}`).Draw(t, "text")
			lines := wrap(text, 40)
			for _, line := range lines {
				if utf8.RuneCountInString(line) > 40 {
					t.Fatalf("%q is too wide", line)
				}
			}
			if squeeze(strings.Join(lines, "")) != squeeze(text) {
				t.Fatalf("%q became %q", text, lines)
			}
		})
	})

	DescribeTable("should say times as people read them", func(took time.Duration, words string) {
		Expect(milliseconds(took)).To(Equal(words))
	},
		Entry("of a clock that went back", -time.Second, "0 ms"), Entry("short", 63*time.Millisecond, "63 ms"),
		Entry("long", 2340*time.Millisecond, "2.3 s"))

	It("should give the exports for the AWS CLI", func() {
		Expect(Exports("http://127.0.0.1:4566")).To(Equal([]string{
			"export AWS_ENDPOINT_URL=http://127.0.0.1:4566",
			"export AWS_ACCESS_KEY_ID=localcloud AWS_SECRET_ACCESS_KEY=localcloud AWS_DEFAULT_REGION=us-east-1",
		}))
	})
})

func squeeze(text string) string { return strings.ReplaceAll(text, " ", "") }

var _ = Describe("The desktop's viewer", func() {
	DescribeTable("should be used where there is a desktop", func(goos, set, viewer string) {
		Expect(Viewer(goos, func(name string) string { return map[string]string{set: ":0"}[name] })).To(Equal(viewer))
	},
		Entry("of macOS", "darwin", "", "open"), Entry("of X", "linux", "DISPLAY", "xdg-open"),
		Entry("of Wayland", "linux", "WAYLAND_DISPLAY", "xdg-open"), Entry("and not on a server", "linux", "", ""))
})
