package deploy

import (
	"errors"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// putSettings writes the settings of a layer's stack into a checkout.
func putSettings(root, layer, stack, text string) {
	GinkgoHelper()
	folder := filepath.Join(root, "stacks", layer)
	Expect(os.MkdirAll(folder, 0o755)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(folder, "Pulumi."+stack+".yaml"), []byte(text), 0o600)).To(Succeed())
}

func layerNamed(name string) stacks.Layer {
	GinkgoHelper()
	layer, found := stacks.Find(name)
	Expect(found).To(BeTrue())
	return layer
}

var _ = Describe("The settings of a target", func() {
	var (
		target     Target
		foundation stacks.Layer
	)

	BeforeEach(func() {
		target = Target{Stack: "prod", Root: GinkgoT().TempDir(), StateDir: GinkgoT().TempDir()}
		foundation = layerNamed("foundation")
		putSettings(target.Root, "foundation", "prod", `config:
  pulumi:disable-default-providers: [aws]
  compliance-monitor-foundation:environment: prod
  compliance-monitor-foundation:accountId: "123456789012"
  compliance-monitor-foundation:retentionDays: 7
  compliance-monitor-foundation:violationsEmails: [a@example.com]
  somebody-else:environment: other
`)
	})

	It("should be those of the layer's project, with structured ones as JSON", func() {
		Expect(target.Settings(foundation)).To(Equal(map[string]string{
			"environment": "prod", "accountId": "123456789012", "retentionDays": "7", "violationsEmails": `["a@example.com"]`,
		}))
	})

	It("should name the account that the stack expects", func() {
		Expect(target.AccountID()).To(Equal("123456789012"))
	})

	It("should be overridden by what depends on the machine, and leave other layers alone", func() {
		target.Overrides = map[string]map[string]string{
			"foundation": {"retentionDays": "9", "local": "true"}, "functions": {"architecture": "arm64"},
		}
		Expect(target.Settings(foundation)).To(And(
			HaveKeyWithValue("retentionDays", "9"), HaveKeyWithValue("local", "true"), HaveKeyWithValue("environment", "prod"),
			Not(HaveKey("architecture")),
		))
	})

	It("should always keep resources from the engine's own provider, which has no tags", func() {
		putSettings(target.Root, "foundation", "prod", "config: {}\n")
		loaded, err := target.loadSettings(foundation)
		Expect(err).NotTo(HaveOccurred())
		Expect(loaded.Config).To(HaveLen(1))
		for key, value := range loaded.Config {
			Expect(key.String()).To(Equal("pulumi:disable-default-providers"))
			Expect(value.Value(nil)).To(Equal(`["aws"]`))
		}
	})

	It("should be right where nothing is wrong with them", func() {
		Expect(target.CheckSettings([]stacks.Layer{foundation})).To(Succeed())
	})

	It("should have every fault of every layer reported at once", func() {
		putSettings(target.Root, "foundation", "prod", `config:
  compliance-monitor-foundation:environment: prod
  compliance-monitor-foundation:region: eu-west-1
  compliance-monitor-foundation:retentionDays: 0
`)
		putSettings(target.Root, "config-rules", "prod", `config:
  compliance-monitor-config-rules:packs: [nonsense]
`)
		err := target.CheckSettings([]stacks.Layer{foundation, layerNamed("config-rules"), layerNamed("functions")})
		Expect(err).To(BeAssignableToTypeOf(&SettingsError{}))
		Expect(err).To(MatchError(And(
			ContainSubstring("foundation:region"), ContainSubstring("foundation:retentionDays"),
			ContainSubstring("nonsense"), ContainSubstring("no settings for stack prod of layer functions"),
		)))
	})

	It("should be an error that says which file to make where there are none", func() {
		target.Stack = "dev"
		_, err := target.Settings(foundation)
		Expect(err).To(MatchError(And(ContainSubstring("Pulumi.prod.yaml"), ContainSubstring("Pulumi.dev.yaml"))))
	})

	It("should be an error that names the file where that is no YAML", func() {
		putSettings(target.Root, "foundation", "prod", "config: [")
		_, err := target.Settings(foundation)
		Expect(err).To(MatchError(ContainSubstring("Pulumi.prod.yaml")))
	})

	Context("when Pulumi has kept the salt of the stack's secrets in its copy", func() {
		var copied string

		BeforeEach(func() {
			copied = filepath.Join(target.StateDir, "foundation", "Pulumi.prod.yaml")
			Expect(os.MkdirAll(filepath.Dir(copied), 0o755)).To(Succeed())
			Expect(os.WriteFile(copied, []byte("encryptionsalt: v1:old\nconfig: {}\n"), 0o600)).To(Succeed())
		})

		It("should keep it over a new copy", func() {
			settings, previous := &workspace.ProjectStack{}, &workspace.ProjectStack{EncryptionSalt: "v1:old"}
			keepSecrets(settings, previous)
			Expect(settings.EncryptionSalt).To(Equal("v1:old"))
		})

		It("should prefer what the user's file says", func() {
			settings, previous := &workspace.ProjectStack{EncryptionSalt: "v1:new"}, &workspace.ProjectStack{EncryptionSalt: "v1:old"}
			keepSecrets(settings, previous)
			Expect(settings.EncryptionSalt).To(Equal("v1:new"))
		})

		It("should never touch the checkout's file", func() {
			before, err := os.ReadFile(target.settingsFile(foundation))
			Expect(err).NotTo(HaveOccurred())
			_, err = target.workspaceOptions(foundation, nil)
			Expect(err).NotTo(HaveOccurred())
			Expect(os.ReadFile(target.settingsFile(foundation))).To(Equal(before))
		})
	})
})

var _ = Describe("The functions' packages", func() {
	var target Target

	BeforeEach(func() {
		target = Target{Stack: "prod", Root: GinkgoT().TempDir()}
		putSettings(target.Root, "functions", "prod", "config:\n  compliance-monitor-functions:remediationMode: plan\n")
	})

	It("should be built for arm64 unless the settings say otherwise", func() {
		Expect(LambdaGOARCH(target)).To(Equal("arm64"))
	})

	DescribeTable("should be built for Go's name of the architecture that the settings have",
		func(architecture, goarch string) {
			target.Overrides = map[string]map[string]string{"functions": {"architecture": architecture}}
			Expect(LambdaGOARCH(target)).To(Equal(goarch))
		},
		Entry("x86_64", "x86_64", "amd64"),
		Entry("arm64", "arm64", "arm64"),
	)

	It("should not be built for an architecture that Lambda does not have", func() {
		target.Overrides = map[string]map[string]string{"functions": {"architecture": "riscv"}}
		_, err := LambdaGOARCH(target)
		Expect(err).To(MatchError(And(ContainSubstring(`"riscv"`), ContainSubstring("expected arm64 or x86_64"))))
	})

	It("should not be built without settings", func() {
		target.Stack = "dev"
		_, err := LambdaGOARCH(target)
		Expect(err).To(MatchError(ContainSubstring("Pulumi.dev.yaml")))
	})

	It("should be built for the host on a local AWS", func() {
		Expect(LocalOverrides("amd64")).To(Equal(map[string]map[string]string{"functions": {"architecture": "x86_64"}}))
	})

	It("should lie in a folder an architecture", func() {
		Expect(PackageFolder("/packages", "amd64")).To(Equal("/packages/x86_64"))
	})
})

var _ = Describe("The environment of a local AWS", func() {
	It("should hide the user's own credentials, endpoint and backend", func() {
		env := LocalEnv("http://127.0.0.1:1", "/state")
		Expect(env).To(And(
			HaveKeyWithValue("PULUMI_BACKEND_URL", "file:///state?metadata=skip"), HaveKeyWithValue("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
			HaveKeyWithValue("AWS_PROFILE", ""), HaveKeyWithValue("AWS_SESSION_TOKEN", ""),
			HaveKeyWithValue("AWS_REGION", "us-east-1"),
		))
		Expect(env["AWS_ACCESS_KEY_ID"]).NotTo(BeEmpty())
	})
})

var _ = Describe("Settings at fault", func() {
	It("should be found by their sort", func() {
		var fault *SettingsError
		Expect(errors.As(Target{Stack: "x", Root: "/nowhere"}.CheckSettings(stacks.Layers()), &fault)).To(BeTrue())
		Expect(fault.Stack).To(Equal("x"))
	})
})
