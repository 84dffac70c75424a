package cli

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The states of local instances", func() {
	It("should go with their instances, but for the one that runs", func() {
		home := GinkgoT().TempDir()
		for _, instance := range []string{"old", "running", "older"} {
			Expect(os.MkdirAll(filepath.Join(home, instance, "backend"), 0o755)).To(Succeed())
		}
		Expect(removeOthers(home, "running")).To(Succeed())
		Expect(filepath.Glob(filepath.Join(home, "*"))).To(Equal([]string{filepath.Join(home, "running")}))
		Expect(filepath.Join(home, "running", "backend")).To(BeADirectory())
	})

	It("should be looked for where they are kept", func() {
		Expect(removeOthers("/nowhere", "x")).To(MatchError(ContainSubstring("looking for states of earlier local instances")))
	})
})

var _ = Describe("The folder of a local AWS", func() {
	It("should be known by any of its names", func() {
		folder := GinkgoT().TempDir()
		link := filepath.Join(GinkgoT().TempDir(), "link")
		Expect(os.Symlink(folder, link)).To(Succeed())
		Expect(sameFolder(folder, link)).To(BeTrue())
	})

	DescribeTable("should not be taken for another",
		func(one, other string) { Expect(sameFolder(one, other)).To(BeFalse()) },
		Entry("that is there", "/", os.TempDir()),
		Entry("that is not there", "/", "/nowhere"),
		Entry("when it is not there itself", "/nowhere", "/"),
	)
})

var _ = Describe("The target of a command", func() {
	It("should have its own project files a stack, and never Pulumi's in the checkout's settings", func() {
		target := (&options{stack: "prod", root: "/checkout"}).target()
		Expect(target.StateDir).To(Equal("/checkout/build/stacks/prod"))
		Expect(target.Overrides).To(BeEmpty())
		Expect(target.Env).To(Equal(map[string]string{"PULUMI_SKIP_UPDATE_CHECK": "true"}))
	})

	It("should run functions on the host's architecture on a local AWS", func() {
		Expect((&options{stack: "local", root: "/checkout"}).target().Overrides).To(HaveKey("functions"))
	})
})
