package localcloud_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// bootstrap is the program of testdata, built once.
var bootstrap = sync.OnceValue(func() []byte {
	file := filepath.Join(folder, "bootstrap")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", file, "./internal/lambdarun/testdata/bootstrap")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	said, err := build.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(said))
	content, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	return content
})

// machine is this machine's architecture, as Lambda calls it.
func machine() types.Architecture {
	if runtime.GOARCH == "arm64" {
		return types.ArchitectureArm64
	}
	return types.ArchitectureX8664
}

// zipped is a zip of one file.
func zipped(name string, mode fs.FileMode, content []byte) []byte {
	GinkgoHelper()
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	header := &zip.FileHeader{Name: name, Method: zip.Deflate}
	header.SetMode(mode)
	file, err := archive.CreateHeader(header)
	Expect(err).NotTo(HaveOccurred())
	_, err = file.Write(content)
	Expect(err).NotTo(HaveOccurred())
	Expect(archive.Close()).To(Succeed())
	return packed.Bytes()
}

// program is the zip of the program of testdata.
var program = sync.OnceValue(func() []byte { return zipped("bootstrap", 0o755, bootstrap()) })

// running is a function on an instance.
type running struct {
	client *lambda.Client
	config aws.Config
	name   string
	role   string
}

// deploy makes a function of the program of testdata, with what a spec changes about it, on the given instance.
func deploy(ctx context.Context, config aws.Config, change func(*lambda.CreateFunctionInput)) running {
	GinkgoHelper()
	f := running{config: config, name: "fn-" + rand.Text(), client: lambda.NewFromConfig(config, func(o *lambda.Options) { o.Retryer = aws.NopRetryer{} })}
	role, err := iam.NewFromConfig(config).CreateRole(ctx, &iam.CreateRoleInput{
		RoleName:                 aws.String("role-" + f.name),
		AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
	})
	Expect(err).NotTo(HaveOccurred())
	_, err = iam.NewFromConfig(config).PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: role.Role.RoleName, PolicyName: aws.String("everything"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`),
	})
	Expect(err).NotTo(HaveOccurred())
	f.role = *role.Role.Arn
	input := &lambda.CreateFunctionInput{
		FunctionName: &f.name, Role: &f.role, Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
		Architectures: []types.Architecture{machine()}, MemorySize: aws.Int32(256), Timeout: aws.Int32(30),
	}
	if change != nil {
		change(input)
	}
	if input.Code == nil {
		input.Code = &types.FunctionCode{ZipFile: program()}
	}
	_, err = f.client.CreateFunction(ctx, input)
	Expect(err).NotTo(HaveOccurred())
	return f
}

// withVariables sets the environment of a function.
func withVariables(variables map[string]string) func(*lambda.CreateFunctionInput) {
	return func(in *lambda.CreateFunctionInput) { in.Environment = &types.Environment{Variables: variables} }
}

// do is an event that tells the program what to do.
func do(what string, more ...any) []byte {
	event := map[string]any{"Do": what}
	for _, value := range more {
		switch value := value.(type) {
		case string:
			event["Text"] = value
		case int:
			event["Number"] = value
		}
	}
	text, err := json.Marshal(event)
	Expect(err).NotTo(HaveOccurred())
	return text
}

// try invokes the function and waits for the answer.
func (f running) try(ctx context.Context, qualifier string, payload []byte) (*lambda.InvokeOutput, error) {
	input := &lambda.InvokeInput{FunctionName: &f.name, Payload: payload, LogType: types.LogTypeTail}
	if qualifier != "" {
		input.Qualifier = &qualifier
	}
	return f.client.Invoke(ctx, input)
}

// invoke invokes the function, which must run, and gives its answer and the end of its log.
func (f running) invoke(ctx context.Context, payload []byte) (*lambda.InvokeOutput, string) {
	GinkgoHelper()
	out, err := f.try(ctx, "", payload)
	Expect(err).NotTo(HaveOccurred())
	log, err := base64.StdEncoding.DecodeString(aws.ToString(out.LogResult))
	Expect(err).NotTo(HaveOccurred())
	return out, string(log)
}

// answer invokes the function and gives its answer, which must be no error.
func (f running) answer(ctx context.Context, payload []byte) string {
	GinkgoHelper()
	out, log := f.invoke(ctx, payload)
	Expect(out.FunctionError).To(BeNil(), "%s\n%s", out.Payload, log)
	return string(out.Payload)
}

// hold keeps the function busy, whose reserved concurrency is one, until the function that it gives is called.
func (f running) hold(ctx context.Context) (release func()) {
	GinkgoHelper()
	file := filepath.Join(GinkgoT().TempDir(), "release")
	ended := make(chan error)
	held := func() error {
		_, err := f.try(ctx, "", do("hold", file))
		return err
	}
	go func() {
		for {
			if err := held(); !isThrottled(err) { // somebody looked whether it is busy
				ended <- err
				return
			}
		}
	}()
	Eventually(func() bool {
		_, err := f.try(ctx, "", nil)
		return isThrottled(err)
	}).WithContext(ctx).WithTimeout(time.Minute).Should(BeTrue())
	return func() {
		GinkgoHelper()
		Expect(os.WriteFile(file, nil, 0o600)).To(Succeed())
		Expect(<-ended).NotTo(HaveOccurred())
	}
}

func isThrottled(err error) bool {
	var throttled *types.TooManyRequestsException
	return errors.As(err, &throttled)
}

// queue queues an event for the function.
func (f running) queue(ctx context.Context, payload []byte) {
	GinkgoHelper()
	out, err := f.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &f.name, Payload: payload, InvocationType: types.InvocationTypeEvent})
	Expect(err).NotTo(HaveOccurred())
	Expect(out.StatusCode).To(BeEquivalentTo(http.StatusAccepted))
	Expect(out.Payload).To(BeEmpty())
}

// control asks a control endpoint and decodes the answer.
func (f running) control(ctx context.Context, method, path, body string, answer any) {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(ctx, method, *f.config.BaseEndpoint+"/_localcloud/"+path, strings.NewReader(body))
	Expect(err).NotTo(HaveOccurred())
	response, err := plain.Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	Expect(err).NotTo(HaveOccurred())
	Expect(response.StatusCode).To(Equal(http.StatusOK), string(content))
	Expect(json.Unmarshal(content, answer)).To(Succeed(), string(content))
}

// advance moves the clock and gives its time.
func (f running) advance(ctx context.Context, length string) time.Time {
	GinkgoHelper()
	var answer struct{ Now time.Time }
	f.control(ctx, http.MethodPost, "clock", `{"advance":"`+length+`"}`, &answer)
	return answer.Now
}

// attempted is what the endpoint of invocations tells.
type attempted struct {
	Time                                            time.Time
	Region, Function, Version, RequestID, Kind      string
	Attempt                                         int
	Outcome, ErrorType, Error                       string
	DurationMs, InitDurationMs                      float64
	BilledDurationMs, MemorySizeMb, MaxMemoryUsedMb int
}

// history is what was run of the function.
func (f running) history(ctx context.Context) []attempted {
	GinkgoHelper()
	var all []attempted
	f.control(ctx, http.MethodGet, "invocations?function="+f.name, "", &all)
	return all
}
