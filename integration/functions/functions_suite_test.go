package functions_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/readback"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

func TestFunctions(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "The deployed functions layer")
}

// Names of what the layer works with.
var (
	prefix     = stage.Prefix()
	bucket     = names.Bucket(prefix, stage.Account)
	bucketARN  = "arn:aws:s3:::" + bucket
	violations = stage.ARN("sns", full("violations"))
	operations = stage.ARN("sns", full("operations"))
)

// What the specs look at. They may run in any order: whoever changes something sets it back.
var (
	deployed *stage.Stage
	clients  readback.Clients
	keyARN   string
	before   []string // what there was before the layer
	made     int      // resources, as Pulumi counts them
)

var _ = BeforeSuite(func(ctx SpecContext) {
	var err error
	deployed, err = stage.New(ctx, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(deployed.Close)
	clients = readback.NewClients(deployed.AWS)
	Expect(deployed.Up(ctx, deployed.Target, stage.Foundation, stage.ConfigRules)).Error().NotTo(HaveOccurred())
	before, err = clients.Inventory(ctx, prefix)
	Expect(err).NotTo(HaveOccurred())
	key, err := clients.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/" + prefix)})
	Expect(err).NotTo(HaveOccurred())
	keyARN = *key.KeyMetadata.Arn
	results, err := deployed.Up(ctx, deployed.Target, stage.Functions)
	Expect(err).NotTo(HaveOccurred())
	made = results[0].Changes["create"]
})

// full is the whole name of the resource called short.
func full(short string) string {
	return names.Resource(prefix, short)
}

// functionARN is the ARN of the function called short.
func functionARN(short string) string {
	return stage.ARN("lambda", "function:"+full(short))
}

// eventRuleARN is the ARN of the EventBridge rule called short.
func eventRuleARN(short string) string {
	return stage.ARN("events", "rule/"+full(short))
}

// queueURL is where the queue called short is.
func queueURL(short string) string {
	return deployed.Cloud.Endpoint() + "/" + stage.Account + "/" + full(short)
}
