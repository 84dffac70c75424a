package preflight

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Clients are the AWS clients that a command needs.
type Clients struct {
	Identity *sts.Client
	Config   *configservice.Client
	Keys     *kms.Client
	Lambda   *lambda.Client
	S3       *s3.Client
}

// NewClients makes clients for the monitor's region with the credentials of the environment; with an endpoint, which is
// a local AWS, they use made-up ones, and nothing of the user's configuration.
func NewClients(ctx context.Context, endpoint string) (Clients, error) {
	loaded := aws.Config{
		Region: names.Region, BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("localcloud", "localcloud", ""),
	}
	if endpoint == "" {
		var err error
		if loaded, err = config.LoadDefaultConfig(ctx, config.WithRegion(names.Region)); err != nil {
			return Clients{}, fmt.Errorf("reading the AWS configuration: %w; check AWS_PROFILE and ~/.aws/config", err)
		}
	}
	return Clients{
		Identity: sts.NewFromConfig(loaded),
		Config:   configservice.NewFromConfig(loaded),
		Keys:     kms.NewFromConfig(loaded),
		Lambda:   lambda.NewFromConfig(loaded),
		S3: s3.NewFromConfig(loaded, func(o *s3.Options) {
			o.UsePathStyle = aws.ToString(loaded.BaseEndpoint) != ""
		}),
	}, nil
}
