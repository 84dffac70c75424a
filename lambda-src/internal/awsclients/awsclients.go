// Package awsclients makes the functions' AWS clients.
//
// It builds the SDK's configuration by hand, from the environment that Lambda gives to every function, and leaves
// out the SDK's config module: its credential sources (SSO, IMDS, web identity and more) can't apply in a function,
// and their packages would be in every zip and in every cold start.
package awsclients

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
)

const (
	// maxAttempts is how often a call is tried. With the SDK's backoff (from 1 s for throttling, doubling, up to
	// defaultMaxBackoff) it waits out a minute or two; the deadline of the invocation ends it sooner.
	maxAttempts       = 10
	defaultMaxBackoff = 20 * time.Second
)

// Settings say where and as whom clients call AWS.
type Settings = awshttp.Settings

// S3 makes a client of S3. An answer without a body is an error to it, unless it is an object: the SDK would read one as
// a bucket that never had versioning.
func S3(settings Settings) *s3.Client {
	return s3.NewFromConfig(configuration(settings), func(options *s3.Options) {
		options.UsePathStyle = awshttp.OnLoopback(settings.Endpoint)
		options.APIOptions = append(options.APIOptions, refuseEmptyAnswers)
	})
}

// SNS makes a client of SNS. It is not the SDK's: all functions publish, and nothing else.
func SNS(settings Settings) *awshttp.SNS {
	return awshttp.NewSNS(settings)
}

// Config makes a client of AWS Config. It is not the SDK's: decoding pages of results took a quarter of a report's time.
func Config(settings Settings) *awshttp.Config {
	return awshttp.NewConfig(settings)
}

// RDS makes a client of RDS. An answer without a body is an error to it: the SDK would read one as an instance that is
// not there.
func RDS(settings Settings) *rds.Client {
	return rds.NewFromConfig(configuration(settings), func(options *rds.Options) {
		options.APIOptions = append(options.APIOptions, refuseEmptyAnswers)
	})
}

func configuration(settings Settings) aws.Config {
	config := aws.Config{
		Region:                     settings.Region,
		Credentials:                settings.Credentials,
		Retryer:                    func() aws.Retryer { return retryer(settings.MaxBackoff) },
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	}
	if settings.Endpoint != "" {
		config.BaseEndpoint = aws.String(settings.Endpoint)
	}
	return config
}

// retryer is the SDK's standard one without its token bucket: that one is empty after a storm of throttling,
// and from then on fails calls that would succeed. Attempts and backoff are limit enough for functions that make
// one call at a time.
func retryer(maxBackoff time.Duration) aws.Retryer {
	if maxBackoff == 0 {
		maxBackoff = defaultMaxBackoff
	}
	standard := retry.NewStandard(func(options *retry.StandardOptions) {
		options.MaxAttempts = maxAttempts
		options.MaxBackoff = maxBackoff
		options.RateLimiter = ratelimit.None
	})
	return retry.AddWithErrorCodes(standard, awserr.CodeConditionalConflict)
}
