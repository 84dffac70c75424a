package functions

import (
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

var _ = Describe("Exemptions", func() {
	now := time.Date(2026, 11, 23, 18, 30, 0, 0, time.UTC)

	var known *catalogue.Catalogue

	BeforeEach(func() {
		var err error
		known, err = catalogue.Load()
		Expect(err).NotTo(HaveOccurred())
	})

	read := func(content string) (document, error) { return readExemptions(write(content), known, now) }

	It("should be written as the functions read them", func() {
		exempt, err := read(`
exemptions:
  - rule: s3-encryption
    resource: shop-*
    owner: web team
    reason: Public assets
    expires: 2027-05-31
`)
		Expect(err).NotTo(HaveOccurred())
		Expect(exempt.json()).To(MatchJSON(`{"schemaVersion": 1, "exemptions": [{"rule": "s3-encryption",
			"resource": "shop-*", "owner": "web team", "reason": "Public assets", "expires": "2027-05-31"}]}`))
	})

	It("should be a list, not null, when there are none", func() {
		exempt, err := read("exemptions: []\n")
		Expect(err).NotTo(HaveOccurred())
		Expect(exempt.json()).To(MatchJSON(`{"schemaVersion": 1, "exemptions": []}`))
	})

	It("should be right in the file that the layer comes with", func() {
		exempt, err := readExemptions(DefaultExemptionsFile, known, now)
		Expect(err).NotTo(HaveOccurred())
		Expect(exempt.Exemptions).To(BeEmpty())
	})

	It("should be refused without their file", func() {
		_, err := readExemptions("missing.yaml", known, now)
		Expect(err).To(MatchError("reading exemptions (name their file in the setting exemptionsFile): " +
			"open missing.yaml: no such file or directory"))
	})

	DescribeTable("expiry",
		func(expires, fault string) {
			_, err := read("exemptions: [{rule: s3-encryption, resource: data, owner: b, reason: c, expires: " + expires + "}]")
			if fault == "" {
				Expect(err).NotTo(HaveOccurred())
				return
			}
			Expect(err).To(MatchError("exemptions.yaml:1: " + fault))
		},
		Entry("may be today", "2026-11-23", ""),
		Entry("may be a year ahead", "2027-11-23", ""),
		Entry("may be quoted", `"2027-01-31"`, ""),
		Entry("may not be yesterday", "2026-11-22",
			"expires 2026-11-22 has passed: remove the exemption, or have its owner renew it"),
		Entry("may not be more than a year ahead", "2027-11-24",
			"expires 2027-11-24 is more than a year ahead: expected 2027-11-23 at the latest"),
		Entry("may not be another format", "31.01.2027",
			`expires "31.01.2027" is not a date: expected one such as 2027-11-23`),
		Entry("may not be a day that there is not", "2027-02-29",
			`expires "2027-02-29" is not a date: expected one such as 2027-11-23`),
	)

	shape := "expected one list under the key exemptions; an empty one is written 'exemptions: []'"
	DescribeTable("form",
		func(content, fault string) {
			_, err := read(content)
			Expect(err).To(MatchError(ContainSubstring(fault)))
		},
		Entry("may not be nothing", "", "exemptions.yaml:1: "+shape),
		Entry("may not be a comment alone", "# none\n", "exemptions.yaml:1: "+shape),
		Entry("may not be a bare list", "\n[]\n", "exemptions.yaml:2: "+shape),
		Entry("may not be under another key", "exemption: []", "exemptions.yaml:1: "+shape),
		Entry("may not have another key beside it", "exemptions: []\nmore: []", "exemptions.yaml:1: "+shape),
		Entry("may not be null", "exemptions:\n", "exemptions.yaml:1: "+shape),
		Entry("may not be text", "\nexemptions: none\n", "exemptions.yaml:2: "+shape),
		Entry("may not be broken YAML", "exemptions:\n  - rule: [", "parsing exemptions.yaml: yaml: line 2"),
		Entry("may not be two documents", "exemptions: []\n---\nexemptions: []\n",
			"parsing exemptions.yaml: there is more after the first YAML document"),
		Entry("may not hold text", "exemptions:\n  - s3-encryption\n",
			"exemptions.yaml:2: expected an exemption with rule, resource, owner, reason, expires"),
		Entry("may not hold an unknown field", "exemptions:\n  - rule: s3-encryption\n    until: 2027-01-01\n",
			`exemptions.yaml:3: field "until" is unknown or repeated: expected rule, resource, owner, reason, expires, each once`),
		Entry("may not hold a field twice", "exemptions:\n  - rule: s3-encryption\n    rule: ebs-encryption\n",
			`exemptions.yaml:3: field "rule" is unknown or repeated`),
		Entry("may not hold a list for a text", "exemptions:\n  - rule: s3-encryption\n    resource: [a, b]\n",
			`exemptions.yaml:3: field "resource": expected text`),
		Entry("may not hold null for a text", "exemptions:\n  - rule: s3-encryption\n    owner: ~\n",
			`exemptions.yaml:3: field "owner": expected text`),
		Entry("may not hold an unknown rule", "exemptions:\n  - rule: s3-encrypting\n",
			`exemptions.yaml:2: rule "s3-encrypting" is not in the catalogue`),
	)

	DescribeTable("patterns",
		func(rule, resource, fault string) {
			_, err := read("exemptions: [{rule: " + rule + ", resource: '" + resource + "', owner: b, reason: c, expires: 2027-01-01}]")
			if fault == "" {
				Expect(err).NotTo(HaveOccurred())
				return
			}
			Expect(err).To(MatchError(ContainSubstring("exemptions.yaml:1: resource \"" + resource + "\" matches no id that a resource of rule " +
				rule + " can have: expected one such as " + fault)))
		},
		Entry("may be a bucket's name", "s3-encryption", "shop-public-assets", ""),
		Entry("may be a part of one", "s3-encryption", "*-assets-??", ""),
		Entry("may be everything", "s3-encryption", "*", ""),
		Entry("may not be a bucket's ARN", "s3-encryption", "arn:aws:s3:::shop", "my-bucket"),
		Entry("may not be shorter than a bucket's name", "s3-encryption", "ab", "my-bucket"),
		Entry("may be an id of any of the rule's types", "s3-encryption-kms", "1234abcd-*", ""),
		Entry("may be a volume's id", "ebs-encryption", "vol-0123456789abcdef0", ""),
		Entry("may be a part of one that ends in a letter", "ebs-encryption", "*f", ""),
		Entry("may not be a volume's name", "ebs-encryption", "data-volume", "vol-0123456789abcdef0"),
		Entry("may not be an instance's id where volumes are meant", "ebs-encryption", "i-*", "vol-0123456789abcdef0"),
		Entry("may not be longer than an id", "ebs-encryption", "vol-0123456789abcdef01", "vol-0123456789abcdef0"),
		Entry("may not be in capitals", "ebs-encryption", "VOL-*", "vol-0123456789abcdef0"),
		Entry("may be the account's number", "iam-root-mfa", "123456789012", ""),
		Entry("may not be the account's alias", "iam-root-mfa", "production", "123456789012"),
		Entry("may be anything where ids have no form", "lambda-public-access", "any: thing/at all", ""),
	)

	It("should be refused where another one makes them needless", func() {
		_, err := read(`
exemptions:
  - {rule: s3-encryption, resource: shop-*, owner: a, reason: b, expires: 2027-02-01}
  - {rule: s3-encryption, resource: shop-assets, owner: a, reason: b, expires: 2027-02-01}
  - {rule: s3-encryption, resource: shop-*, owner: c, reason: d, expires: 2027-03-01}
  - {rule: s3-encryption, resource: shop-long-lived, owner: a, reason: b, expires: 2027-04-01}
  - {rule: s3-tls-only, resource: shop-assets, owner: a, reason: b, expires: 2027-02-01}
  - {rule: s3-encryption, resource: shop-**, owner: a, reason: b, expires: 2027-03-01}
`)
		needless := func(line int, resource, by string, other int) string {
			return fmt.Sprintf("exemptions.yaml:%d: resource %q of rule s3-encryption is exempt by %q on line %d already, "+
				"for as long or longer: remove this one", line, resource, by, other)
		}
		Expect(err).To(MatchError(strings.Join([]string{
			needless(3, "shop-*", "shop-*", 5), needless(4, "shop-assets", "shop-*", 3), needless(8, "shop-**", "shop-*", 5),
		}, "\n")))
	})

	It("should be refused where one is there twice, whatever its date is to be", func() {
		_, err := read(`
exemptions:
  - {rule: s3-encryption, resource: data, owner: a, reason: b, expires: soon}
  - {rule: s3-encryption, resource: data, owner: a, reason: b, expires: 2027-02-01}
  - {rule: s3-encryption, resource: da*, owner: a, reason: b, expires: later}
`)
		Expect(err).To(MatchError(And(ContainSubstring("exemptions.yaml:4: resource \"data\" of rule s3-encryption is exempt by \"data\" on line 3"),
			Not(ContainSubstring("da*")))))
	})

	It("should leave what they all say to those that are not needless", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			var all []numbered
			for i := range rapid.IntRange(1, 6).Draw(t, "exemptions") {
				all = append(all, numbered{line: i, value: &exemption{
					Rule:     rapid.SampledFrom([]string{"one", "other"}).Draw(t, "rule"),
					Resource: rapid.SampledFrom([]string{"*", "**", "a*", "a?", "ab", "a"}).Draw(t, "resource"),
					Expires:  rapid.SampledFrom([]string{"2027-01-01", "2027-02-01"}).Draw(t, "expires"),
				}})
			}
			holds := func(e *exemption, rule, id, day string) bool {
				return e.Rule == rule && e.Expires >= day && expression(e.Resource).MatchString(id)
			}
			for _, rule := range []string{"one", "other"} {
				for _, id := range []string{"a", "ab", "ac", "abc", "b", ""} {
					for _, day := range []string{"2027-01-01", "2027-02-01"} {
						before, after := false, false
						for i, one := range all {
							before = before || holds(one.value, rule, id, day)
							after = after || len(needless(all, i)) == 0 && holds(one.value, rule, id, day)
						}
						if before != after {
							t.Fatalf("rule %s, id %q, %s: exempt before %v, and without the needless ones %v", rule, id, day, before, after)
						}
					}
				}
			}
		})
	})

	It("should be warned about when their rule is not deployed", func() {
		exempt, err := read(`
exemptions:
  - {rule: s3-encryption, resource: data, owner: a, reason: b, expires: 2027-02-01}
  - {rule: iam-root-mfa, resource: "*", owner: a, reason: b, expires: 2027-02-01}
  - {rule: s3-tls-only, resource: data, owner: a, reason: b, expires: 2027-02-01}
  - {rule: s3-tls-only, resource: other, owner: a, reason: b, expires: 2027-02-01}
`)
		Expect(err).NotTo(HaveOccurred())
		Expect(exempt.idle(map[string]string{"s3-encryption": "x"})).To(Equal([]string{
			"exemptions for rule iam-root-mfa have no effect, because the rule is not deployed",
			"exemptions for rule s3-tls-only have no effect, because the rule is not deployed",
		}))
		next := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
		recording := deploy(map[string]string{"exemptionsFile": write(
			"exemptions: [{rule: iam-root-mfa, resource: '*', owner: a, reason: b, expires: " + next + "}]")})
		Expect(recording.Resource("exemptions").Inputs["content"]).To(ContainSubstring("iam-root-mfa"), "it is there all the same")
	})

	It("should have all faults reported at once, each on its line", func() {
		_, err := read(`
exemptions:
  - rule: no-such-rule
    resource: a
    owner: " "
    reason: c
    expires: 2020-01-01
  - until: 2027-01-01
`)
		Expect(err).To(MatchError(`exemptions.yaml:8: field "until" is unknown or repeated: ` +
			`expected rule, resource, owner, reason, expires, each once
exemptions.yaml:3: owner is missing
exemptions.yaml:3: rule "no-such-rule" is not in the catalogue: expected a rule's name without the prefix
exemptions.yaml:3: expires 2020-01-01 has passed: remove the exemption, or have its owner renew it
exemptions.yaml:8: rule is missing
exemptions.yaml:8: resource is missing
exemptions.yaml:8: owner is missing
exemptions.yaml:8: reason is missing
exemptions.yaml:8: expires is missing`))
	})
})
