// Package demo_test has the demo tell its whole story on a local AWS of its own. The demo itself fails where something that
// it expects does not happen; here is what people get to see of it.
package demo_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/tools/lambdazip"
)

func TestDemo(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "The demo")
}

var (
	binary  string // the built command
	root    string // a checkout of its own, with what the command reads
	address string // of its local AWS
)

var _ = BeforeSuite(func(ctx SpecContext) {
	if runtime.GOOS != "linux" {
		Skip("the functions' executables are Linux's, and this is " + runtime.GOOS)
	}
	binary = filepath.Join(GinkgoT().TempDir(), "compliance")
	built, err := exec.CommandContext(ctx, "go", "build", "-o", binary,
		"github.com/compliance-monitor/compliance-monitor/cmd/compliance").CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(built))
	root, err = filepath.EvalSymlinks(GinkgoT().TempDir())
	Expect(err).NotTo(HaveOccurred())
	real, err := filepath.Abs("../..")
	Expect(err).NotTo(HaveOccurred())
	copyCheckout(real)
	for _, function := range names.Functions() {
		Expect(lambdazip.Build(ctx, lambdazip.Options{
			Root: real, Function: function, GOARCH: runtime.GOARCH, Out: GinkgoWriter,
			OutDir: deploy.PackageFolder(filepath.Join(root, "build", "lambdas"), runtime.GOARCH),
		})).Error().NotTo(HaveOccurred())
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	address = listener.Addr().String()
	Expect(listener.Close()).To(Succeed())
	DeferCleanup(func() {
		out, err := compliance(context.Background(), "local", "down")
		Expect(err).NotTo(HaveOccurred(), out)
	})
})

// copyCheckout copies what the command reads in a checkout: settings, exemptions, and what the toolchain is made of.
func copyCheckout(real string) {
	GinkgoHelper()
	for _, tool := range []string{"moto", "pulumi", "provider-aws"} {
		Expect(os.CopyFS(filepath.Join(root, "tools", tool), os.DirFS(filepath.Join(real, "tools", tool)))).To(Succeed())
	}
	for _, pattern := range []string{"stacks/*/Pulumi*.yaml", "stacks/functions/exemptions.yaml", "stacks/stacks.go", "stacks/go.mod"} {
		files, err := filepath.Glob(filepath.Join(real, pattern))
		Expect(err).NotTo(HaveOccurred())
		Expect(files).NotTo(BeEmpty(), pattern)
		for _, file := range files {
			name, err := filepath.Rel(real, file)
			Expect(err).NotTo(HaveOccurred())
			content, err := os.ReadFile(file)
			Expect(err).NotTo(HaveOccurred())
			Expect(os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755)).To(Succeed())
			Expect(os.WriteFile(filepath.Join(root, name), content, 0o600)).To(Succeed())
		}
	}
}

// compliance runs the operator's command to its end, and gives all that it said.
func compliance(ctx context.Context, args ...string) (string, error) {
	command := exec.CommandContext(ctx, binary, append(args, "--root", root, "--local-address", address)...)
	command.Env = slices.DeleteFunc(os.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "STACK=") || strings.HasPrefix(entry, "AWS_") || strings.HasPrefix(entry, "PULUMI_")
	})
	out, err := command.CombinedOutput()
	GinkgoWriter.Print(string(out))
	return string(out), err
}
