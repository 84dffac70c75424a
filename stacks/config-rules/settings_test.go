package configrules

import (
	"errors"
	"os"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

// chosen are the names of the chosen rules.
func chosen(s Settings) []string {
	var names []string
	for _, rule := range s.Rules {
		names = append(names, rule.Name)
	}
	return names
}

// ofPack are the names of the catalogue's rules in a pack.
func ofPack(pack string) []string {
	var names []string
	for _, rule := range known().Rules {
		for _, its := range rule.Packs {
			if its == pack {
				names = append(names, rule.Name)
			}
		}
	}
	return names
}

var _ = Describe("Settings", func() {
	It("should choose the essentials of one account where nothing is set", func() {
		s, err := ParseSettings(nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(chosen(s)).To(ConsistOf(ofPack("essentials")))
		Expect(chosen(s)).To(ContainElements("ec2-instance-type", "s3-encryption", "rds-backup-retention", "ebs-encryption"))
		Expect(s.Organization).To(BeFalse())
	})

	It("should choose packs, and single rules beside them, without the excluded ones", func() {
		s, err := ParseSettings(map[string]string{
			"packs": `["identity"]`, "include": `["required-tags"]`, "exclude": `["iam-root-mfa"]`,
			"aggregate": "organization",
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(append(chosen(s), "iam-root-mfa")).To(ConsistOf(append(ofPack("identity"), "required-tags")))
		Expect(s.Organization).To(BeTrue())
	})

	It("should set parameters written as text, number or boolean", func() {
		s, err := ParseSettings(few("parameters", `{"rds-backup-retention":
			{"backupRetentionMinimum": 14, "checkReadReplicas": true, "preferredBackupWindow": "03:00-04:00"}}`))
		Expect(err).NotTo(HaveOccurred())
		Expect(s.Rules).To(ContainElement(SatisfyAll(HaveField("Name", "rds-backup-retention"),
			HaveField("Parameters", map[string]string{
				"backupRetentionMinimum": "14", "checkReadReplicas": "true", "preferredBackupWindow": "03:00-04:00",
			}))))
	})

	DescribeTable("should be refused where they are out of line",
		func(complaint string, more ...string) {
			_, err := ParseSettings(few(more...))
			Expect(err).To(MatchError(ContainSubstring(complaint)))
		},
		Entry("an unknown pack", `pack "esentials"`, "packs", `["esentials"]`),
		Entry("packs that are no list", "compliance-monitor-config-rules:packs", "packs", "essentials"),
		Entry("a pack twice", "compliance-monitor-config-rules:packs[1]", "packs", `["cis", "cis"]`),
		Entry("an unknown rule, with a likely one", "did you mean s3-encryption", "include", `["s3-encrypton"]`),
		Entry("an unknown rule to leave out", `excluded rule "no-such-rule"`, "exclude", `["no-such-rule"]`),
		Entry("nothing chosen", "at least one rule", "include", "[]"),
		Entry("an unknown parameter", "backupRetentionMin", "parameters",
			`{"rds-backup-retention": {"backupRetentionMin": 14}}`),
		Entry("a parameter of another type", "backupRetentionMinimum", "parameters",
			`{"rds-backup-retention": {"backupRetentionMinimum": "a week"}}`),
		Entry("parameters of a rule that is not chosen", `parameters for rule "required-tags"`, "parameters",
			`{"required-tags": {"tag1Key": "Owner"}}`),
		Entry("parameters that are no map of maps", "compliance-monitor-config-rules:parameters", "parameters",
			`{"rds-backup-retention": 14}`),
		Entry("a parameter that is a list", "compliance-monitor-config-rules:parameters", "parameters",
			`{"rds-backup-retention": {"backupRetentionMinimum": [14]}}`),
		Entry("an unknown source", `is "galaxy": expected one of account, organization`, "aggregate", "galaxy"),
		Entry("a setting that there is not", "compliance-monitor-config-rules:pack", "pack", "essentials"),
	)

	It("should be refused with all their faults at once", func() {
		_, err := ParseSettings(map[string]string{
			"packs": `["esentials"]`, "include": `["s3-encrypton", "rds-backup-retention"]`, "aggregate": "galaxy",
			"parameters": `{"rds-backup-retention": {"backupRetentionMin": 14}}`, "colour": "red",
		})
		for _, complaint := range []string{
			"esentials", "s3-encrypton", "galaxy", "backupRetentionMin", "compliance-monitor-config-rules:colour",
		} {
			Expect(err).To(MatchError(ContainSubstring(complaint)))
		}
	})

	It("should report a catalogue that can't be read, beside their own faults", func() {
		broken := errors.New("no catalogue")
		_, reader := read(map[string]string{"aggregate": "galaxy"}, func() (*catalogue.Catalogue, error) { return nil, broken })
		Expect(reader.Err()).To(MatchError(broken))
		Expect(reader.Err()).To(MatchError(ContainSubstring("galaxy")))
	})

	It("should be listed", func() {
		Expect(Keys()).To(ConsistOf("packs", "include", "exclude", "parameters", "aggregate"))
	})
})

var _ = Describe("The layer's own files", func() {
	// committed are the settings in the committed file of a stack.
	committed := func(stack string) Settings {
		GinkgoHelper()
		values, err := pulumitest.Settings("Pulumi."+stack+".yaml", project)
		Expect(err).NotTo(HaveOccurred())
		s, err := ParseSettings(values)
		Expect(err).NotTo(HaveOccurred())
		return s
	}

	DescribeTable("should choose what the defaults choose", func(stack string) {
		defaults, err := ParseSettings(nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(committed(stack)).To(Equal(defaults))
	}, Entry("on a local AWS", "local"), Entry("in an account", "prod"))

	It("should show every setting there is, and no other, to those who have an account", func() {
		Expect(pulumitest.Shown("Pulumi.prod.yaml", project)).To(ConsistOf(Keys()))
	})

	It("should name the project as the outputs know it", func() {
		text, err := os.ReadFile("Pulumi.yaml")
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(HavePrefix("name: " + outputs.Project(outputs.LayerConfigRules) + "\n"))
	})
})
