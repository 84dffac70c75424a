package awsclients

import (
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// The clients of what remediations fix. An answer without a body is an error to each of them, where the call reads: the
// SDK would read one as a resource with nothing to it.

// EC2 makes a client of EC2.
func EC2(settings Settings) *ec2.Client {
	return ec2.NewFromConfig(configuration(settings), func(options *ec2.Options) {
		options.APIOptions = append(options.APIOptions, refuseEmptyAnswers)
	})
}

// KMS makes a client of KMS.
func KMS(settings Settings) *kms.Client {
	return kms.NewFromConfig(configuration(settings), func(options *kms.Options) {
		options.APIOptions = append(options.APIOptions, refuseEmptyAnswers)
	})
}

// IAM makes a client of IAM.
func IAM(settings Settings) *iam.Client {
	return iam.NewFromConfig(configuration(settings), func(options *iam.Options) {
		options.APIOptions = append(options.APIOptions, refuseEmptyAnswers)
	})
}

// Logs makes a client of CloudWatch Logs.
func Logs(settings Settings) *cloudwatchlogs.Client {
	return cloudwatchlogs.NewFromConfig(configuration(settings), func(options *cloudwatchlogs.Options) {
		options.APIOptions = append(options.APIOptions, refuseEmptyAnswers)
	})
}
