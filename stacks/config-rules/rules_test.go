package configrules

import (
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

// known is the catalogue that the program carries.
func known() *catalogue.Catalogue {
	GinkgoHelper()
	c, err := catalogue.Load()
	Expect(err).NotTo(HaveOccurred())
	return c
}

const frequency = "maximumExecutionFrequency"

// scoped is the scope of a rule that looks at one type of resources.
func scoped(kind string) map[string]any {
	return map[string]any{"complianceResourceTypes": []any{kind}}
}

var _ = Describe("A Config rule", func() {
	It("should be AWS's managed rule with the catalogue's description, found by the deployment's prefix", func() {
		rule, _ := known().Rule("s3-encryption")
		Expect(deploy(few()).Resource("s3-encryption").Inputs).To(Equal(map[string]any{
			"name":        "monitor-test-s3-encryption",
			"description": rule.Description,
			"source": map[string]any{
				"owner": "AWS", "sourceIdentifier": "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
			},
			"scope": scoped("AWS::S3::Bucket"),
			"tags":  map[string]any{"Purpose": "Checks s3-encryption with severity high"},
		}))
	})

	DescribeTable("should have what AWS accepts of its trigger, and nothing else",
		func(name string, what types.GomegaMatcher) {
			Expect(deploy(few()).Resource(name).Inputs).To(what)
		},
		Entry("a scope when changes trigger it", "rds-backup-retention",
			SatisfyAll(Not(HaveKey(frequency)), HaveKeyWithValue("scope", scoped("AWS::RDS::DBInstance")))),
		Entry("a frequency of six hours when time triggers it", "iam-root-mfa",
			SatisfyAll(HaveKeyWithValue(frequency, "Six_Hours"), Not(HaveKey("scope")))),
		Entry("both when both do", "restricted-ssh",
			SatisfyAll(HaveKeyWithValue(frequency, "Six_Hours"), HaveKeyWithValue("scope", scoped("AWS::EC2::SecurityGroup")))),
	)

	It("should have the catalogue's parameters where the settings have none", func() {
		recording := deploy(few())
		Expect(recording.Resource("rds-backup-retention").Inputs["inputParameters"]).To(
			MatchJSON(`{"backupRetentionMinimum": "7"}`))
		Expect(recording.Resource("s3-encryption").Inputs).NotTo(HaveKey("inputParameters"))
	})

	It("should have the settings' parameters over the catalogue's", func() {
		recording := deploy(few("parameters",
			`{"rds-backup-retention": {"backupRetentionMinimum": 14, "checkReadReplicas": true}}`))
		Expect(recording.Resource("rds-backup-retention").Inputs["inputParameters"]).To(
			MatchJSON(`{"backupRetentionMinimum": "14", "checkReadReplicas": "true"}`))
	})

	It("should be made for each rule of the catalogue, with no two alike", func() {
		var packs string
		for _, pack := range known().Packs {
			packs += "," + strconv.Quote(pack.Name)
		}
		rules := deploy(map[string]string{"packs": "[" + packs[1:] + "]"}).Resources(ruleType)
		Expect(rules).To(HaveLen(len(known().Rules)))
		seen := map[any]bool{}
		for _, rule := range rules {
			fromCatalogue, _ := known().Rule(rule.Name)
			periodic := fromCatalogue.Trigger != catalogue.OnChange
			Expect(rule.Inputs[frequency] == "Six_Hours").To(Equal(periodic), rule.Name)
			Expect(rule.Inputs["scope"] != nil).To(Equal(fromCatalogue.Trigger != catalogue.Periodic), rule.Name)
			Expect(seen).NotTo(HaveKey(rule.Inputs["name"]))
			seen[rule.Inputs["name"]] = true
		}
	})

	It("should be made exactly where it was chosen", func() {
		names := []string{}
		for _, rule := range known().Rules {
			names = append(names, rule.Name)
		}
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 8, rapid.ID).Draw(t, "chosen")
			var include string
			for _, name := range chosen {
				include += "," + strconv.Quote(name)
			}
			g := NewWithT(t)
			recording, err := pulumitest.Run(deploying(map[string]string{
				"packs": "[]", "include": "[" + include[1:] + "]",
			}), pulumitest.Options{})
			g.Expect(err).NotTo(HaveOccurred())
			var made []string
			for _, rule := range recording.Resources(ruleType) {
				made = append(made, rule.Name)
			}
			g.Expect(made).To(ConsistOf(chosen))
		})
	})
})
