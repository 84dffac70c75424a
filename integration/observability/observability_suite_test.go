package observability_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/readback"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

func TestObservability(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "The deployed observability layer")
}

// Names of what the layer makes and watches.
var (
	prefix        = stage.Prefix()
	dashboard     = names.Resource(prefix, "compliance")
	bucket        = names.Bucket(prefix, stage.Account)
	operationsARN = "arn:aws:sns:" + names.Region + ":" + stage.Account + ":" + names.Resource(prefix, "operations")
)

// functions are the short names of the functions, and queues those of the dead-letter queues, in the dashboard's order.
var (
	functions = []string{"processor", "aggregator", "remediator"}
	queues    = []string{
		"deliveries",
		"aggregator-failures", "aggregator-undelivered", "processor-failures", "processor-undelivered",
		"remediator-failures", "remediator-undelivered",
	}
)

// queueName is the full name of a queue.
func queueName(short string) string {
	if short == "deliveries" {
		short = "deliveries-dlq"
	}
	return names.Resource(prefix, short)
}

// What the specs look at. They may run in any order: whoever changes something sets it back.
var (
	deployed *stage.Stage
	clients  readback.Clients
	upstream []string // what there was before the layer was deployed, as the services list it
)

var _ = BeforeSuite(func(ctx SpecContext) {
	var err error
	deployed, err = stage.New(ctx, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(deployed.Close)
	clients = readback.NewClients(deployed.AWS)
	Expect(deployed.Up(ctx, deployed.Target, stage.Foundation, stage.ConfigRules, stage.Functions)).
		Error().NotTo(HaveOccurred())
	upstream = inventory(ctx)
	Expect(deployed.Up(ctx, deployed.Target, stage.Observability)).Error().NotTo(HaveOccurred())
})

// inventory is everything that there is of the deployment.
func inventory(ctx context.Context) []string {
	GinkgoHelper()
	all, err := clients.Inventory(ctx, prefix)
	Expect(err).NotTo(HaveOccurred())
	return all
}

// listed are the names of everything of one kind that there is of the deployment.
func listed(ctx context.Context, kind string) []string {
	GinkgoHelper()
	var found []string
	for _, entry := range inventory(ctx) {
		if name, ofKind := strings.CutPrefix(entry, kind+" "); ofKind {
			found = append(found, name)
		}
	}
	return slices.Sorted(slices.Values(found))
}
