package toolchain

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The key of a component", func() {
	var f *fixture

	BeforeEach(func() { f = newFixture() })

	keys := func() map[Component]string {
		GinkgoHelper()
		found := map[Component]string{}
		for _, component := range All() {
			target, err := f.installer().part(component, &Installed{})
			Expect(err).NotTo(HaveOccurred())
			found[component] = target.key
		}
		return found
	}

	DescribeTable("should change with its own sources only",
		func(path, content string, changed ...Component) {
			before := keys()
			f.write(path, content)
			after := keys()
			for _, component := range All() {
				Expect(after[component] != before[component]).To(Equal(contains(changed, component)), string(component))
			}
		},
		Entry("the CLI's sums", "tools/pulumi/go.sum", "other\n", Pulumi),
		Entry("the provider's program", "tools/provider-aws/main.go", "package main // other\n", ProviderAWS),
		Entry("a new file of the provider", "tools/provider-aws/more.go", "package main\n", ProviderAWS),
		Entry("a test of the provider", "tools/provider-aws/more_test.go", "package main\n"),
		Entry("the requirements of moto", "tools/moto/requirements.txt", "moto==5.2.2 \\\n", Moto),
		Entry("the SDK's version", "stacks/go.mod", "require github.com/pulumi/pulumi-aws/sdk/v6 v6.9.9\n", ProviderAWS),
		Entry("another module of the stacks", "stacks/go.mod",
			"require github.com/pulumi/pulumi-aws/sdk/v6 "+testProvider+"\nrequire other v1.0.0\n"),
	)

	DescribeTable("should change with each fact",
		func(change func(*recipe)) {
			before := recipe{sources: []string{filepath.Join(f.root, "stacks/go.mod")}, facts: []string{"go1.26", "linux"}}
			after := before
			after.facts = append([]string{}, before.facts...)
			change(&after)
			first, err := before.key()
			Expect(err).NotTo(HaveOccurred())
			Expect(after.key()).NotTo(Equal(first))
			Expect(first).To(HaveLen(keyLength))
		},
		Entry("the version of Go", func(r *recipe) { r.facts[0] = "go1.27" }),
		Entry("the platform", func(r *recipe) { r.facts[1] = "darwin" }),
		Entry("a flag more", func(r *recipe) { r.facts = append(r.facts, "-ldflags=-s") }),
		Entry("the same letters in other facts", func(r *recipe) { r.facts = []string{"go1.26l", "inux"} }),
	)

	It("should name a module whose version it can't read", func() {
		f.write("stacks/go.mod", "module stacks\n")
		_, err := f.installer().providerPart("")
		Expect(err).To(MatchError(ContainSubstring("does not require it")))
		Expect(os.Remove(filepath.Join(f.root, "stacks/go.mod"))).To(Succeed())
		_, err = f.installer().providerPart("")
		Expect(err).To(MatchError(os.ErrNotExist))
	})
})

func contains(all []Component, one Component) bool {
	for _, component := range all {
		if component == one {
			return true
		}
	}
	return false
}
