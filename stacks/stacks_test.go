package stacks_test

import (
	"errors"
	"maps"
	"os"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

var _ = Describe("The layers", func() {
	It("should each come after all that it reads from", func() {
		var before []string
		for _, layer := range stacks.Layers() {
			for _, upstream := range layer.Upstream {
				Expect(before).To(ContainElement(upstream), layer.Name)
			}
			before = append(before, layer.Name)
		}
		Expect(before).To(Equal([]string{"foundation", "config-rules", "functions", "observability"}))
	})

	It("should each have a folder with a Pulumi project of its name", func() {
		for _, layer := range stacks.Layers() {
			project, err := os.ReadFile(layer.Name + "/Pulumi.yaml")
			Expect(err).NotTo(HaveOccurred())
			Expect(string(project)).To(ContainSubstring("name: " + layer.Project + "\n"))
		}
	})

	It("should describe each output once", func() {
		for _, layer := range stacks.Layers() {
			keys := map[string]bool{}
			for _, output := range layer.Outputs {
				Expect(output.Text).NotTo(BeEmpty(), output.Key)
				Expect(keys).NotTo(HaveKey(output.Key), layer.Name)
				keys[output.Key] = true
			}
			Expect(keys).NotTo(BeEmpty(), layer.Name)
		}
	})

	It("should check their own settings", func() {
		for _, layer := range stacks.Layers() {
			Expect(layer.Check(map[string]string{"no-such-setting": "x"})).To(MatchError(ContainSubstring(
				layer.Project+":no-such-setting")), layer.Name)
		}
	})

	It("should name the settings that are paths", func() {
		functions, _ := stacks.Find("functions")
		Expect(slices.Sorted(maps.Keys(functions.Paths))).To(Equal([]string{"codePath", "exemptionsFile"}))
	})

	It("should be found by name", func() {
		found, ok := stacks.Find("functions")
		Expect(ok).To(BeTrue())
		Expect(found.Project).To(Equal("compliance-monitor-functions"))
		_, ok = stacks.Find("lambdas")
		Expect(ok).To(BeFalse())
	})
})

var _ = Describe("What a deployment asks of its account", func() {
	settings := func(foundation, rules map[string]string) func(string) (map[string]string, error) {
		return func(layer string) (map[string]string, error) {
			return map[string]map[string]string{"foundation": foundation, "config-rules": rules}[layer], nil
		}
	}
	good := map[string]string{"environment": "prod", "accountId": "123456789012"}

	It("should be the account, the prefix and the number of rules of the settings", func() {
		Expect(stacks.Demand(settings(good, map[string]string{"packs": `[]`, "include": `["s3-encryption", "s3-tls-only"]`}))).To(
			Equal(stacks.Demands{AccountID: "123456789012", Prefix: "compliance-monitor-prod", Rules: 2}))
	})

	DescribeTable("should be unknown where settings are at fault", func(foundation, rules map[string]string, key string) {
		_, err := stacks.Demand(settings(foundation, rules))
		Expect(err).To(MatchError(ContainSubstring(key)))
	},
		Entry("of the foundation", map[string]string{"environment": "Prod!"}, nil, "compliance-monitor-foundation:environment"),
		Entry("of the config-rules layer", good, map[string]string{"aggregate": "x"}, "compliance-monitor-config-rules:aggregate"),
	)

	DescribeTable("should be unknown where settings can't be read", func(unreadable string) {
		broken := errors.New("no such file")
		_, err := stacks.Demand(func(layer string) (map[string]string, error) {
			if layer == unreadable {
				return nil, broken
			}
			return good, nil
		})
		Expect(err).To(MatchError(broken))
	}, Entry("of the foundation", "foundation"), Entry("of the config-rules layer", "config-rules"))
})
