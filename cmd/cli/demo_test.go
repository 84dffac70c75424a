package cli

import (
	"bytes"
	"os"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The demo", func() {
	It("should say in its help what it does, and where", func() {
		code, out, _ := call("demo", "--help")
		Expect(code).To(BeZero())
		for _, words := range []string{"Starts the local AWS and deploys what is missing", "for stack local only", "Safe to repeat", "--keep", "--no-open"} {
			Expect(out).To(ContainSubstring(words))
		}
	})

	DescribeTable("should be refused", func(said string, args ...string) {
		root := checkout(rightSettings)
		code, out, errOut := call(append([]string{"demo", "--root", root}, args...)...)
		Expect(code).To(Equal(exitFailed))
		Expect(out).To(BeEmpty())
		Expect(errOut).To(ContainSubstring(said))
		Expect(root + "/outputs").NotTo(BeADirectory())
	},
		Entry("on any stack but local", "the demo breaks resources, so it plays on stack local only, not on prod", "--stack", "prod"),
		Entry("with an argument", `unknown command "now"`, "now"),
		Entry("with a flag that it does not have", "unknown flag: --quick; see 'compliance demo --help'", "--quick"),
	)

	It("should refuse settings that are not there before anything is started", func() {
		code, _, errOut := call("demo", "--root", checkout(rightSettings), "--stack", "local")
		Expect(code).To(Equal(exitFailed))
		Expect(errOut).To(ContainSubstring("there are no settings for stack local of layer foundation"))
	})

	It("should lay its settings over those that depend on the machine, and leave these as they are", func() {
		overrides := map[string]map[string]string{"functions": {"architecture": "arm64"}, "other": {"a": "b"}}
		Expect(withSettings(overrides, "functions", map[string]string{"remediationMode": "plan"})).To(Equal(map[string]map[string]string{
			"functions": {"architecture": "arm64", "remediationMode": "plan"}, "other": {"a": "b"},
		}))
		Expect(overrides["functions"]).To(HaveLen(1))
		Expect(withSettings(nil, "functions", map[string]string{"a": "b"})).To(Equal(map[string]map[string]string{"functions": {"a": "b"}}))
	})

	It("should take neither a buffer nor a file for a terminal", func() {
		file, err := os.Create(GinkgoT().TempDir() + "/file")
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(file.Close)
		Expect(isTerminal(&bytes.Buffer{})).To(BeFalse())
		Expect(isTerminal(file)).To(BeFalse())
	})
})
