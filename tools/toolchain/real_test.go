package toolchain

import (
	"os/exec"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The installed Pulumi CLI", func() {
	It("should say that it is the version that tools/pulumi pins", func(ctx SpecContext) {
		root := filepath.Join("..", "..")
		installed, err := Find(Options{Root: root, Need: []Component{Pulumi}})
		if err != nil {
			Skip("the Pulumi CLI is not installed yet; any deployment installs it: " + err.Error())
		}
		version, err := requiredVersion(filepath.Join(root, "tools", "pulumi", "go.mod"), pulumiModule)
		Expect(err).NotTo(HaveOccurred())
		cmd := exec.CommandContext(ctx, installed.Pulumi, "version")
		cmd.Env = append(cmd.Environ(), quietPulumi()...)
		Expect(cmd.Output()).To(BeEquivalentTo(version + "\n"))
	})
})

var _ = Describe("The cache folder", func() {
	It("should follow XDG_CACHE_HOME where that is an absolute path, and else be in the home folder", func() {
		GinkgoT().Setenv("HOME", "/home/somebody")
		GinkgoT().Setenv("XDG_CACHE_HOME", "/large/cache")
		Expect(DefaultCacheDir()).To(Equal("/large/cache/compliance-monitor"))
		GinkgoT().Setenv("XDG_CACHE_HOME", "relative")
		Expect(DefaultCacheDir()).To(Equal("/home/somebody/.cache/compliance-monitor"))
	})
})
