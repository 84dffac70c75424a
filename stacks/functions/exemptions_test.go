package functions

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

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
			_, err := read("exemptions: [{rule: s3-encryption, resource: a, owner: b, reason: c, expires: " + expires + "}]")
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
