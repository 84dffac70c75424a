package commands_test

import (
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Settings that are wrong", func() {
	var c command

	BeforeEach(func() {
		c = command{checkout: newCheckout()}.with("COMPLIANCE_LOCAL_ADDRESS", freeAddress()).
			with("XDG_CACHE_HOME", GinkgoT().TempDir())
		c.settings("local", "foundation", "environment: local", "local: true", "region: eu-west-1", "retentionDays: 0",
			"violationsEmails: [nobody, a@example.com]")
		c.settings("local", "config-rules", "packs: [essentials, nonsense]", "include: [no-such-rule]",
			"parameters: {s3-encryption: {colour: red}}")
	})

	DescribeTable("should all be reported at once, before anything starts",
		func(args ...string) {
			before := files(c.root)
			c.fail(args,
				"the settings of stack local are at fault",
				"compliance-monitor-foundation:violationsEmails[0]", `"nobody"`, "an email address",
				"compliance-monitor-foundation:region", `"eu-west-1"`, "us-east-1",
				"compliance-monitor-foundation:retentionDays", "from 1 to 3650",
				`"nonsense"`, `"no-such-rule"`, `"colour"`,
				"Correct stacks/<layer>/Pulumi.local.yaml",
			)
			Expect(files(c.root)).To(Equal(before))
			Expect(filepath.Glob(filepath.Join(c.env["XDG_CACHE_HOME"], "*"))).To(BeEmpty())
		},
		Entry("when deploying", "up", "foundation", "config-rules"),
		Entry("when previewing", "preview", "foundation", "config-rules"),
		Entry("when checking", "check", "foundation", "config-rules"),
	)
})
