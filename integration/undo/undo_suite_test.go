// Package undo_test has the operator's command undo what the real remediator has fixed: the built executable under the
// Lambda Runtime API, against a local AWS. Nothing is deployed.
package undo_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/cmd/undo"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/readback"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/runtimeapi"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
	"github.com/compliance-monitor/compliance-monitor/localcloud"
	"github.com/compliance-monitor/compliance-monitor/tools/lambdazip"
	"github.com/compliance-monitor/compliance-monitor/tools/toolchain"
)

func TestUndo(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Undoing a fix")
}

const (
	bucket = "reports"
	keyARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
)

var (
	remediator runtimeapi.Function
	clients    readback.Clients
	operator   undo.Operator
)

var _ = BeforeSuite(func(ctx SpecContext) {
	if runtime.GOOS != "linux" {
		Skip("the functions' executables are Linux's, and this is " + runtime.GOOS)
	}
	root, err := filepath.Abs("../..")
	Expect(err).NotTo(HaveOccurred())
	installed, err := toolchain.Ensure(ctx, toolchain.Options{Root: root, Out: GinkgoWriter, Need: []toolchain.Component{toolchain.Moto}})
	Expect(err).NotTo(HaveOccurred())
	folder, err := os.MkdirTemp("", "undo-")
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(os.RemoveAll, folder)
	cloud, err := localcloud.Start(context.WithoutCancel(ctx), localcloud.Options{
		Addr: "127.0.0.1:0", Python: installed.MotoPython, StateDir: filepath.Join(folder, "localcloud"), Log: GinkgoWriter,
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(cloud.Close)

	settings, err := config.LoadDefaultConfig(ctx, config.WithRegion(names.Region), config.WithBaseEndpoint(cloud.Endpoint()),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(stage.AccessKey, stage.SecretKey, "")))
	Expect(err).NotTo(HaveOccurred())
	clients = readback.NewClients(settings)
	topic, err := clients.SNS.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("operations")})
	Expect(err).NotTo(HaveOccurred())
	Expect(clients.S3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(bucket)})).Error().NotTo(HaveOccurred())
	Expect(clients.S3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(names.ExemptionsKey), Body: strings.NewReader(`{"schemaVersion":1,"exemptions":[]}`),
	})).Error().NotTo(HaveOccurred())
	remediator = runtimeapi.Function{
		Executable: executable(ctx, root, folder), ARN: stage.ARN("lambda", "function:"+stage.Prefix()+"-remediator"), Timeout: time.Minute,
		Environment: map[string]string{
			"AWS_REGION": names.Region, "AWS_ACCESS_KEY_ID": stage.AccessKey, "AWS_SECRET_ACCESS_KEY": stage.SecretKey,
			"AWS_ENDPOINT_URL": cloud.Endpoint(), names.EnvPrefix: stage.Prefix(), names.EnvReportsBucket: bucket, names.EnvKeyARN: keyARN,
			names.EnvOperationsTopic: *topic.TopicArn, names.EnvRemediationMode: names.ModeEnforce,
		},
	}
	invoking := httptest.NewServer(http.HandlerFunc(invoke))
	DeferCleanup(invoking.Close)
	operator = undo.Operator{
		S3: clients.S3, Bucket: bucket, Function: stage.Prefix() + "-remediator", By: "ann", Deploy: "deploy",
		Lambda: lambda.NewFromConfig(settings, func(options *lambda.Options) { options.BaseEndpoint = aws.String(invoking.URL) }),
	}
})

// executable builds the remediator's package and takes its executable out of it.
func executable(ctx context.Context, root, folder string) string {
	GinkgoHelper()
	file, _, err := lambdazip.Build(ctx, lambdazip.Options{
		Root: root, Function: names.Remediator, GOARCH: runtime.GOARCH, OutDir: folder, Out: GinkgoWriter,
	})
	Expect(err).NotTo(HaveOccurred())
	path, err := runtimeapi.Unpack(file, folder)
	Expect(err).NotTo(HaveOccurred())
	return path
}

// handle lets the remediator handle one event.
func handle(ctx context.Context, event []byte) runtimeapi.Answer {
	GinkgoHelper()
	answer, err := remediator.Invoke(ctx, runtimeapi.Event{RequestID: rand.Text(), Payload: event})
	Expect(err).NotTo(HaveOccurred())
	return answer
}

// invoke is Lambda's API for a caller who waits.
func invoke(w http.ResponseWriter, r *http.Request) {
	defer GinkgoRecover()
	Expect(r.URL.Path).To(Equal("/2015-03-31/functions/" + stage.Prefix() + "-remediator/invocations"))
	Expect(r.Header.Get("X-Amz-Invocation-Type")).To(Equal("RequestResponse"))
	event, err := io.ReadAll(r.Body)
	Expect(err).NotTo(HaveOccurred())
	answer := handle(r.Context(), event)
	if answer.Fault != "" {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		answer.Payload = answer.Fault
	}
	_, _ = io.WriteString(w, answer.Payload)
}

// violation is the event that a bucket has no default encryption with a key.
func violation(name string, ordering time.Time) []byte {
	event, err := json.Marshal(map[string]any{
		"source": names.EventSourceConfig, "detail-type": names.DetailTypeCompliance, "account": stage.Account, "region": names.Region,
		"detail": map[string]any{
			"messageType": names.MessageTypeCompliance, "configRuleName": names.Resource(stage.Prefix(), "s3-encryption-kms"),
			"resourceType": "AWS::S3::Bucket", "resourceId": name, "awsRegion": names.Region, "awsAccountId": stage.Account,
			"newEvaluationResult": map[string]any{
				"evaluationResultIdentifier": map[string]any{"orderingTimestamp": ordering}, "complianceType": "NON_COMPLIANT",
			},
		},
	})
	Expect(err).NotTo(HaveOccurred())
	return event
}

// encryption is how a bucket encrypts.
func encryption(ctx context.Context, name string) string {
	GinkgoHelper()
	found, err := clients.S3.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &name})
	Expect(err).NotTo(HaveOccurred())
	rule := found.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault
	return fmt.Sprintf("%s %s", rule.SSEAlgorithm, aws.ToString(rule.KMSMasterKeyID))
}
