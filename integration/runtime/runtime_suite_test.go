package runtime_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"os"
	goruntime "runtime"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/readback"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/runtimeapi"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

func TestRuntime(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "The deployed functions at work")
}

var (
	prefix   = stage.Prefix()
	bucket   = names.Bucket(prefix, stage.Account)
	deployed *stage.Stage
	clients  readback.Clients
	keyARN   string
)

var _ = BeforeSuite(func(ctx SpecContext) {
	if goruntime.GOOS != "linux" {
		Skip("the functions' executables are Linux's, and this is " + goruntime.GOOS)
	}
	var err error
	deployed, err = stage.New(ctx, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(deployed.Close)
	clients = readback.NewClients(deployed.AWS)
	Expect(deployed.Up(ctx, deployed.Target, stage.Foundation, stage.ConfigRules, stage.Functions, stage.Observability)).
		Error().NotTo(HaveOccurred())
	key, err := clients.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/" + prefix)})
	Expect(err).NotTo(HaveOccurred())
	keyARN = *key.KeyMetadata.Arn
})

// invoke runs the deployed function called short for one event, with the deployed environment but for what is overridden.
// It succeeds when the function does.
func invoke(ctx context.Context, short string, event []byte, overrides map[string]string) runtimeapi.Answer {
	GinkgoHelper()
	found, err := clients.Lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{
		FunctionName: aws.String(names.Resource(prefix, short)),
	})
	Expect(err).NotTo(HaveOccurred())
	content, err := os.ReadFile(deployed.Package(short))
	Expect(err).NotTo(HaveOccurred())
	sum := sha256.Sum256(content)
	Expect(found.CodeSha256).To(HaveValue(Equal(base64.StdEncoding.EncodeToString(sum[:]))), "another package is deployed")
	executable, err := runtimeapi.Unpack(deployed.Package(short), GinkgoT().TempDir())
	Expect(err).NotTo(HaveOccurred())

	environment := reserved(found)
	maps.Copy(environment, found.Environment.Variables)
	maps.Copy(environment, overrides)
	function := runtimeapi.Function{
		Executable: executable, ARN: *found.FunctionArn, Environment: environment,
		Timeout: time.Duration(*found.Timeout) * time.Second,
	}
	answer, err := function.Invoke(ctx, runtimeapi.Event{RequestID: rand.Text(), Payload: event})
	Expect(err).NotTo(HaveOccurred())
	Expect(answer.Fault).To(BeEmpty(), answer.Output)
	Expect(answer.Payload).To(MatchJSON("null"))
	return answer
}

// reserved are the variables that Lambda itself sets, and where AWS is.
func reserved(function *lambda.GetFunctionConfigurationOutput) map[string]string {
	return map[string]string{
		"AWS_REGION":                  names.Region,
		"AWS_DEFAULT_REGION":          names.Region,
		"AWS_ACCESS_KEY_ID":           stage.AccessKey,
		"AWS_SECRET_ACCESS_KEY":       stage.SecretKey,
		"AWS_ENDPOINT_URL":            deployed.Cloud.Endpoint(),
		"AWS_LAMBDA_FUNCTION_NAME":    *function.FunctionName,
		"AWS_LAMBDA_FUNCTION_VERSION": *function.Version,
		"AWS_LAMBDA_LOG_GROUP_NAME":   *function.LoggingConfig.LogGroup,
		"AWS_LAMBDA_LOG_FORMAT":       string(function.LoggingConfig.LogFormat),
		"AWS_LAMBDA_LOG_LEVEL":        string(function.LoggingConfig.ApplicationLogLevel),
		"TZ":                          ":UTC",
	}
}
