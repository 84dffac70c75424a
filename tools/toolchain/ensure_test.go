package toolchain

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
)

var _ = Describe("Ensure", func() {
	var f *fixture

	BeforeEach(func() { f = newFixture() })

	Context("when nothing is installed", func() {
		It("should install every component and say where it is", func(ctx SpecContext) {
			installed, err := f.ensure(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(os.ReadFile(installed.Pulumi)).To(BeEquivalentTo("a binary"))
			Expect(os.ReadFile(filepath.Join(installed.PulumiHome, pluginPath))).To(BeEquivalentTo("a binary"))
			Expect(installed.ProviderSource).To(Equal(Built))
			Expect(installed.MotoPython).To(BeAnExistingFile())
			Expect(f.leftovers()).To(BeEmpty())
		})

		It("should say beforehand what a long build does, why, and what it takes", func(ctx SpecContext) {
			_, err := f.ensure(ctx, ProviderAWS)
			Expect(err).NotTo(HaveOccurred())
			Expect(f.out).To(gbytes.Say(`Pulumi CLI v3\.1\.2 from Go modules, once for all checkouts: about 3 minutes`))
			Expect(f.out).To(gbytes.Say(`release can't be downloaded here`))
			Expect(f.out).To(gbytes.Say(`about 12 minutes on 2 cores`))
			Expect(f.out).To(gbytes.Say(`7\.0 GB of memory`))
			Expect(f.out).To(gbytes.Say(`AWS provider plugin is ready \(built`))
		})

		It("should tell of a missing Python before it builds anything", func(ctx SpecContext) {
			f.onPath = map[string]string{"go": "/bin/go"}
			_, err := f.ensure(ctx)
			Expect(err).To(MatchError(ErrNoPython))
			Expect(f.times("go build")).To(BeZero())
		})

		It("should install no moto for a deployment to a real account", func(ctx SpecContext) {
			installed, err := f.ensure(ctx, ProviderAWS)
			Expect(err).NotTo(HaveOccurred())
			Expect(installed.MotoPython).To(BeEmpty())
			Expect(installed.Pulumi).NotTo(BeEmpty(), "the provider needs the CLI")
			Expect(f.times("python")).To(BeZero())
		})
	})

	Context("when everything is installed", func() {
		BeforeEach(func(ctx SpecContext) {
			_, err := f.ensure(ctx)
			Expect(err).NotTo(HaveOccurred())
			f.ran = nil
		})

		It("should start no program", func(ctx SpecContext) {
			_, err := f.ensure(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(f.ran).To(BeEmpty())
		})

		It("should serve another checkout of the same sources", func(ctx SpecContext) {
			before, err := f.ensure(ctx)
			Expect(err).NotTo(HaveOccurred())
			clone := newFixture()
			clone.machine, clone.cache = f.machine, f.cache
			Expect(clone.ensure(ctx)).To(Equal(before))
			Expect(f.ran).To(BeEmpty())
		})

		It("should keep the other version when the sources change", func(ctx SpecContext) {
			before, err := f.ensure(ctx)
			Expect(err).NotTo(HaveOccurred())
			f.write("tools/provider-aws/main.go", "package main // changed\n")
			after, err := f.ensure(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(after.PulumiHome).NotTo(Equal(before.PulumiHome))
			Expect(before.PulumiHome).To(BeADirectory())
			Expect(after.Pulumi).To(Equal(before.Pulumi))
		})

		It("should remove a version that nobody has used for a month when it installs another", func(ctx SpecContext) {
			before, err := f.ensure(ctx)
			Expect(err).NotTo(HaveOccurred())
			age(filepath.Join(before.PulumiHome, manifestName), keepUnused+time.Hour)
			f.write("tools/provider-aws/main.go", "package main // changed\n")
			_, err = f.ensure(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(before.PulumiHome).NotTo(BeADirectory())
		})

		It("should note a use, so that what is used is not removed", func(ctx SpecContext) {
			before, err := f.ensure(ctx)
			Expect(err).NotTo(HaveOccurred())
			manifest := filepath.Join(before.PulumiHome, manifestName)
			age(manifest, keepUnused+time.Hour)
			_, err = f.ensure(ctx)
			Expect(err).NotTo(HaveOccurred())
			info, err := os.Stat(manifest)
			Expect(err).NotTo(HaveOccurred())
			Expect(info.ModTime()).To(BeTemporally("~", time.Now(), time.Minute))
		})

		DescribeTable("should install a damaged result anew",
			func(ctx SpecContext, damage func(home string) error) {
				before, err := f.ensure(ctx)
				Expect(err).NotTo(HaveOccurred())
				Expect(damage(before.PulumiHome)).To(Succeed())
				after, err := f.ensure(ctx)
				Expect(err).NotTo(HaveOccurred())
				Expect(os.ReadFile(filepath.Join(after.PulumiHome, pluginPath))).To(BeEquivalentTo("a binary"))
			},
			Entry("whose binary was cut short", func(home string) error {
				return os.Truncate(filepath.Join(home, pluginPath), 3)
			}),
			Entry("whose binary is gone", func(home string) error { return os.Remove(filepath.Join(home, pluginPath)) }),
			Entry("without a manifest", func(home string) error { return os.Remove(filepath.Join(home, manifestName)) }),
			Entry("whose manifest is no JSON", func(home string) error {
				return os.WriteFile(filepath.Join(home, manifestName), []byte("{"), 0o644)
			}),
		)
	})

	Context("when two run at once", func() {
		It("should build once, and tell the second whom it waits for", func(ctx SpecContext) {
			second := newFixture()
			second.machine, second.root, second.cache = f.machine, f.root, f.cache
			building := make(chan struct{})
			f.when("go build", func(_ context.Context, c command) (string, error) {
				close(building)
				Eventually(second.out).Should(gbytes.Say("Waiting for process %d, which installs the Pulumi CLI", os.Getpid()))
				return "", writeOutput(c, "a binary")
			})
			done := make(chan Installed)
			go func() {
				defer GinkgoRecover()
				defer close(done)
				<-building
				installed, err := second.ensure(ctx, Pulumi)
				Expect(err).NotTo(HaveOccurred())
				done <- installed
			}()
			installed, err := f.ensure(ctx, Pulumi)
			Expect(err).NotTo(HaveOccurred())
			Eventually(done).Should(Receive(Equal(installed)))
			Expect(f.times("go build")).To(Equal(1))
		}, SpecTimeout(20*time.Second))

		It("should stop waiting when it is interrupted", func(ctx SpecContext) {
			i := f.installer(Pulumi)
			target, err := i.pulumiPart()
			Expect(err).NotTo(HaveOccurred())
			Expect(os.MkdirAll(target.folder, 0o755)).To(Succeed())
			held, err := acquire(ctx, filepath.Join(target.folder, "lock"), func(string) {})
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(held.release)
			interrupted, interrupt := context.WithCancel(ctx)
			go func() {
				defer GinkgoRecover()
				Eventually(f.out).Should(gbytes.Say("Waiting for another process"))
				interrupt()
			}()
			_, err = i.ensure(interrupted)
			Expect(err).To(MatchError(context.Canceled))
		}, SpecTimeout(20*time.Second))
	})

	Context("when an installation fails", func() {
		It("should leave nothing but the log, and succeed the next time", func(ctx SpecContext) {
			f.when("go build", func(_ context.Context, c command) (string, error) {
				return "", errors.Join(writeOutput(c, "half"), errors.New("exit status 1"))
			})
			_, err := f.ensure(ctx, Pulumi)
			Expect(err).To(MatchError(ErrBuild))
			Expect(f.leftovers()).To(BeEmpty())
			f.answers = nil
			installed, err := f.ensure(ctx, Pulumi)
			Expect(err).NotTo(HaveOccurred())
			Expect(os.ReadFile(installed.Pulumi)).To(BeEquivalentTo("a binary"))
		})

		It("should say so when it was interrupted", func(ctx SpecContext) {
			interrupted, interrupt := context.WithCancel(ctx)
			f.when("go build", func(context.Context, command) (string, error) {
				interrupt()
				return "", errors.New("signal: interrupt")
			})
			_, err := f.ensure(interrupted, Pulumi)
			Expect(err).To(MatchError(context.Canceled))
			Expect(err).To(MatchError(ContainSubstring("the next run starts where this one stopped")))
		})
	})

	Context("when the options are wrong", func() {
		It("should name the modes that there are", func() {
			_, err := newInstaller(Options{Mode: "fast"}, f.system())
			Expect(err).To(MatchError(`reading COMPLIANCE_TOOLCHAIN: "fast" is no mode; it must be auto, download or build`))
		})

		It("should name the components that there are", func() {
			_, err := newInstaller(Options{Need: []Component{"terraform"}}, f.system())
			Expect(err).To(MatchError(ContainSubstring(`there are ["moto" "pulumi" "provider-aws"]`)))
		})

		It("should say that the checkout is incomplete when sources are missing", func(ctx SpecContext) {
			Expect(os.Remove(filepath.Join(f.root, "tools/pulumi/go.sum"))).To(Succeed())
			_, err := f.ensure(ctx, Pulumi)
			Expect(err).To(MatchError(ContainSubstring("is the checkout complete?")))
		})
	})
})

var _ = Describe("Ensure and Find", func() {
	It("should need no machine at all when everything is there", func(ctx SpecContext) {
		f := newFixture()
		installed, err := f.ensure(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(Ensure(ctx, f.options())).To(Equal(installed))
		Expect(Find(f.options())).To(Equal(installed))
	})
})

var _ = Describe("Find", func() {
	It("should name everything that is missing, and install nothing", func() {
		f := newFixture()
		_, err := f.installer().find()
		Expect(err).To(MatchError(ErrNotInstalled))
		Expect(err).To(MatchError(And(
			ContainSubstring("moto"), ContainSubstring("the Pulumi CLI"), ContainSubstring("the AWS provider plugin"))))
		Expect(f.ran).To(BeEmpty())
	})

	It("should find what Ensure installed", func(ctx SpecContext) {
		f := newFixture()
		installed, err := f.ensure(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(f.installer().find()).To(Equal(installed))
	})
})

func age(path string, by time.Duration) {
	GinkgoHelper()
	then := time.Now().Add(-by)
	Expect(os.Chtimes(path, then, then)).To(Succeed())
}
