package cli

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
)

var _ = Describe("The table after a deployment", func() {
	results := []deploy.Result{
		{Layer: "foundation", Changes: map[string]int{"create": 20}, Took: 40 * time.Second},
		{Layer: "config-rules", Changes: map[string]int{"create": 1, "update": 2, "delete": 1, "same": 55}, Took: 5500 * time.Millisecond},
	}
	outputs := deploy.Outputs{Stacks: []deploy.StackOutputs{{Layer: "foundation", Outputs: []deploy.Output{
		{OutputKey: "ReportsBucketName", OutputValue: "reports-1"},
		{OutputKey: "Prefix", OutputValue: "monitor-prod"},
		{OutputKey: "DashboardUrl", OutputValue: ""},
	}}}}

	row := func(text, layer string) []string {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, layer+" ") {
				return strings.Fields(line)
			}
		}
		return nil
	}

	It("should say what was done to each layer", func() {
		text := summary("local", results, outputs, "", 46*time.Second)
		Expect(text).To(HavePrefix("\nDeployed to stack local in 46s.\n"))
		Expect(row(text, "layer")).To(Equal([]string{"layer", "created", "changed", "unchanged", "seconds"}))
		Expect(row(text, "foundation")).To(Equal([]string{"foundation", "20", "0", "0", "40.0"}))
		Expect(row(text, "config-rules")).To(Equal([]string{"config-rules", "1", "3", "55", "5.5"}))
	})

	It("should say where to look, and leave out the rest", func() {
		text := summary("prod", results, outputs, "", time.Second)
		Expect(text).To(And(MatchRegexp(`reports +reports-1\n`), Not(ContainSubstring("monitor-prod")),
			Not(ContainSubstring("dashboard")), Not(ContainSubstring("endpoint"))))
		Expect(text).To(HaveSuffix("go tool task outputs STACK=prod\n"))
	})

	It("should say how to reach a local AWS", func() {
		text := summary("local", results, outputs, "http://127.0.0.1:4566", time.Second)
		Expect(text).To(ContainSubstring("AWS_ENDPOINT_URL=http://127.0.0.1:4566 aws s3 ls"))
		Expect(text).To(HaveSuffix("go tool task outputs\n"))
	})
})

var _ = Describe("The number of changes", func() {
	DescribeTable("should be said in words", func(count int, words string) { Expect(changes(count)).To(Equal(words)) },
		Entry("none", 0, "no change"), Entry("one", 1, "1 change"), Entry("several", 12, "12 changes"),
	)
})

var _ = Describe("Outputs as JSON", func() {
	It("should leave URLs as they are, and end with a line", func() {
		text, err := encode(deploy.Outputs{Stacks: []deploy.StackOutputs{{Outputs: []deploy.Output{{OutputValue: "https://a/?b&c=<d>"}}}}})
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(And(ContainSubstring(`"https://a/?b&c=<d>"`), HaveSuffix("}\n")))
	})

	It("should be a list, not null, where nothing is deployed", func() {
		Expect(encode(deploy.Outputs{Stacks: []deploy.StackOutputs{}})).To(MatchJSON(`{"Stacks":[]}`))
	})
})
