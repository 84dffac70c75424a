package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awsclients"
)

const keyARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

var accounts atomic.Int64

// account is what one spec has of AWS: a gateway, a reports bucket, a topic and a bucket to watch.
type account struct {
	*gateway
	reports string
	watched string
	topic   string
}

func newAccount() *account {
	number := accounts.Add(1)
	a := &account{
		gateway: newGateway(), reports: fmt.Sprintf("reports-%d-%d", GinkgoParallelProcess(), number),
		watched: fmt.Sprintf("watched-%d-%d", GinkgoParallelProcess(), number),
	}
	for _, bucket := range []string{a.reports, a.watched} {
		_, err := a.direct().CreateBucket(context.Background(), &s3.CreateBucketInput{Bucket: aws.String(bucket)})
		Expect(err).NotTo(HaveOccurred())
	}
	topics := sns.New(sns.Options{
		Region: names.Region, BaseEndpoint: aws.String(motoURL), Credentials: settings(motoURL).Credentials,
	})
	created, err := topics.CreateTopic(context.Background(), &sns.CreateTopicInput{Name: aws.String(a.reports)})
	Expect(err).NotTo(HaveOccurred())
	a.topic = *created.TopicArn
	a.put(names.ExemptionsKey, `{"schemaVersion":1,"exemptions":[]}`)
	return a
}

func settings(endpoint string) awsclients.Settings {
	return awsclients.Settings{
		Region: names.Region, Endpoint: endpoint, MaxBackoff: time.Millisecond,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDLIVE", "secret", ""),
	}
}

// direct is a client of S3 past the gateway.
func (a *account) direct() *s3.Client { return awsclients.S3(settings(motoURL)) }

func (a *account) environment() []string {
	return []string{
		"AWS_REGION=" + names.Region, "AWS_ACCESS_KEY_ID=AKIDLIVE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_ENDPOINT_URL=" + a.url,
		names.EnvPrefix + "=monitor-live", names.EnvReportsBucket + "=" + a.reports, names.EnvViolationsTopic + "=" + a.topic,
		names.EnvOperationsTopic + "=" + a.topic, names.EnvKeyARN + "=" + keyARN, names.EnvRemediationMode + "=" + names.ModeEnforce,
		names.EnvFloodLimit + "=30",
	}
}

func (a *account) put(key, content string) {
	GinkgoHelper()
	_, err := a.direct().PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String(a.reports), Key: aws.String(key), Body: strings.NewReader(content),
	})
	Expect(err).NotTo(HaveOccurred())
}

// keys are the keys in the reports bucket that start with a prefix.
func (a *account) keys(prefix string) []string {
	GinkgoHelper()
	out, err := a.direct().ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: aws.String(a.reports), Prefix: aws.String(prefix)})
	Expect(err).NotTo(HaveOccurred())
	keys := []string{}
	for _, object := range out.Contents {
		keys = append(keys, *object.Key)
	}
	return keys
}

func (a *account) get(key string) []byte {
	GinkgoHelper()
	out, err := a.direct().GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String(a.reports), Key: aws.String(key)})
	Expect(err).NotTo(HaveOccurred())
	content, err := io.ReadAll(out.Body)
	Expect(err).NotTo(HaveOccurred())
	return content
}

// only is the one document under a prefix, and its key.
func (a *account) only(prefix string, document any) string {
	GinkgoHelper()
	keys := a.keys(prefix)
	Expect(keys).To(HaveLen(1))
	Expect(json.Unmarshal(a.get(keys[0]), document)).To(Succeed())
	return keys[0]
}

func (a *account) tag(key, value string) {
	GinkgoHelper()
	_, err := a.direct().PutBucketTagging(context.Background(), &s3.PutBucketTaggingInput{
		Bucket:  aws.String(a.watched),
		Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String(key), Value: aws.String(value)}}},
	})
	Expect(err).NotTo(HaveOccurred())
}

// encryption is the watched bucket's default encryption: "", or ALGORITHM KEY BUCKETKEY.
func (a *account) encryption() string {
	GinkgoHelper()
	out, err := a.direct().GetBucketEncryption(context.Background(), &s3.GetBucketEncryptionInput{Bucket: aws.String(a.watched)})
	if err != nil {
		Expect(err.Error()).To(ContainSubstring("ServerSideEncryptionConfigurationNotFoundError"))
		return ""
	}
	rule := out.ServerSideEncryptionConfiguration.Rules[0]
	return fmt.Sprintf("%s %s %v", rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm,
		aws.ToString(rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID), aws.ToBool(rule.BucketKeyEnabled))
}

// encrypt gives the watched bucket S3's own encryption.
func (a *account) encrypt() {
	GinkgoHelper()
	_, err := a.direct().PutBucketEncryption(context.Background(), &s3.PutBucketEncryptionInput{
		Bucket: aws.String(a.watched),
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256},
		}}},
	})
	Expect(err).NotTo(HaveOccurred())
}
