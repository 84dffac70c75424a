package commands_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/readback"
	"github.com/compliance-monitor/compliance-monitor/localcloud"
	"github.com/compliance-monitor/compliance-monitor/tools/toolchain"
)

func TestCommands(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "The operator's command")
}

const account = "123456789012" // the one that a local AWS knows

var (
	binary string // the built command
	cloud  *localcloud.Cloud
	aws    readback.Clients // of the cloud
)

// The command is built once. The cloud stands for AWS itself on every stack but local: each spec has a deployment of its
// own there.
var _ = BeforeSuite(func(ctx SpecContext) {
	binary = filepath.Join(GinkgoT().TempDir(), "compliance")
	built, err := exec.CommandContext(ctx, "go", "build", "-o", binary,
		"github.com/compliance-monitor/compliance-monitor/cmd/compliance").CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(built))
	installed, err := toolchain.Ensure(ctx, toolchain.Options{Root: realCheckout(), Out: GinkgoWriter})
	Expect(err).NotTo(HaveOccurred())
	cloud, err = localcloud.Start(ctx, localcloud.Options{
		Addr: "127.0.0.1:0", Python: installed.MotoPython, StateDir: GinkgoT().TempDir(), Log: GinkgoWriter,
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(cloud.Close)
	loaded, err := config.LoadDefaultConfig(ctx, config.WithRegion(names.Region), config.WithBaseEndpoint(cloud.Endpoint()),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("key", "secret", "")))
	Expect(err).NotTo(HaveOccurred())
	aws = readback.NewClients(loaded)
})
