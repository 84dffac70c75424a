package deploy

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The backend that a user names", func() {
	var folder string

	BeforeEach(func() {
		var err error
		folder, err = filepath.EvalSymlinks(GinkgoT().TempDir())
		Expect(err).NotTo(HaveOccurred())
		Expect(os.Mkdir(filepath.Join(folder, "state"), 0o755)).To(Succeed())
		GinkgoT().Chdir(folder)
		GinkgoT().Setenv("HOME", folder)
	})

	DescribeTable("should be made absolute where it is a folder",
		func(backend, suffix string) {
			Expect(BackendEnv(backend)).To(Equal(map[string]string{envBackend: "file://" + folder + suffix}))
		},
		Entry("below the current one", "file://state", "/state?metadata=skip"),
		Entry("below the current one, with a dot", "file://./state", "/state?metadata=skip"),
		Entry("below the home", "file://~/state", "/state?metadata=skip"),
		Entry("with options", "file://state?no_tmp_dir=true", "/state?metadata=skip&no_tmp_dir=true"),
	)

	It("should stay as it is where it is absolute", func() {
		Expect(BackendEnv("file://" + folder + "/state")).To(HaveKeyWithValue(envBackend, "file://"+folder+"/state?metadata=skip"))
	})

	It("should stay as it is where it is no folder", func() {
		Expect(BackendEnv("s3://bucket?region=us-east-1")).To(BeEmpty())
	})

	It("should be refused where its options can't be read", func() {
		_, err := BackendEnv("file://state?%zz")
		Expect(err).To(MatchError(ContainSubstring("reading PULUMI_BACKEND_URL=file://state?%zz")))
	})

	It("should be refused where the folder is missing", func() {
		_, err := BackendEnv("file://nowhere")
		Expect(err).To(MatchError(And(ContainSubstring(folder+"/nowhere"), ContainSubstring("make it"))))
	})

	It("should be the process's own where the target names none", func() {
		GinkgoT().Setenv(envBackend, "https://api.pulumi.com")
		Expect(Target{}.backendURL()).To(Equal("https://api.pulumi.com"))
		_, isFile := Target{}.fileBackend()
		Expect(isFile).To(BeFalse())
	})
})
