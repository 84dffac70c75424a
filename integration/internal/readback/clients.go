// Package readback asks AWS what there is: its clients, the tags of each kind of resource, and an inventory of a whole
// deployment. It never looks at Pulumi's state.
package readback

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Clients are the clients of every service that the layers use.
type Clients struct {
	KMS        *kms.Client
	S3         *s3.Client
	SNS        *sns.Client
	SQS        *sqs.Client
	IAM        *iam.Client
	Config     *configservice.Client
	Lambda     *lambda.Client
	Logs       *cloudwatchlogs.Client
	Events     *eventbridge.Client
	CloudWatch *cloudwatch.Client
}

// NewClients makes the clients.
func NewClients(config aws.Config) Clients {
	return Clients{
		KMS: kms.NewFromConfig(config),
		S3: s3.NewFromConfig(config, func(options *s3.Options) {
			options.UsePathStyle, options.DisableLogOutputChecksumValidationSkipped = true, true
		}),
		SNS:        sns.NewFromConfig(config),
		SQS:        sqs.NewFromConfig(config),
		IAM:        iam.NewFromConfig(config),
		Config:     configservice.NewFromConfig(config),
		Lambda:     lambda.NewFromConfig(config),
		Logs:       cloudwatchlogs.NewFromConfig(config),
		Events:     eventbridge.NewFromConfig(config),
		CloudWatch: cloudwatch.NewFromConfig(config),
	}
}
