package managed_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/managed"
)

// shipped is the list that the program carries.
func shipped() managed.List {
	GinkgoHelper()
	list, err := managed.Load()
	Expect(err).NotTo(HaveOccurred())
	return list
}

var _ = Describe("The shipped list", func() {
	It("should say where it is from and of what date", func() {
		Expect(shipped().Origin).To(HavePrefix("moto 5.2.1, from AWS's documentation"))
		Expect(shipped().Date).To(Equal("2026-05-10"))
	})

	It("should have all rules, by trigger", func() {
		triggers := map[catalogue.Trigger]int{}
		for _, rule := range shipped().Rules {
			triggers[rule.Trigger]++
		}
		Expect(triggers).To(Equal(map[catalogue.Trigger]int{
			catalogue.OnChange: 627, catalogue.Periodic: 177, catalogue.Both: 9,
		}))
	})

	It("should have resource types wherever a change triggers a rule, because they become its scope", func() {
		for identifier, rule := range shipped().Rules {
			if rule.Trigger != catalogue.Periodic {
				Expect(rule.ResourceTypes).NotTo(BeEmpty(), identifier)
			}
		}
	})

	It("should give defaults that are values of their parameters' types", func() {
		for identifier, rule := range shipped().Rules {
			for _, parameter := range rule.Parameters {
				if parameter.Default != "" {
					Expect(parameter.Type.Accepts(parameter.Default)).To(BeTrue(), identifier+" "+parameter.Name)
				}
			}
		}
	})

	It("should look a rule up by its identifier", func() {
		rule, found := shipped().Lookup("ACCESS_KEYS_ROTATED")
		Expect(found).To(BeTrue())
		Expect(rule).To(Equal(managed.Rule{
			Trigger: catalogue.Periodic, ResourceTypes: []string{"AWS::IAM::User"},
			Parameters: []managed.Parameter{{Name: "maxAccessKeyAge", Type: managed.Int, Required: true, Default: "90"}},
		}))
		_, found = shipped().Lookup("RESTRICTED_SSH")
		Expect(found).To(BeFalse())
	})

	It("should count a rule whose current state AWS does not look at among the change-triggered", func() {
		rule, found := shipped().Lookup("S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS")
		Expect(found).To(BeTrue())
		Expect(rule.Trigger).To(Equal(catalogue.OnChange))
	})

	DescribeTable("a suggestion", func(wrong, right string) {
		Expect(shipped().Suggest(wrong)).To(And(HaveLen(3), ContainElement(right)))
	},
		Entry("should find the identifier of restricted-ssh", "RESTRICTED_SSH", "INCOMING_SSH_DISABLED"),
		Entry("should find the identifier of restricted-common-ports", "RESTRICTED_COMMON_PORTS", "RESTRICTED_INCOMING_TRAFFIC"),
		Entry("should find the identifier of cloudtrail-enabled", "CLOUDTRAIL_ENABLED", "CLOUD_TRAIL_ENABLED"),
		Entry("should find the identifier of ec2-instances-in-vpc", "EC2_INSTANCES_IN_VPC", "INSTANCES_IN_VPC"),
		Entry("should find what is misspelt", "ENCRYPTED_VOLUME", "ENCRYPTED_VOLUMES"),
	)
})

var _ = Describe("Parsing a list", func() {
	const good = `{"origin":"a test","date":"2026-05-10","rules":{"A":{"trigger":"change","resourceTypes":["AWS::S3::Bucket"],` +
		`"parameters":[{"name":"p","type":"int","required":true,"default":"1"}]}}}`

	It("should read every field", func() {
		list, err := managed.Parse([]byte(good))
		Expect(err).NotTo(HaveOccurred())
		Expect(list).To(Equal(managed.List{Origin: "a test", Date: "2026-05-10", Rules: map[string]managed.Rule{"A": {
			Trigger: catalogue.OnChange, ResourceTypes: []string{"AWS::S3::Bucket"},
			Parameters: []managed.Parameter{{Name: "p", Type: managed.Int, Required: true, Default: "1"}},
		}}}))
	})

	DescribeTable("a list that is misread", func(part, by, says string) {
		Expect(good).To(ContainSubstring(part))
		_, err := managed.Parse([]byte(strings.Replace(good, part, by, 1)))
		Expect(err).To(MatchError(And(ContainSubstring("generate it again"), ContainSubstring(says))))
	},
		Entry("should be refused for an unknown field", `"type"`, `"kind"`, `unknown field "kind"`),
		Entry("should be refused for broken JSON", `{"origin"`, `"origin"`, "parsing the list"),
		Entry("should be refused without a date", `2026-05-10`, `May 2026`, `list: date "May 2026": expected a date, YYYY-MM-DD`),
		Entry("should be refused without an origin", `a test`, ``, `list: origin "": expected where the list is from`),
		Entry("should be refused for an unknown trigger", `"change"`, `"daily"`,
			`managed rule "A": trigger "daily": expected one of change, periodic, both`),
		Entry("should be refused for an unknown type", `"int"`, `"number"`,
			`managed rule "A": type of p "number": expected one of [String int double boolean CSV StringMap]`),
	)

	It("should report all faults at once", func() {
		_, err := managed.Parse([]byte(`{"origin":"","date":"","rules":{}}`))
		Expect(err).To(MatchError(And(ContainSubstring("list: date"), ContainSubstring("list: origin"))))
	})
})
