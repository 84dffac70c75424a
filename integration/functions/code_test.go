package functions_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/base64"
	"io"
	"os"
	"runtime"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// machines are ELF's names of Go's architectures.
var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// hash is Lambda's hash of a package.
func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return base64.StdEncoding.EncodeToString(sum[:])
}

var _ = Describe("A function's code", func() {
	DescribeTable("should be the package that was built",
		func(ctx SpecContext, short string) {
			content, err := os.ReadFile(deployed.Package(short))
			Expect(err).NotTo(HaveOccurred())
			found := configuration(ctx, short)
			Expect(found.CodeSha256).To(HaveValue(Equal(hash(content))))
			Expect(found.CodeSize).To(BeEquivalentTo(len(content)))
		},
		everyFunction(),
	)

	DescribeTable("should be one executable called bootstrap for the host's machine, and no source",
		func(short string) {
			archive, err := zip.OpenReader(deployed.Package(short))
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(archive.Close)
			Expect(archive.File).To(ConsistOf(HaveField("Name", "bootstrap")))
			Expect(archive.File[0].Mode()).To(BeEquivalentTo(0o755))
			entry, err := archive.File[0].Open()
			Expect(err).NotTo(HaveOccurred())
			content, err := io.ReadAll(entry)
			Expect(err).NotTo(HaveOccurred())
			executable, err := elf.NewFile(bytes.NewReader(content))
			Expect(err).NotTo(HaveOccurred())
			Expect(executable).To(And(
				HaveField("Type", elf.ET_EXEC), HaveField("Machine", machines[runtime.GOARCH]), HaveField("Class", elf.ELFCLASS64),
			))
			Expect(executable.ImportedLibraries()).To(BeEmpty(), "it must need no library of the machine that built it")
		},
		everyFunction(),
	)
})

var _ = Describe("One function's changed code", Ordered, func() {
	var original, changed []byte

	BeforeAll(func() {
		var err error
		original, err = os.ReadFile(deployed.Package(names.Processor))
		Expect(err).NotTo(HaveOccurred())
		changed = commented(original)
		DeferCleanup(func() error { return os.WriteFile(deployed.Package(names.Processor), original, 0o644) })
	})

	It("should be deployed, and nothing else", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		untouched := configuration(ctx, names.Remediator)
		Expect(os.WriteFile(deployed.Package(names.Processor), changed, 0o644)).To(Succeed())
		Expect(deployed.Up(ctx, deployed.Target, stage.Functions)).To(expect.Changes(map[string]int{"update": 1}))
		Expect(configuration(ctx, names.Processor).CodeSha256).To(HaveValue(Equal(hash(changed))))
		Expect(configuration(ctx, names.Remediator)).To(And(
			HaveField("CodeSha256", untouched.CodeSha256), HaveField("LastModified", untouched.LastModified),
		))
	})

	It("should give way to the code from before", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(os.WriteFile(deployed.Package(names.Processor), original, 0o644)).To(Succeed())
		Expect(deployed.Up(ctx, deployed.Target, stage.Functions)).To(expect.Changes(map[string]int{"update": 1}))
		Expect(configuration(ctx, names.Processor).CodeSha256).To(HaveValue(Equal(hash(original))))
	})
})

// commented is the same package with a comment, which makes it another file. The comment is the end of a zip file, behind
// its length.
func commented(content []byte) []byte {
	const comment = "changed"
	end := len(content) - 2
	changed := append(bytes.Clone(content[:end]), byte(len(comment)), 0)
	return append(changed, comment...)
}
