package sdkcheck_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/tools/sdkcheck"
	"github.com/compliance-monitor/compliance-monitor/tools/toolchain"
)

const sdkModule = "github.com/pulumi/pulumi-aws/sdk/v6"

// accepted are the differences that stand, and why: the SDK was generated from a later release of the Terraform
// provider than the one that can be built from Go modules (5.82). Programs must not set these.
var accepted = map[string]string{
	"pulumi:providers:aws inputs.endpoints[].billing":               newer("a service"),
	"pulumi:providers:aws inputs.endpoints[].dsql":                  newer("a service"),
	"pulumi:providers:aws inputs.endpoints[].evs":                   newer("a service"),
	"pulumi:providers:aws inputs.endpoints[].invoicing":             newer("a service"),
	"pulumi:providers:aws inputs.endpoints[].mediapackagevod":       newer("a service"),
	"pulumi:providers:aws inputs.endpoints[].notifications":         newer("a service"),
	"pulumi:providers:aws inputs.endpoints[].notificationscontacts": newer("a service"),
	lifecycle + " inputs.timeouts":                                  newer("settable waits"),
	lifecycle + " state.timeouts":                                   newer("settable waits"),
	"aws:s3/bucketObjectv2:BucketObjectv2 state.checksumCrc64nvme":  newer("a checksum"),
	"aws:sns/topic:Topic inputs.fifoThroughputScope":                newer("a setting of FIFO topics"),
	"aws:sns/topic:Topic state.fifoThroughputScope":                 newer("a setting of FIFO topics"),
}

const lifecycle = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"

func newer(what string) string { return what + " that came after Terraform AWS provider 5.82" }

var _ = Describe("The AWS provider plugin that was built from Go modules", func() {
	var schema sdkcheck.Schema
	root := filepath.Join("..", "..")

	BeforeEach(func(ctx SpecContext) {
		installed, err := toolchain.Find(toolchain.Options{Root: root, Need: []toolchain.Component{toolchain.ProviderAWS}})
		if errors.Is(err, toolchain.ErrNotInstalled) {
			Skip("any deployment installs it: " + err.Error())
		}
		Expect(err).NotTo(HaveOccurred())
		if installed.ProviderSource != toolchain.Built {
			Skip("the official release is installed, from which the SDK was generated")
		}
		schema = askForSchema(ctx, installed, root)
	})

	It("should serve the resource types that the stacks use, and no others", func() {
		resources, functions := usedTypes(filepath.Join(root, "stacks"))
		Expect(schema.ResourceTokens()).To(ConsistOf(resources), "the mapping is in tools/provider-aws/resources.go")
		Expect(schema.FunctionTokens()).To(ContainElements(functions), "the mapping is in tools/provider-aws/datasources.go")
	})

	It("should agree with the SDK on every property, but for what is accepted here", func(ctx SpecContext) {
		differences, err := sdkcheck.Check(schema, sdkcheck.NewSDK(os.DirFS(sdkFolder(ctx, root))))
		Expect(err).NotTo(HaveOccurred())
		unseen := map[string]bool{}
		for path := range accepted {
			unseen[path] = true
		}
		var unexpected []string
		for _, difference := range differences {
			if accepted[difference.Path] == "" {
				unexpected = append(unexpected, difference.String())
			}
			delete(unseen, difference.Path)
		}
		Expect(unexpected).To(BeEmpty(), "add an override to tools/provider-aws/fields.go")
		Expect(unseen).To(BeEmpty(), "these are accepted and no longer differ; remove them")
	})
})

// askForSchema starts the plugin as the engine does, over its port, and asks for its schema.
func askForSchema(ctx context.Context, installed toolchain.Installed, root string) sdkcheck.Schema {
	GinkgoHelper()
	version := sdkVersion(ctx, root)
	cmd := exec.CommandContext(ctx, installed.Pulumi, "package", "get-schema", "aws@"+strings.TrimPrefix(version, "v"))
	cmd.Env = append(os.Environ(), "PULUMI_HOME="+installed.PulumiHome, "PULUMI_SKIP_UPDATE_CHECK=1",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true")
	cmd.Stderr = GinkgoWriter
	output, err := cmd.Output()
	Expect(err).NotTo(HaveOccurred())
	schema, err := sdkcheck.ParseSchema(output)
	Expect(err).NotTo(HaveOccurred())
	return schema
}

func sdkVersion(ctx context.Context, root string) string {
	GinkgoHelper()
	return downloaded(ctx, root).Version
}

// sdkFolder is where the source of the SDK's package aws is, at the version that the stacks require.
func sdkFolder(ctx context.Context, root string) string {
	GinkgoHelper()
	return filepath.Join(downloaded(ctx, root).Dir, "go", "aws")
}

type module struct{ Version, Dir string }

func downloaded(ctx context.Context, root string) module {
	GinkgoHelper()
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", sdkModule)
	cmd.Dir = filepath.Join(root, "stacks")
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Stderr = GinkgoWriter
	output, err := cmd.Output()
	Expect(err).NotTo(HaveOccurred())
	var found module
	Expect(json.Unmarshal(output, &found)).To(Succeed())
	return found
}
