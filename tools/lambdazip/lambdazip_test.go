package lambdazip_test

import (
	"archive/zip"
	"bytes"
	"context"
	"debug/elf"
	"io"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/compliance-monitor/compliance-monitor/tools/lambdazip"
)

const program = `package main

import "fmt"

func main() { fmt.Println("hello") }
`

// oldRPC stands for what the tag lambda.norpc leaves out of a function: with it, this would not compile.
const oldRPC = `//go:build !lambda.norpc

package main

var _ = missing
`

// checkout is a folder with one function called greeter.
func checkout() string {
	GinkgoHelper()
	root := GinkgoT().TempDir()
	write(filepath.Join(root, "lambda-src", "go.mod"), "module example.com/functions\n\ngo 1.26\n")
	write(filepath.Join(root, "lambda-src", "greeter", "main.go"), program)
	write(filepath.Join(root, "lambda-src", "greeter", "rpc.go"), oldRPC)
	return root
}

func write(path, content string) {
	GinkgoHelper()
	Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
	Expect(os.WriteFile(path, []byte(content), 0o644)).To(Succeed())
}

func options(root string) lambdazip.Options {
	return lambdazip.Options{
		Root: root, Function: "greeter", GOARCH: lambdazip.ARM64, OutDir: filepath.Join(root, "build", "lambda"),
	}
}

func build(ctx context.Context, opts lambdazip.Options) []byte {
	GinkgoHelper()
	path, _, err := lambdazip.Build(ctx, opts)
	Expect(err).NotTo(HaveOccurred())
	content, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	return content
}

// onlyEntry opens the package and returns its one file.
func onlyEntry(content []byte) *zip.File {
	GinkgoHelper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	Expect(err).NotTo(HaveOccurred())
	Expect(archive.File).To(HaveLen(1))
	return archive.File[0]
}

func executable(content []byte) *elf.File {
	GinkgoHelper()
	reader, err := onlyEntry(content).Open()
	Expect(err).NotTo(HaveOccurred())
	unpacked, err := io.ReadAll(reader)
	Expect(err).NotTo(HaveOccurred())
	binary, err := elf.NewFile(bytes.NewReader(unpacked))
	Expect(err).NotTo(HaveOccurred())
	return binary
}

var _ = Describe("A Lambda package", func() {
	It("should hold nothing but the executable that the runtime starts", func(ctx SpecContext) {
		entry := onlyEntry(build(ctx, options(checkout())))
		Expect(entry.Name).To(Equal("bootstrap"))
		Expect(entry.Mode()).To(Equal(os.FileMode(0o755)))
		Expect(entry.Modified.UTC()).To(Equal(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)))
	})

	DescribeTable("should be compiled for Linux on",
		func(ctx SpecContext, goarch string, machine elf.Machine) {
			opts := options(checkout())
			opts.GOARCH = goarch
			binary := executable(build(ctx, opts))
			Expect(binary.Machine).To(Equal(machine))
			Expect(binary.Type).To(Equal(elf.ET_EXEC))
			libraries, err := binary.ImportedLibraries()
			Expect(err).NotTo(HaveOccurred())
			Expect(libraries).To(BeEmpty(), "the runtime has no C library to link with")
			Expect(binary.Section(".debug_info")).To(BeNil())
		},
		Entry("arm64", lambdazip.ARM64, elf.EM_AARCH64),
		Entry("amd64", lambdazip.AMD64, elf.EM_X86_64),
	)

	It("should have the same bytes from another folder", func(ctx SpecContext) {
		Expect(bytes.Equal(build(ctx, options(checkout())), build(ctx, options(checkout())))).To(BeTrue())
	})

	It("should have the same bytes whatever the builder's own settings for Go are", func(ctx SpecContext) {
		plain := build(ctx, options(checkout()))
		GinkgoT().Setenv("GOFLAGS", "-tags=other")
		GinkgoT().Setenv("GOARM64", "v9.0")
		GinkgoT().Setenv("GOOS", "darwin")
		Expect(bytes.Equal(build(ctx, options(checkout())), plain)).To(BeTrue())
	})

	It("should be left untouched when nothing changed", func(ctx SpecContext) {
		opts := options(checkout())
		path, changed, err := lambdazip.Build(ctx, opts)
		Expect(err).NotTo(HaveOccurred())
		Expect(changed).To(BeTrue())
		Expect(path).To(Equal(opts.Path()))
		before, err := os.Stat(path)
		Expect(err).NotTo(HaveOccurred())
		_, changed, err = lambdazip.Build(ctx, opts)
		Expect(err).NotTo(HaveOccurred())
		Expect(changed).To(BeFalse())
		after, err := os.Stat(path)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.SameFile(before, after)).To(BeTrue())
	})

	It("should change with the function's code", func(ctx SpecContext) {
		opts := options(checkout())
		before := build(ctx, opts)
		write(filepath.Join(opts.Root, "lambda-src", "greeter", "main.go"),
			"package main\n\nfunc main() { println(\"goodbye\") }\n")
		_, changed, err := lambdazip.Build(ctx, opts)
		Expect(err).NotTo(HaveOccurred())
		Expect(changed).To(BeTrue())
		Expect(os.ReadFile(opts.Path())).NotTo(Equal(before))
	})

	It("should leave only itself in the output folder", func(ctx SpecContext) {
		opts := options(checkout())
		build(ctx, opts)
		entries, err := os.ReadDir(opts.OutDir)
		Expect(err).NotTo(HaveOccurred())
		Expect(entries).To(HaveLen(1))
		Expect(entries[0].Name()).To(Equal("greeter.zip"))
	})

	Context("when the function does not compile", func() {
		It("should say where, and keep the package that was there", func(ctx SpecContext) {
			opts := options(checkout())
			before := build(ctx, opts)
			write(filepath.Join(opts.Root, "lambda-src", "greeter", "main.go"), "package main\n\nfunc main() { oops() }\n")
			out := gbytes.NewBuffer()
			opts.Out = out
			_, _, err := lambdazip.Build(ctx, opts)
			Expect(err).To(MatchError(And(
				ContainSubstring("compiling greeter"), ContainSubstring("main.go:3:15: undefined: oops"))))
			Expect(out).To(gbytes.Say("undefined: oops"))
			Expect(os.ReadFile(opts.Path())).To(Equal(before))
		})
	})

	Context("when the compiler is missing", func() {
		It("should say where to get it", func(ctx SpecContext) {
			opts := options(checkout())
			GinkgoT().Setenv("PATH", GinkgoT().TempDir())
			_, _, err := lambdazip.Build(ctx, opts)
			Expect(err).To(MatchError(ContainSubstring("https://go.dev/dl")))
		})
	})

	Context("when the output folder can't be made", func() {
		It("should name it", func(ctx SpecContext) {
			opts := options(checkout())
			opts.OutDir = filepath.Join(opts.Root, "lambda-src", "go.mod", "out")
			_, _, err := lambdazip.Build(ctx, opts)
			Expect(err).To(MatchError(ContainSubstring("making the output folder")))
		})
	})

	It("should report every wrong option at once", func(ctx SpecContext) {
		_, _, err := lambdazip.Build(ctx, lambdazip.Options{Root: checkout(), Function: "nobody", GOARCH: "386"})
		Expect(err).To(MatchError(And(
			ContainSubstring(`GOARCH is "386"`), ContainSubstring(`the function "nobody" has no folder`),
			ContainSubstring("the output folder is empty"))))
	})

	DescribeTable("should not be built from outside the functions' folder",
		func(ctx SpecContext, function string) {
			opts := options(checkout())
			opts.Function = function
			_, _, err := lambdazip.Build(ctx, opts)
			Expect(err).To(MatchError(ContainSubstring("must be the name of a folder in lambda-src")))
		},
		Entry("by a path upwards", "../stacks"),
		Entry("by a path downwards", "internal/store"),
		Entry("by no name", ""),
	)
})
