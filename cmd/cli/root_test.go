package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// checkout is a folder that looks like a checkout, with the settings of the foundation's stack prod.
func checkout(settings string) string {
	GinkgoHelper()
	root, err := filepath.EvalSymlinks(GinkgoT().TempDir())
	Expect(err).NotTo(HaveOccurred())
	folder := filepath.Join(root, "stacks", "foundation")
	Expect(os.MkdirAll(folder, 0o755)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(root, "stacks", "stacks.go"), nil, 0o600)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(folder, "Pulumi.prod.yaml"), []byte("config:\n"+settings), 0o600)).To(Succeed())
	return root
}

const rightSettings = "  compliance-monitor-foundation:environment: prod\n"

// call runs the command line.
func call(args ...string) (code int, out, errOut string) {
	GinkgoHelper()
	var o, e bytes.Buffer
	code = Main(args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

var _ = Describe("The command line", func() {
	BeforeEach(func() {
		GinkgoT().Setenv("STACK", "")
		GinkgoT().Setenv("PULUMI_BACKEND_URL", "")
	})

	It("should name every command and the layers in its help", func() {
		code, out, errOut := call("--help")
		Expect(code).To(BeZero())
		Expect(errOut).To(BeEmpty())
		for _, word := range []string{
			"up", "preview", "refresh", "destroy", "outputs", "check", "undo", "demo", "local", "toolchain", "build-lambdas",
			"foundation, config-rules, functions, observability", "--stack", "STACK", "--root", "--local-address", "COMPLIANCE_LOCAL_ADDRESS",
		} {
			Expect(out).To(ContainSubstring(word))
		}
	})

	DescribeTable("should say in the help of each command what it does",
		func(command string, words ...string) {
			code, out, _ := call(append(strings.Fields(command), "--help")...)
			Expect(code).To(BeZero())
			for _, word := range words {
				Expect(out).To(ContainSubstring(word))
			}
		},
		Entry("up", "up", "[layer]...", "Safe to repeat", "before anything is changed"),
		Entry("preview", "preview", "change nothing"),
		Entry("refresh", "refresh", "what is really there"),
		Entry("destroy", "destroy", "the last layer first", "Asks before it does", "emptyBucketOnDestroy", "--yes"),
		Entry("outputs", "outputs", "DescribeStacks", "outputs/<stack>.json"),
		Entry("check", "check", "and nothing else"),
		Entry("undo", "undo", "[id]", "exactly what it was before", "Without an id, lists", "for 30 days", "Asks before it does", "--yes", "--dry-run"),
		Entry("local up", "local up", "in the background"),
		Entry("local down", "local down", "everything in it is gone"),
		Entry("local serve", "local serve", "in the foreground", "--state-dir", "--python"),
		Entry("toolchain", "toolchain", "once a user"),
		Entry("build-lambdas", "build-lambdas", "three functions"),
	)

	DescribeTable("should refuse what it does not know, once, and say where to look",
		func(args []string, said string) {
			code, out, errOut := call(args...)
			Expect(code).To(Equal(exitFailed))
			Expect(out).To(BeEmpty())
			Expect(strings.Count(errOut, "error: ")).To(Equal(1))
			Expect(errOut).To(ContainSubstring(said))
		},
		Entry("a command", []string{"upp"}, "unknown command"),
		Entry("a flag", []string{"up", "--wrong"}, "unknown flag: --wrong; see 'compliance up --help'"),
		Entry("an argument", []string{"outputs", "foundation"}, `"foundation"`),
	)

	It("should refuse layers that are not there, all at once", func() {
		code, _, errOut := call("check", "--root", checkout(rightSettings), "foundation", "network", "db")
		Expect(code).To(Equal(exitFailed))
		Expect(errOut).To(Equal("\nerror: there is no layer \"network\" or \"db\"; " +
			"layers are foundation, config-rules, functions, observability\n"))
	})

	Context("when it checks settings", func() {
		It("should say that they are right", func() {
			code, out, errOut := call("check", "--root", checkout(rightSettings), "--stack", "prod", "foundation")
			Expect(errOut).To(BeEmpty())
			Expect(code).To(BeZero())
			Expect(out).To(Equal("the settings of stack prod are right\n"))
		})

		It("should take the stack from the environment, and a flag over that", func() {
			GinkgoT().Setenv("STACK", "prod")
			root := checkout(rightSettings)
			_, out, _ := call("check", "--root", root, "foundation")
			Expect(out).To(ContainSubstring("stack prod"))
			_, _, errOut := call("check", "--root", root, "--stack", "dev", "foundation")
			Expect(errOut).To(ContainSubstring("stack dev"))
		})

		It("should be for stack local unless told otherwise", func() {
			_, _, errOut := call("check", "--root", checkout(rightSettings), "foundation")
			Expect(errOut).To(ContainSubstring("there are no settings for stack local"))
		})

		It("should report every fault once", func() {
			code, _, errOut := call("check", "--root", checkout("  compliance-monitor-foundation:region: mars\n"), "--stack", "prod", "foundation")
			Expect(code).To(Equal(exitFailed))
			Expect(strings.Count(errOut, "compliance-monitor-foundation:region")).To(Equal(1))
			Expect(strings.Count(errOut, "compliance-monitor-foundation:environment")).To(Equal(1))
		})
	})

	DescribeTable("should need a backend for a stack that stands on AWS",
		func(command string) {
			code, _, errOut := call(command, "--root", checkout(rightSettings), "--stack", "prod", "foundation")
			Expect(code).To(Equal(exitFailed))
			Expect(errOut).To(And(ContainSubstring("PULUMI_BACKEND_URL is not set"), ContainSubstring("stack prod"), ContainSubstring("s3://")))
		},
		Entry("to deploy", "up"), Entry("to preview", "preview"), Entry("to refresh", "refresh"), Entry("to destroy", "destroy"),
		Entry("to undo", "undo"),
	)

	It("should need a backend that is there", func() {
		GinkgoT().Setenv("PULUMI_BACKEND_URL", "file:///nowhere/at/all")
		_, _, errOut := call("outputs", "--root", checkout(rightSettings), "--stack", "prod")
		Expect(errOut).To(And(ContainSubstring("there is no folder /nowhere/at/all"), ContainSubstring("make it")))
	})
})

var _ = Describe("The checkout", func() {
	It("should be found from a folder in it", func() {
		root := checkout(rightSettings)
		GinkgoT().Chdir(filepath.Join(root, "stacks", "foundation"))
		o := &options{}
		Expect(o.findRoot()).To(Succeed())
		Expect(o.root).To(Equal(root))
	})

	It("should be found where it is named", func() {
		root := checkout(rightSettings)
		o := &options{root: filepath.Join(root, "stacks")}
		Expect(o.findRoot()).To(Succeed())
		Expect(o.root).To(Equal(root))
	})

	It("should be an error that names the folder where there is none", func() {
		elsewhere := GinkgoT().TempDir()
		code, _, errOut := call("check", "--root", elsewhere)
		Expect(code).To(Equal(exitFailed))
		Expect(errOut).To(And(ContainSubstring(elsewhere+" is not in a checkout"), ContainSubstring("--root")))
	})
})
