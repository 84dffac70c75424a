package catalogue_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/source"
)

var _ = Describe("Parsing a catalogue", func() {
	It("should read every field", func() {
		c := parsed()
		Expect(c.Packs).To(Equal([]catalogue.Pack{
			{Name: "base", Description: "The default."},
			{Name: "extra", Description: "More."},
		}))
		Expect(c.Remediations[0]).To(Equal(catalogue.Remediation{
			Name: "fix-bucket", Description: "Encrypts.", Risk: catalogue.Low, Reversible: true,
			Statements: []catalogue.Statement{{
				Sid: "FixBucket", Actions: []string{"s3:PutEncryptionConfiguration"},
				Resources: []string{"arn:${Partition}:s3:::*"},
			}},
		}))
		Expect(c.Rules[0]).To(Equal(catalogue.Rule{
			Name: "bucket-encrypted", Identifier: "S3_BUCKET_ENCRYPTED", Trigger: catalogue.OnChange,
			ResourceTypes: []string{"AWS::S3::Bucket"}, Severity: catalogue.High,
			Description: "Buckets are encrypted.", Guidance: "Encrypt it.",
			Frameworks: catalogue.Frameworks{
				CIS: []string{"2.1.1"}, NIST: []string{"SC-28", "SC-28(1)"}, PCI: []string{"3.5.1"},
			},
			Parameters: map[string]string{"kmsKeyArns": "one"}, Packs: []string{"base"}, Remediation: "fix-bucket",
		}))
	})

	Context("when the YAML is not a catalogue's", func() {
		DescribeTable("the error", func(text, says string) {
			_, err := source.Parse([]byte(text))
			Expect(err).To(MatchError(And(HavePrefix("parsing the catalogue"), ContainSubstring(says))))
		},
			Entry("should name the line of an unknown key", "packs: []\nruels: []", "line 2: field ruels not found"),
			Entry("should name the line of an unknown key of a rule",
				"rules:\n  - name: a\n    severty: high", "line 3: field severty not found"),
			Entry("should name the line of a repeated key", "packs: []\npacks: []", "line 2"),
			Entry("should name the line of a value of the wrong kind", "\nrules: none", "line 2: cannot unmarshal"),
			Entry("should name the line of text that is not YAML", "packs:\n\t- a", "line 2"),
			Entry("should say that the text is empty", "", "EOF"),
			Entry("should refuse a second document", sample+"\n---\nrules: []", "one document"),
			Entry("should refuse rubbish after the document", sample+"\n---\n{", "one document"),
		)

		It("should name all unknown keys at once", func() {
			_, err := source.Parse([]byte("a: 1\nb: 2"))
			Expect(err).To(MatchError(And(ContainSubstring("line 1"), ContainSubstring("line 2"))))
		})
	})

	Context("when several things are wrong", func() {
		It("should report them all at once, each with rule, field, value and what was expected", func() {
			text := strings.NewReplacer(
				"severity: high", "severity: urgent",
				"trigger: periodic", "trigger: daily",
				"packs: [extra]", "packs: [exra]",
			).Replace(sample)
			_, err := source.Parse([]byte(text))
			Expect(err).To(MatchError(Equal(strings.Join([]string{
				`validating the catalogue: ` +
					`rule "bucket-encrypted": severity "urgent": expected one of critical, high, medium, low`,
				`rule "account-trail": trigger "daily": expected one of change, periodic, both`,
				`rule "group-closed": pack "exra": expected one of base, extra`,
			}, "\n"))))
		})

		It("should hand each out as a Fault", func() {
			_, err := source.Parse(altered("severity: high", "severity: urgent"))
			Expect(err).To(MatchError(catalogue.Fault{
				Subject: `rule "bucket-encrypted"`, Field: "severity", Value: "urgent",
				Expected: "one of critical, high, medium, low",
			}))
		})
	})
})

var _ = Describe("Looking up", func() {
	It("should find a rule by our name", func() {
		rule, found := parsed().Rule("group-closed")
		Expect(found).To(BeTrue())
		Expect(rule.Identifier).To(Equal("GROUP_CLOSED"))
	})

	It("should say when there is no such rule or remediation", func() {
		_, found := parsed().Rule("GROUP_CLOSED")
		Expect(found).To(BeFalse())
		_, found = parsed().Remediation("bucket-encrypted")
		Expect(found).To(BeFalse())
	})

	It("should hand out copies", func() {
		c := parsed()
		rule, _ := c.Rule("bucket-encrypted")
		rule.ResourceTypes[0], rule.Packs[0], rule.Parameters["kmsKeyArns"] = "x", "x", "x"
		rule.Frameworks.CIS[0], rule.Frameworks.NIST[0], rule.Frameworks.PCI[0] = "x", "x", "x"
		remediation, _ := c.Remediation("fix-bucket")
		remediation.Statements[0].Sid = "x"
		remediation.Statements[0].Actions[0], remediation.Statements[0].Resources[0] = "x", "x"
		Expect(c).To(Equal(parsed()))
	})
})
