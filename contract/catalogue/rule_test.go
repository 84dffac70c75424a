package catalogue_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

var _ = Describe("A rule", func() {
	types := []string{"AWS::S3::Bucket"}

	DescribeTable("frequency and scope", func(trigger catalogue.Trigger, frequency string, scope []string) {
		rule := catalogue.Rule{Trigger: trigger, ResourceTypes: types}
		Expect(rule.Frequency()).To(Equal(frequency))
		Expect(rule.Scope()).To(Equal(scope))
	},
		Entry("should be scope only when changes trigger it", catalogue.OnChange, "", types),
		Entry("should be frequency only when it is periodic", catalogue.Periodic, "Six_Hours", nil),
		Entry("should be both when both trigger it", catalogue.Both, "Six_Hours", types),
	)

	It("should hand out its scope as a copy", func() {
		rule := catalogue.Rule{Trigger: catalogue.OnChange, ResourceTypes: []string{"AWS::S3::Bucket"}}
		rule.Scope()[0] = "changed"
		Expect(rule.ResourceTypes).To(Equal([]string{"AWS::S3::Bucket"}))
	})

	It("should write its parameters as JSON in the order of their names", func() {
		rule := catalogue.Rule{Parameters: map[string]string{"b": "2", "a": `say "1"`}}
		Expect(rule.InputParameters()).To(Equal(`{"a":"say \"1\"","b":"2"}`))
	})

	It("should write no parameters as nothing", func() {
		Expect(catalogue.Rule{Parameters: map[string]string{}}.InputParameters()).To(BeEmpty())
	})
})
