package functions

import (
	"os"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

var _ = Describe("The layer's own files", func() {
	project := outputs.Project(outputs.LayerFunctions)

	DescribeTable("should hold settings that are right",
		func(file string) {
			values, err := pulumitest.Settings(file, project)
			Expect(err).NotTo(HaveOccurred())
			_, err = ParseSettings(values)
			Expect(err).NotTo(HaveOccurred())
		},
		Entry("on a local AWS", "Pulumi.local.yaml"),
		Entry("in an account", "Pulumi.prod.yaml"),
	)

	It("should show every setting there is, and no other, to those who have an account", func() {
		Expect(pulumitest.Shown("Pulumi.prod.yaml", project)).To(ConsistOf(Keys()))
	})

	It("should name the project as the outputs know it", func() {
		text, err := os.ReadFile("Pulumi.yaml")
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(HavePrefix("name: " + project + "\n"))
	})
})
