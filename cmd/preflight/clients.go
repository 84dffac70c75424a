package preflight

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Clients are the AWS clients that a command needs.
type Clients struct {
	Identity *sts.Client
	Config   *configservice.Client
	S3       *s3.Client
}

// NewClients makes clients for the monitor's region with the credentials of the environment; with an endpoint, which is
// a local AWS, they use made-up ones.
func NewClients(ctx context.Context, endpoint string) (Clients, error) {
	options := []func(*config.LoadOptions) error{config.WithRegion(names.Region)}
	if endpoint != "" {
		options = append(options, config.WithBaseEndpoint(endpoint),
			config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("localcloud", "localcloud", "")))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return Clients{}, fmt.Errorf("reading the AWS configuration: %w; check AWS_PROFILE and ~/.aws/config", err)
	}
	return Clients{
		Identity: sts.NewFromConfig(loaded),
		Config:   configservice.NewFromConfig(loaded),
		S3: s3.NewFromConfig(loaded, func(o *s3.Options) {
			o.UsePathStyle = aws.ToString(loaded.BaseEndpoint) != ""
		}),
	}, nil
}
