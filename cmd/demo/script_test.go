package demo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/stacks"
)

var _ = Describe("The script", func() {
	known := func() *catalogue.Catalogue {
		GinkgoHelper()
		all, err := catalogue.Load()
		Expect(err).NotTo(HaveOccurred())
		return all
	}

	It("should break resources of five kinds, with every ending", func() {
		kinds, endings := map[string]bool{}, map[Ending]bool{}
		for _, part := range Script() {
			kinds[part.Kind], endings[part.Ending] = true, true
		}
		Expect(kinds).To(HaveLen(5))
		Expect(endings).To(Equal(map[Ending]bool{Fixed: true, Planned: true, Exempt: true, Owned: true, NoRemedy: true}))
	})

	It("should be about rules of the catalogue, of the pack that is deployed by default, and their resources", func() {
		for _, part := range append(Script(), Before()) {
			Expect(part.Rules).NotTo(BeEmpty(), part.Name)
			for _, name := range part.Rules {
				rule, there := known().Rule(name)
				Expect(there).To(BeTrue(), name)
				Expect(rule.Packs).To(ContainElement("essentials"), name)
				Expect(rule.ResourceTypes).To(ContainElement(part.Type), name)
				Expect(rule.Remediation == "").To(Equal(part.Ending == NoRemedy), name)
			}
		}
	})

	It("should have a prop for each part", func() {
		props := newWorld("http://127.0.0.1:1").props()
		for _, part := range append(Script(), Before()) {
			Expect(props).To(HaveKey(part.Name))
			delete(props, part.Name)
		}
		Expect(props).To(BeEmpty())
	})

	It("should have no two resources of the same name", func() {
		seen := map[string]bool{}
		for _, part := range append(Script(), Before()) {
			Expect(seen).NotTo(HaveKey(part.Name))
			seen[part.Name] = true
		}
	})
})

var _ = Describe("The settings of the demo", func() {
	layer, _ := stacks.Find("functions")

	It("should be taken by the functions layer", func() {
		Expect(layer.Check(Settings("exemptions.yaml"))).To(Succeed())
	})

	It("should enforce the rules of what is to be fixed, and only plan what is to be planned", func() {
		var modes map[string]string
		Expect(json.Unmarshal([]byte(Settings("x")["remediations"]), &modes)).To(Succeed())
		for _, part := range Script() {
			for _, rule := range part.Rules {
				switch part.Ending {
				case Planned:
					Expect(modes).To(HaveKeyWithValue(rule, "plan"))
				case NoRemedy:
					Expect(modes).NotTo(HaveKey(rule))
				default:
					Expect(modes).To(HaveKeyWithValue(rule, "enforce"))
				}
			}
		}
		Expect(Settings("x")).To(HaveKeyWithValue("remediationMode", "plan"))
	})

	It("should exempt the partner's bucket of every run, for less than a year", func() {
		now := time.Date(2026, time.November, 25, 23, 0, 0, 0, time.UTC)
		Expect(Exemptions(now)).To(And(
			ContainSubstring("rule: s3-tls-only\n"), ContainSubstring("resource: compliance-demo-*-partner\n"), ContainSubstring("expires: 2027-02-23\n")))
	})

	It("should be the file that the task's folder of outputs keeps out of the repository", func() {
		ignored, err := os.ReadFile(filepath.Join("..", "..", ".gitignore"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(ignored)).To(ContainSubstring("/outputs/\n"))
	})
})
