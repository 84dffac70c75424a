package pulumitest_test

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

var _ = Describe("Settings in a stack's file", func() {
	// settings are those of the project "monitor" in a file with this text.
	settings := func(text string) (map[string]string, error) {
		GinkgoHelper()
		file := filepath.Join(GinkgoT().TempDir(), "Pulumi.test.yaml")
		Expect(os.WriteFile(file, []byte(text), 0o600)).To(Succeed())
		return pulumitest.Settings(file, "monitor")
	}

	It("should be texts, structured ones as JSON, without the project's name", func() {
		Expect(settings(`config:
  pulumi:disable-default-providers: [aws]
  monitor:days: 7
  monitor:local: true
  monitor:accountId: "011122223333"
  monitor:emails: [a@example.com]
  monitor:tags:
    CostCentre: 42
`)).To(Equal(map[string]string{
			"days": "7", "local": "true", "accountId": "011122223333",
			"emails": `["a@example.com"]`, "tags": `{"CostCentre":42}`,
		}))
	})

	DescribeTable("should be refused where a program would not see them",
		func(text, complaint string) {
			_, err := settings(text)
			Expect(err).To(MatchError(ContainSubstring(complaint)))
		},
		Entry("of another project", "config: {other:days: 7}", "no such project; expected monitor"),
		Entry("in no project", "config: {days: 7}", "no such project; expected monitor"),
		Entry("that are no YAML", "config: [", "yaml"),
		Entry("that hold what YAML can't read", "config: {'monitor:tags': {<<: 1}}", "reading setting monitor:tags"),
		Entry("that hold what JSON can't", "config: {'monitor:tags': {1: a}}", "reading setting monitor:tags"),
	)

	It("should need a file", func() {
		_, err := pulumitest.Settings(filepath.Join(GinkgoT().TempDir(), "missing.yaml"), "monitor")
		Expect(err).To(MatchError(os.ErrNotExist))
	})
})
