package functions

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Packages", func() {
	It("should be found in the folder of the architecture, by an absolute path, with Lambda's hash", func() {
		folder := files()["codePath"]
		GinkgoT().Chdir(filepath.Dir(folder))
		packages, err := readPackages(filepath.Base(folder), ArchitectureARM64)
		Expect(err).NotTo(HaveOccurred())
		Expect(packages).To(HaveLen(3))
		Expect(filepath.IsAbs(packages["processor"].path)).To(BeTrue())
		Expect(os.ReadFile(packages["processor"].path)).To(Equal([]byte("zip of processor")))
		// printf 'zip of processor' | openssl dgst -sha256 -binary | base64
		Expect(packages["processor"].hash).To(Equal("x0WMANbj7zDaQIv6XlRxlNXDRLwgPoOl0xA/36qlKLg="))
		Expect(packages["aggregator"].hash).NotTo(Equal(packages["processor"].hash))
	})

	It("should all be named when they are missing, with how to make them", func() {
		folder := files()["codePath"]
		Expect(os.Remove(filepath.Join(folder, ArchitectureARM64, "aggregator.zip"))).To(Succeed())
		Expect(os.Remove(filepath.Join(folder, ArchitectureARM64, "remediator.zip"))).To(Succeed())
		_, err := readPackages(folder, ArchitectureARM64)
		Expect(err).To(MatchError(os.ErrNotExist))
		Expect(err).To(MatchError(And(
			ContainSubstring("function aggregator (make it with 'go tool task build-lambdas')"),
			ContainSubstring("function remediator (make it with 'go tool task build-lambdas')"),
			Not(ContainSubstring("processor")),
		)))
	})

	It("should not be those of another architecture", func() {
		_, err := readPackages(files()["codePath"], ArchitectureX8664)
		Expect(err).To(MatchError(ContainSubstring(filepath.Join(ArchitectureX8664, "processor.zip"))))
	})
})
