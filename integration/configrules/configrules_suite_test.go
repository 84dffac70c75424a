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

// Names of what the layer makes.
var (
	prefix     = stage.Prefix()
	aggregator = names.Resource(prefix, "aggregator")
)

// What the specs look at. They may run in any order: whoever changes something sets it back.
var (
	deployed *stage.Stage
	clients  readback.Clients
	outputs  stage.Outputs
	made     int // resources, as Pulumi counts them
)

var _ = BeforeSuite(func(ctx SpecContext) {
	var err error
	deployed, err = stage.New(ctx, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(deployed.Close)
	clients = readback.NewClients(deployed.AWS)
	results, err := deployed.Up(ctx, deployed.Target, stage.Foundation, stage.ConfigRules)
	Expect(err).NotTo(HaveOccurred())
	made = results[1].Changes["create"]
	outputs, err = deployed.Outputs(ctx, stage.ConfigRules)
	Expect(err).NotTo(HaveOccurred())
})

// rules are what the local stack deploys: every rule that is in a pack.
func rules() []catalogue.Rule {
	known, err := catalogue.Load()
	if err != nil {
		panic(err) // the specs are made of the rules: there are none without
	}
	var all []string
	for _, pack := range known.Packs {
		all = append(all, pack.Name)
	}
	chosen, err := known.Select(catalogue.Selection{Packs: all})
	if err != nil {
		panic(err)
	}
	return chosen
}
