package awsclients_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awsclients"
)

var _ = Describe("A client of what remediations fix, when an answer has no body", func() {
	DescribeTable("should not take it for nothing, where it reads",
		func(read func(settings awsclients.Settings) error) {
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			DeferCleanup(server.Close)
			Expect(read(awsclients.Settings{
				Region: "us-east-1", Endpoint: server.URL, MaxBackoff: time.Millisecond,
				Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", "session"),
			})).To(MatchError(awsclients.ErrEmptyAnswer))
		},
		Entry("EC2", func(settings awsclients.Settings) error {
			_, err := awsclients.EC2(settings).DescribeInstances(context.Background(), &ec2.DescribeInstancesInput{})
			return err
		}),
		Entry("KMS", func(settings awsclients.Settings) error {
			_, err := awsclients.KMS(settings).ListResourceTags(context.Background(), &kms.ListResourceTagsInput{KeyId: aws.String("k")})
			return err
		}),
		Entry("IAM", func(settings awsclients.Settings) error {
			_, err := awsclients.IAM(settings).GetAccountPasswordPolicy(context.Background(), &iam.GetAccountPasswordPolicyInput{})
			return err
		}),
		Entry("CloudWatch Logs", func(settings awsclients.Settings) error {
			_, err := awsclients.Logs(settings).DescribeLogGroups(context.Background(), &cloudwatchlogs.DescribeLogGroupsInput{})
			return err
		}),
	)
})
