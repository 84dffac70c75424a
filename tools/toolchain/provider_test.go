package toolchain

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The AWS provider plugin", func() {
	var f *fixture

	BeforeEach(func() { f = newFixture() })

	// install does what the CLI does with a release.
	install := func(_ context.Context, c command) (string, error) {
		for _, setting := range c.env {
			if home, ok := strings.CutPrefix(setting, "PULUMI_HOME="); ok {
				return "", put(filepath.Join(home, pluginPath), "the release")
			}
		}
		return "", os.ErrNotExist
	}
	content := func(installed Installed) string {
		GinkgoHelper()
		bytes, err := os.ReadFile(filepath.Join(installed.PulumiHome, pluginPath))
		Expect(err).NotTo(HaveOccurred())
		return string(bytes)
	}

	Context("when the release can be downloaded", func() {
		BeforeEach(func() { f.when("plugin install resource aws "+testProvider, install) })

		It("should be the release", func(ctx SpecContext) {
			installed, err := f.ensure(ctx, ProviderAWS)
			Expect(err).NotTo(HaveOccurred())
			Expect(content(installed)).To(Equal("the release"))
			Expect(installed.ProviderSource).To(Equal(Downloaded))
			Expect(f.times("go build")).To(Equal(1), "of the CLI")
		})

		It("should be built all the same in the mode build", func(ctx SpecContext) {
			f.mode = ModeBuild
			installed, err := f.ensure(ctx, ProviderAWS)
			Expect(err).NotTo(HaveOccurred())
			Expect(content(installed)).To(Equal("a binary"))
			Expect(f.times("plugin install")).To(BeZero())
		})

		It("should be built in place of the release when the mode becomes build", func(ctx SpecContext) {
			_, err := f.ensure(ctx, ProviderAWS)
			Expect(err).NotTo(HaveOccurred())
			f.mode = ModeBuild
			installed, err := f.ensure(ctx, ProviderAWS)
			Expect(err).NotTo(HaveOccurred())
			Expect(content(installed)).To(Equal("a binary"))
		})
	})

	Context("when the release can't be downloaded", func() {
		It("should be an error in the mode download, with the way out", func(ctx SpecContext) {
			f.mode = ModeDownload
			f.fails("plugin install", "error: 404 HTTP error fetching plugin")
			_, err := f.ensure(ctx, ProviderAWS)
			Expect(err).To(MatchError(ErrDownload))
			Expect(err).To(MatchError(And(
				ContainSubstring("404 HTTP error"), ContainSubstring("set COMPLIANCE_TOOLCHAIN=build"))))
		})

		It("should be built without what a broken download left", func(ctx SpecContext) {
			f.when("plugin install", func(ctx context.Context, c command) (string, error) {
				_, err := install(ctx, c)
				Expect(err).NotTo(HaveOccurred())
				return "", os.ErrDeadlineExceeded
			})
			f.when("go build", func(_ context.Context, c command) (string, error) {
				if strings.Contains(strings.Join(c.args, " "), pluginPath) {
					Expect(filepath.Join(filepath.Dir(c.args[3]), "pulumi-resource-aws")).NotTo(BeAnExistingFile())
				}
				return "", writeOutput(c, "a binary")
			})
			installed, err := f.ensure(ctx, ProviderAWS)
			Expect(err).NotTo(HaveOccurred())
			Expect(content(installed)).To(Equal("a binary"))
		})
	})

	Context("when the download hangs", func() {
		It("should be given up once nothing arrives any more", func(ctx SpecContext) {
			f.mode = ModeDownload
			f.when("plugin install", func(ctx context.Context, _ command) (string, error) {
				f.ticks <- time.Now()
				<-ctx.Done()
				return "", ctx.Err()
			})
			_, err := f.ensure(ctx, ProviderAWS)
			Expect(err).To(MatchError(errStalled))
		}, SpecTimeout(20*time.Second))
	})

	Context("when the download is slow", func() {
		It("should wait as long as something arrives", func(ctx SpecContext) {
			f.mode, f.rate = ModeDownload, 1
			f.when("plugin install", func(ctx context.Context, c command) (string, error) {
				for range 5 {
					f.ticks <- time.Now()
				}
				if err := ctx.Err(); err != nil {
					return "", err
				}
				return install(ctx, c)
			})
			installed, err := f.ensure(ctx, ProviderAWS)
			Expect(err).NotTo(HaveOccurred())
			Expect(installed.ProviderSource).To(Equal(Downloaded))
		}, SpecTimeout(20*time.Second))

		It("should be measured by the files that it has brought", func() {
			folder := GinkgoT().TempDir()
			Expect(put(filepath.Join(folder, "a", "release.tar.gz"), "12345")).To(Succeed())
			Expect(put(filepath.Join(folder, "b"), "678")).To(Succeed())
			Expect(bytesIn(folder, filepath.Join(folder, "gone"))).To(BeEquivalentTo(8))
		})
	})
})
