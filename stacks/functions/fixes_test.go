package functions

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

var _ = Describe("Fixes", func() {
	choose := func(mode string, modes map[string]string) fixes {
		s := with(nil)
		s.RemediationMode, s.Remediations = mode, map[string]Remediation{}
		for rule, mode := range modes {
			s.Remediations[rule] = Remediation{Mode: mode}
		}
		chosen, err := chooseFixes(s, deployed())
		Expect(err).NotTo(HaveOccurred())
		return chosen
	}

	planning := catalogue.Statement{
		Sid: "PlanS3DefaultEncryption", Actions: []string{"s3:GetBucketTagging", "s3:GetEncryptionConfiguration"},
		Resources: []string{"arn:aws:s3:::*"},
	}
	applying := catalogue.Statement{
		Sid: "ApplyS3DefaultEncryption", Writes: true, Actions: []string{"s3:PutEncryptionConfiguration"},
		Resources: []string{"arn:aws:s3:::*"},
	}

	It("should be those of the deployed rules that have a remediation, each remediation once", func() {
		chosen := choose("plan", nil)
		Expect(chosen.rules).To(Equal([]string{"s3-encryption", "s3-encryption-kms"}))
		Expect(chosen.ruleNames).To(Equal([]string{"monitor-test-s3-encryption", "monitor-test-s3-encryption-kms"}))
		Expect(chosen.statements).To(Equal([]catalogue.Statement{planning}))
	})

	It("should only be allowed to write where a rule is enforced", func() {
		chosen := choose("plan", map[string]string{"s3-encryption": "enforce"})
		Expect(chosen.ruleNames).To(HaveLen(2))
		Expect(chosen.statements).To(Equal([]catalogue.Statement{planning, applying}))
	})

	It("should only be allowed to write where a rule is enforced and, if it stops what runs, its switch says so", func() {
		s := changeable(with(nil))
		for i := range s.Catalogue.Remediations {
			s.Catalogue.Remediations[i].Disruptive = true
		}
		s.RemediationMode = "enforce"
		chosen, err := chooseFixes(s, deployed())
		Expect(err).NotTo(HaveOccurred())
		Expect(chosen.statements).To(Equal([]catalogue.Statement{planning}))
		s.Remediations = map[string]Remediation{"s3-encryption": {AllowDisruption: true}}
		chosen, err = chooseFixes(s, deployed())
		Expect(err).NotTo(HaveOccurred())
		Expect(chosen.statements).To(Equal([]catalogue.Statement{planning, applying}))
	})

	It("should stay as long as one rule has the remediation on", func() {
		chosen := choose("off", map[string]string{"s3-encryption": "enforce"})
		Expect(chosen.ruleNames).To(Equal([]string{"monitor-test-s3-encryption"}))
		Expect(chosen.statements).To(Equal([]catalogue.Statement{planning, applying}))
	})

	It("should be none when all rules are off", func() {
		Expect(choose("off", nil)).To(Equal(fixes{}))
		Expect(choose("plan", map[string]string{"s3-encryption": "off", "s3-encryption-kms": "off"})).To(Equal(fixes{}))
	})

	It("should be none of rules that are not deployed, or that the catalogue does not know", func() {
		upstream := deployed()
		upstream.ConfigRules.RuleNames = map[string]string{"old-rule": "monitor-test-old-rule"}
		Expect(chooseFixes(with(nil), upstream)).To(Equal(fixes{}))
	})

	It("should be refused when the catalogue does not know the remediation", func() {
		s := with(nil)
		s.Catalogue = &catalogue.Catalogue{Rules: []catalogue.Rule{{Name: "s3-encryption", Remediation: "magic"}}}
		_, err := chooseFixes(s, deployed())
		Expect(err).To(MatchError(And(HavePrefix("finding the permissions of remediations: "), ContainSubstring(`"magic"`))))
	})
})
