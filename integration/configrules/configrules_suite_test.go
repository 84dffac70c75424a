package configrules_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/readback"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

func TestConfigRules(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "The deployed config-rules layer")
}

// Names of what the layer makes, and the rules that the local stack deploys.
var (
	prefix          = stage.Prefix()
	aggregator      = names.Resource(prefix, "aggregator")
	rules, rulesErr = everyPack()
)

// What the specs look at. They may run in any order: whoever changes something sets it back.
var (
	deployed *stage.Stage
	clients  readback.Clients
	before   []string // what there was before the layer
	made     int      // resources, as Pulumi counts them
)

var _ = BeforeSuite(func(ctx SpecContext) {
	Expect(rulesErr).NotTo(HaveOccurred())
	var err error
	deployed, err = stage.New(ctx, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(deployed.Close)
	clients = readback.NewClients(deployed.AWS)
	Expect(deployed.Up(ctx, deployed.Target, stage.Foundation)).Error().NotTo(HaveOccurred())
	before, err = clients.Inventory(ctx, prefix)
	Expect(err).NotTo(HaveOccurred())
	results, err := deployed.Up(ctx, deployed.Target, stage.ConfigRules)
	Expect(err).NotTo(HaveOccurred())
	made = results[0].Changes["create"]
})

// everyPack is every rule of the catalogue that is in a pack: a stage selects all packs.
func everyPack() ([]catalogue.Rule, error) {
	known, err := catalogue.Load()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, pack := range known.Packs {
		all = append(all, pack.Name)
	}
	return known.Select(catalogue.Selection{Packs: all})
}
