package cli

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The layers of a command", func() {
	names := func(args ...string) string {
		layers, err := chosen(args)
		Expect(err).NotTo(HaveOccurred())
		return layerNames(layers)
	}

	It("should be all where none is named", func() {
		Expect(names()).To(Equal("foundation, config-rules, functions, observability"))
	})

	It("should be the named ones in the order of deployment, each once", func() {
		Expect(names("functions", "foundation", "functions")).To(Equal("foundation, functions"))
	})

	It("should be none where one is unknown", func() {
		layers, err := chosen([]string{"foundation", "nonsense"})
		Expect(err).To(MatchError(ContainSubstring(`there is no layer "nonsense"`)))
		Expect(layers).To(BeNil())
	})
})
