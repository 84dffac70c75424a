package toolchain

import (
	"context"
	"fmt"
	"path/filepath"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A failing installation", func() {
	var f *fixture

	BeforeEach(func() { f = newFixture() })

	fail := func(ctx context.Context, need ...Component) error {
		GinkgoHelper()
		_, err := f.ensure(ctx, need...)
		Expect(err).To(HaveOccurred())
		return err
	}

	Context("when the disk fills up", func() {
		moveAway := And(
			ContainSubstring("XDG_CACHE_HOME"), ContainSubstring("GOCACHE"),
			ContainSubstring("1.5 GB in /gocache"), ContainSubstring("install.log"))

		It("should say what is needed where, and how to move it", func(ctx SpecContext) {
			f.fails("go build", "link: writing output: No space left on device")
			err := fail(ctx, Pulumi)
			Expect(err).To(MatchError(ErrDiskFull))
			Expect(err).To(MatchError(moveAway))
		})

		It("should know the system's own error too", func(ctx SpecContext) {
			f.when("go build", func(context.Context, command) (string, error) {
				return "", fmt.Errorf("copying: %w", syscall.ENOSPC)
			})
			Expect(fail(ctx, Pulumi)).To(MatchError(ErrDiskFull))
		})

		It("should know it from pip", func(ctx SpecContext) {
			f.fails("-m pip", "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device")
			err := fail(ctx, Moto)
			Expect(err).To(MatchError(ErrDiskFull))
			Expect(err).To(MatchError(ContainSubstring("0.5 GB in " + filepath.Join(f.cache, "moto"))))
		})
	})

	Context("when there is too little space to begin with", func() {
		It("should not start a build that would fill the disk", func(ctx SpecContext) {
			f.free = gigabyte
			err := fail(ctx, Pulumi)
			Expect(err).To(MatchError(ErrDiskFull))
			Expect(err).To(MatchError(And(
				ContainSubstring("1.0 GB free"), ContainSubstring("about 1.8 GB needed"), ContainSubstring("/gocache"))))
			Expect(f.times("go build")).To(BeZero())
		})

		It("should not start an installation of moto", func(ctx SpecContext) {
			f.free = 100 * megabyte
			Expect(fail(ctx, Moto)).To(MatchError(ErrDiskFull))
			Expect(f.times("python")).To(BeZero())
		})
	})

	Context("when Go is missing", func() {
		It("should say where to get it", func(ctx SpecContext) {
			delete(f.onPath, "go")
			err := fail(ctx, Pulumi)
			Expect(err).To(MatchError(ErrNoGo))
			Expect(err).To(MatchError(ContainSubstring("https://go.dev/dl")))
		})
	})

	Context("when the Go module proxy can't be reached", func() {
		DescribeTable("should name the proxy",
			func(ctx SpecContext, program, line string) {
				f.fails(program, line)
				err := fail(ctx, Pulumi)
				Expect(err).To(MatchError(ErrModules))
				Expect(err).To(MatchError(And(
					ContainSubstring("GOPROXY=https://proxy.example"), ContainSubstring(line))))
			},
			Entry("while the modules are fetched", "go list", "dial tcp: lookup proxy.example: no such host"),
			Entry("while it builds", "go build", "Get \"https://proxy.example\": proxyconnect tcp: connection refused"),
			Entry("by decision", "go list", "module lookup disabled by GOPROXY=off"),
		)

		It("should say what to check when the reason is another", func(ctx SpecContext) {
			f.fails("go list", "missing go.sum entry")
			err := fail(ctx, Pulumi)
			Expect(err).To(MatchError(ErrModules))
			Expect(err).To(MatchError(ContainSubstring("Check that the checkout is complete")))
		})
	})

	Context("when the compiler fails", func() {
		It("should show its last lines and the path of the whole log", func(ctx SpecContext) {
			var lines []string
			for n := range 40 {
				lines = append(lines, fmt.Sprintf("line %d;", n))
			}
			f.fails("go build", lines...)
			err := fail(ctx, Pulumi)
			Expect(err).To(MatchError(ErrBuild))
			Expect(err).To(MatchError(And(
				ContainSubstring("line 39;"), ContainSubstring("line 25;"), Not(ContainSubstring("line 24;")))))
			log := filepath.Join(f.cache, "pulumi", "install.log")
			Expect(err).To(MatchError(ContainSubstring(log)))
			Expect(log).To(BeAnExistingFile())
		})

		It("should not trust a CLI of another version", func(ctx SpecContext) {
			f.when("pulumi version", func(context.Context, command) (string, error) { return "v3.0.0\n", nil })
			Expect(fail(ctx, Pulumi)).To(MatchError(ContainSubstring(`says that it is version "v3.0.0\n"`)))
		})

		It("should not trust a build without a binary", func(ctx SpecContext) {
			f.when("go build", func(context.Context, command) (string, error) { return "", nil })
			Expect(fail(ctx, Pulumi)).To(MatchError(ContainSubstring("bin/pulumi: no such file")))
		})
	})

	Context("when the Python is unfit", func() {
		It("should say which is needed, which is there and how to install it", func(ctx SpecContext) {
			f.when(printVersion, func(context.Context, command) (string, error) { return "3.8\n", nil })
			err := fail(ctx, Moto)
			Expect(err).To(MatchError(ErrNoPython))
			Expect(err).To(MatchError(And(ContainSubstring("needs Python 3.10 or newer"),
				ContainSubstring("PATH has only /bin/python3 (3.8)"), ContainSubstring("apt install python3"))))
		})

		It("should say that there is none", func(ctx SpecContext) {
			delete(f.onPath, "python3")
			Expect(fail(ctx, Moto)).To(MatchError(ContainSubstring("PATH has none")))
		})

		It("should name a missing module venv", func(ctx SpecContext) {
			f.fails("-m venv", "ensurepip is not available")
			err := fail(ctx, Moto)
			Expect(err).To(MatchError(ErrNoPython))
			Expect(err).To(MatchError(And(ContainSubstring("ensurepip is not available"), ContainSubstring("python3-venv"))))
		})

		It("should take a newer one beside an old python3", func(ctx SpecContext) {
			f.onPath["python3.12"] = "/opt/python3.12"
			f.when("/bin/python3 -c", func(context.Context, command) (string, error) { return "3.6\n", nil })
			_, err := f.ensure(ctx, Moto)
			Expect(err).NotTo(HaveOccurred())
			Expect(f.times("/opt/python3.12 -m venv")).To(Equal(1))
		})
	})

	Context("when pip fails", func() {
		It("should show its last lines and what to check", func(ctx SpecContext) {
			f.fails("-m pip", "ERROR: No matching distribution found for moto")
			err := fail(ctx, Moto)
			Expect(err).To(MatchError(ErrPip))
			Expect(err).To(MatchError(And(
				ContainSubstring("No matching distribution"), ContainSubstring("pip config list"))))
		})
	})
})

var _ = Describe("The version of Python", func() {
	DescribeTable("should be compared by its numbers",
		func(version string, enough bool) { Expect(newEnough(version)).To(Equal(enough)) },
		Entry("the oldest that serves", "3.10", true),
		Entry("one before it", "3.9", false),
		Entry("a later one", "3.14", true),
		Entry("a later major version", "4.0", true),
		Entry("Python 2", "2.7", false),
		Entry("no version", "Python was not found", false),
	)
})
