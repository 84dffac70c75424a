package foundation_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/readback"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

func TestFoundation(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "The deployed foundation layer")
}

// Names of what the layer makes.
var (
	prefix     = stage.Prefix()
	bucket     = names.Bucket(prefix, stage.Account)
	bucketARN  = "arn:aws:s3:::" + bucket
	violations = names.Resource(prefix, "violations")
	operations = names.Resource(prefix, "operations")
	deliveries = names.Resource(prefix, "deliveries-dlq")
	configRole = names.Resource(prefix, "config")
)

// What the specs look at. They may run in any order: whoever changes something sets it back.
var (
	deployed *stage.Stage
	clients  readback.Clients
	made     int // resources, as Pulumi counts them
)

var _ = BeforeSuite(func(ctx SpecContext) {
	var err error
	deployed, err = stage.New(ctx, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(deployed.Close)
	clients = readback.NewClients(deployed.AWS)
	results, err := deployed.Up(ctx, deployed.Target, stage.Foundation)
	Expect(err).NotTo(HaveOccurred())
	made = results[0].Changes["create"]
})
