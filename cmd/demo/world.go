package demo

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// world is the local AWS, as one run of the demo acts on it.
type world struct {
	run     string // tells the resources of one run from those of others
	config  *configservice.Client
	ec2     *ec2.Client
	iam     *iam.Client
	lambda  *lambda.Client
	metrics *cloudwatch.Client
	rds     *rds.Client
	s3      *s3.Client
}

// accessKey is the made-up key of every client: a local AWS knows nobody.
const accessKey = "localcloud"

func newWorld(endpoint string) *world {
	config := aws.Config{
		Region: names.Region, BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider(accessKey, accessKey, ""),
	}
	const runLength = 6
	return &world{
		run:     strings.ToLower(rand.Text()[:runLength]),
		config:  configservice.NewFromConfig(config),
		ec2:     ec2.NewFromConfig(config),
		iam:     iam.NewFromConfig(config),
		lambda:  lambda.NewFromConfig(config),
		metrics: cloudwatch.NewFromConfig(config),
		rds:     rds.NewFromConfig(config),
		s3:      s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true }),
	}
}

// prop is how a resource of the story is made as it should be, and how it is broken.
type prop struct {
	make func(ctx context.Context, name string) (id string, err error)
	harm func(ctx context.Context, name, id string) error
}

// props are those of the parts, by their names.
func (w *world) props() map[string]prop {
	return map[string]prop{
		invoices: {w.makeBucket(nil), w.deleteEncryption},
		website:  {w.makeBucket(nil), w.deletePublicBlock},
		partner:  {w.makeBucket(nil), w.deletePolicy},
		platform: {w.makeBucket(map[string]string{names.TagManagedBy: "terraform"}), w.deletePublicBlock},
		archive:  {w.makeArchive, w.optIn},
		worker:   {w.makeInstance, w.openMetadata},
		bastion:  {w.makeGroup, w.openSSH},
		orders:   {w.makeDatabase, w.shortenBackups},
		admins:   {w.makePolicy, w.allowEverything},
	}
}
