package source_test

import (
	"os"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/source"
)

// read is a file of package catalogue.
func read(name string) []byte {
	GinkgoHelper()
	content, err := os.ReadFile("../" + name)
	Expect(err).NotTo(HaveOccurred())
	return content
}

// golang is the Go form, as text.
func golang(c *catalogue.Catalogue) string {
	GinkgoHelper()
	code, err := source.Go(c)
	Expect(err).NotTo(HaveOccurred())
	return string(code)
}

var _ = Describe("The catalogue's Go form", func() {
	const outOfStep = "rules_generated.go is not what rules.yaml says; run: " + source.Command

	It("should be in step with the YAML", func() {
		written, err := source.Parse(read("rules.yaml"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(read("rules_generated.go")) == golang(written)).To(BeTrue(), outOfStep)
	})

	It("should be what programs load", func() {
		loaded, err := catalogue.Load()
		Expect(err).NotTo(HaveOccurred())
		Expect(golang(loaded) == string(read("rules_generated.go"))).To(BeTrue(), outOfStep)
	})

	It("should keep every kind of value, in an order of its own, and leave out what is empty", func() {
		code := golang(&catalogue.Catalogue{
			Remediations: []catalogue.Remediation{{Name: "a \"b\"\n", Reversible: true, Statements: []catalogue.Statement{}}},
			Rules: []catalogue.Rule{{
				Severity: catalogue.High, Parameters: map[string]string{"z": "1", "a": "2"}, Packs: []string{"one", "two"},
				Frameworks: catalogue.Frameworks{CIS: []string{"2.1.1"}},
			}},
		})
		Expect(code).To(HavePrefix("// Code generated from rules.yaml by 'go generate "))
		Expect(code).To(HaveSuffix(`
func shipped() *Catalogue {
	return &Catalogue{
		Remediations: []Remediation{
			{
				Name:       "a \"b\"\n",
				Reversible: true,
			},
		},
		Rules: []Rule{
			{
				Severity: "high",
				Frameworks: Frameworks{
					CIS: []string{
						"2.1.1",
					},
				},
				Parameters: map[string]string{
					"a": "2",
					"z": "1",
				},
				Packs: []string{
					"one",
					"two",
				},
			},
		},
	}
}
`))
	})
})
