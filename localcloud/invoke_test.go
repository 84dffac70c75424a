package localcloud_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// faultOf is an error that Lambda answers with for a function.
type faultOf struct{ ErrorType, ErrorMessage string }

func readFault(payload []byte) faultOf {
	GinkgoHelper()
	var fault faultOf
	Expect(json.Unmarshal(payload, &fault)).To(Succeed(), string(payload))
	return fault
}

// gone says whether a process has ended; one that nobody has waited for yet has.
func gone(pid string) bool {
	stat, err := os.ReadFile("/proc/" + strings.TrimSpace(pid) + "/stat")
	return err != nil || bytes.Contains(stat, []byte(") Z"))
}

var _ = Describe("Invoking a function", func() {
	It("should run what was deployed, and answer with what it answers", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		out, log := f.invoke(ctx, []byte(`{"Text":"hello"}`))
		Expect(out.StatusCode).To(BeEquivalentTo(http.StatusOK))
		Expect(out.FunctionError).To(BeNil())
		Expect(string(out.Payload)).To(Equal(`{"Text":"hello"}`))
		Expect(*out.ExecutedVersion).To(Equal("$LATEST"))
		Expect(log).To(MatchRegexp(`(?s)^INIT_START Runtime Version: provided\.al2023\..*\nSTART RequestId: [-0-9a-f]{36} Version: \$LATEST\n` +
			`END RequestId: [-0-9a-f]{36}\nREPORT RequestId: [-0-9a-f]{36}\tDuration: [0-9.]+ ms\tBilled Duration: [0-9]+ ms\tMemory Size: 256 MB\t` +
			`Max Memory Used: [1-9][0-9]* MB\tInit Duration: [0-9.]+ ms\n$`))
	})

	It("should use a warm environment again", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		first := f.answer(ctx, do("pid"))
		out, log := f.invoke(ctx, do("pid"))
		Expect(string(out.Payload)).To(Equal(first))
		Expect(log).NotTo(ContainSubstring("Init Duration"))
	})

	It("should end an environment that has been idle for long", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		pid := f.answer(ctx, do("pid"))
		f.advance(ctx, "1h")
		Expect(gone(pid)).To(BeTrue())
		Expect(f.answer(ctx, do("pid"))).NotTo(Equal(pid))
	})

	It("should end an environment that is told to", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		pid := f.answer(ctx, do("pid"))
		var answer struct{ Ended int }
		f.control(ctx, http.MethodDelete, "environments?function="+f.name, "", &answer)
		Expect(answer.Ended).To(Equal(1))
		Expect(gone(pid)).To(BeTrue())
	})

	It("should start anew when the configuration or the code changes", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		pid := f.answer(ctx, do("pid"))
		_, err := f.client.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
			FunctionName: &f.name, Environment: &types.Environment{Variables: map[string]string{"COLOUR": "blue"}},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(f.answer(ctx, do("environment"))).To(ContainSubstring("COLOUR=blue"))
		Expect(gone(pid)).To(BeTrue())
		_, err = f.client.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: &f.name, ZipFile: zipped("readme", 0o644, nil)})
		Expect(err).NotTo(HaveOccurred())
		out, _ := f.invoke(ctx, nil)
		Expect(string(out.Payload)).To(ContainSubstring("Couldn't find valid bootstrap(s)"))
	})

	It("should take the code from a bucket", func(ctx SpecContext) {
		bucket := makeBucket(ctx)
		_, err := s3.NewFromConfig(client, func(o *s3.Options) { o.UsePathStyle = true }).PutObject(ctx, &s3.PutObjectInput{
			Bucket: &bucket, Key: aws.String("code/my function.zip"), Body: bytes.NewReader(program()),
		})
		Expect(err).NotTo(HaveOccurred())
		f := deploy(ctx, client, func(in *lambda.CreateFunctionInput) {
			in.Code = &types.FunctionCode{S3Bucket: &bucket, S3Key: aws.String("code/my function.zip")}
		})
		Expect(f.answer(ctx, []byte(`1`))).To(Equal(`1`))
	})

	It("should find versions and aliases, by name and by ARN", func(ctx SpecContext) {
		f := deploy(ctx, client, func(in *lambda.CreateFunctionInput) {
			in.Publish = true
			in.Environment = &types.Environment{Variables: map[string]string{"COLOUR": "one"}}
		})
		_, err := f.client.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
			FunctionName: &f.name, Environment: &types.Environment{Variables: map[string]string{"COLOUR": "two"}},
		})
		Expect(err).NotTo(HaveOccurred())
		_, err = f.client.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &f.name})
		Expect(err).NotTo(HaveOccurred())
		_, err = f.client.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: &f.name, Name: aws.String("live"), FunctionVersion: aws.String("1")})
		Expect(err).NotTo(HaveOccurred())
		invoke := func(function string, qualifier *string) (string, string) {
			out, err := f.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &function, Qualifier: qualifier, Payload: do("environment")})
			Expect(err).NotTo(HaveOccurred())
			var variables []string
			Expect(json.Unmarshal(out.Payload, &variables)).To(Succeed())
			for _, variable := range variables {
				if colour, found := strings.CutPrefix(variable, "COLOUR="); found {
					return *out.ExecutedVersion, colour
				}
			}
			return *out.ExecutedVersion, ""
		}
		expect := func(version, colour string, function string, qualifier *string) {
			GinkgoHelper()
			gotVersion, gotColour := invoke(function, qualifier)
			Expect([]string{gotVersion, gotColour}).To(Equal([]string{version, colour}))
		}
		arn := "arn:aws:lambda:us-east-1:123456789012:function:" + f.name
		expect("$LATEST", "two", arn, nil)
		expect("$LATEST", "two", f.name, aws.String("$LATEST"))
		expect("1", "one", f.name, aws.String("1"))
		expect("1", "one", f.name+":live", nil)
		expect("2", "two", arn+":2", nil)
		_, err = f.client.UpdateAlias(ctx, &lambda.UpdateAliasInput{
			FunctionName: &f.name, Name: aws.String("live"),
			RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{"2": 1}},
		})
		Expect(err).NotTo(HaveOccurred())
		expect("2", "two", arn, aws.String("live"))
		for _, qualifier := range []string{"3", "dead"} {
			_, err := f.try(ctx, qualifier, nil)
			Expect(err).To(code("ResourceNotFoundException"))
			Expect(err).To(MatchError(ContainSubstring("Function not found: " + arn + ":" + qualifier)))
		}
		_, err = f.client.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &f.name})
		Expect(err).NotTo(HaveOccurred())
		_, err = f.try(ctx, "", nil)
		Expect(err).To(code("ResourceNotFoundException"))
	})

	It("should tell the function what Lambda tells it", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		before := time.Now()
		out, err := f.client.Invoke(ctx, &lambda.InvokeInput{
			FunctionName: &f.name, Payload: do("headers"), ClientContext: aws.String(base64.StdEncoding.EncodeToString([]byte(`{"custom":{}}`))),
		})
		Expect(err).NotTo(HaveOccurred())
		var header http.Header
		Expect(json.Unmarshal(out.Payload, &header)).To(Succeed())
		Expect(header.Get("Lambda-Runtime-Aws-Request-Id")).To(HaveLen(36))
		Expect(header.Get("Lambda-Runtime-Invoked-Function-Arn")).To(Equal("arn:aws:lambda:us-east-1:123456789012:function:" + f.name))
		Expect(header.Get("Lambda-Runtime-Client-Context")).To(Equal(`{"custom":{}}`))
		Expect(header.Get("Lambda-Runtime-Trace-Id")).To(MatchRegexp(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$`))
		deadline, err := strconv.ParseInt(header.Get("Lambda-Runtime-Deadline-Ms"), 10, 64)
		Expect(err).NotTo(HaveOccurred())
		Expect(time.UnixMilli(deadline)).To(BeTemporally("~", before.Add(30*time.Second), 20*time.Second))
	})

	It("should give the function its own environment, and nothing of this machine's", func(ctx SpecContext) {
		f := deploy(ctx, client, withVariables(map[string]string{"COLOUR": "blue", "AWS_REGION": "mars"}))
		var variables []string
		Expect(json.Unmarshal([]byte(f.answer(ctx, do("environment"))), &variables)).To(Succeed())
		Expect(variables).To(ContainElements(
			"COLOUR=blue", "AWS_REGION=us-east-1", "AWS_ENDPOINT_URL="+cloud.Endpoint(), "AWS_LAMBDA_FUNCTION_NAME="+f.name,
			"AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/"+f.name,
			"_HANDLER=bootstrap", "TZ=:UTC", HavePrefix("AWS_ACCESS_KEY_ID="), HavePrefix("AWS_SESSION_TOKEN="), HavePrefix("LAMBDA_TASK_ROOT="),
			MatchRegexp(`^AWS_LAMBDA_LOG_STREAM_NAME=\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$`),
		))
		Expect(variables).NotTo(ContainElement(Or(HavePrefix("HOME="), HavePrefix("GOFLAGS="), HavePrefix("LOCALCLOUD_"))))
		var folders []string
		Expect(json.Unmarshal([]byte(f.answer(ctx, do("folder"))), &folders)).To(Succeed())
		Expect(variables).To(ContainElement("LAMBDA_TASK_ROOT=" + folders[0]))
		Expect(folders[1]).To(HavePrefix(filepath.Join(folder, "state", "functions")))
	})

	It("should let the function call AWS as its role", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		Expect(f.answer(ctx, do("whoami"))).To(ContainSubstring("arn:aws:sts::123456789012:assumed-role/role-" + f.name + "/" + f.name))
	})

	It("should answer with the function's own error", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		out, log := f.invoke(ctx, do("fail", "no bucket"))
		Expect(out.StatusCode).To(BeEquivalentTo(http.StatusOK))
		Expect(out.FunctionError).To(HaveValue(Equal("Unhandled")))
		Expect(string(out.Payload)).To(Equal(`{"errorType":"Function.Broken","errorMessage":"no bucket"}`))
		Expect(log).NotTo(ContainSubstring("Status:"))
		Expect(f.history(ctx)).To(HaveExactElements(And(
			HaveField("Outcome", "failure"), HaveField("ErrorType", "Function.Broken"), HaveField("Kind", "RequestResponse"), HaveField("Attempt", 1),
			HaveField("MemorySizeMb", 256), HaveField("MaxMemoryUsedMb", BeNumerically(">", 0)), HaveField("BilledDurationMs", BeNumerically(">", 0)),
			HaveField("Version", "$LATEST"), HaveField("RequestID", HaveLen(36)), HaveField("Time", BeTemporally(">", time.Now().Add(-time.Hour))),
		)))
	})

	DescribeTable("should tell of a function that ends",
		func(ctx SpecContext, status int, message string) {
			f := deploy(ctx, client, nil)
			pid := f.answer(ctx, do("pid"))
			out, log := f.invoke(ctx, do("crash", status))
			Expect(out.FunctionError).To(HaveValue(Equal("Unhandled")))
			fault := readFault(out.Payload)
			Expect(fault.ErrorType).To(Equal("Runtime.ExitError"))
			Expect(fault.ErrorMessage).To(MatchRegexp(`^RequestId: [-0-9a-f]{36} Error: ` + message + `$`))
			Expect(log).To(And(ContainSubstring("about to crash\n"), ContainSubstring("Error: "+message+"\nRuntime.ExitError\n"),
				HaveSuffix("\tStatus: error\tError Type: Runtime.ExitError\n")))
			Expect(gone(pid)).To(BeTrue())
			Expect(f.answer(ctx, do("pid"))).NotTo(Equal(pid))
		},
		Entry("with an error", 3, "Runtime exited with error: exit status 3"),
		Entry("without one", 0, "Runtime exited without providing a reason"),
	)

	It("should take the answer of a function that ends afterwards, and start another one", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		Expect(f.answer(ctx, do("leave"))).To(Equal(`{"Do":"leave"}`))
		_, log := f.invoke(ctx, do("leave"))
		Expect(log).To(ContainSubstring("Init Duration"))
	})

	It("should stop a function at its time-out, with all that it started", func(ctx SpecContext) {
		f := deploy(ctx, client, func(in *lambda.CreateFunctionInput) { in.Timeout = aws.Int32(1) })
		out, log := f.invoke(ctx, do("sleep"))
		fault := readFault(out.Payload)
		Expect(fault.ErrorType).To(Equal("Sandbox.Timedout"))
		Expect(fault.ErrorMessage).To(MatchRegexp(`^RequestId: [-0-9a-f]{36} Error: Task timed out after 1\.00 seconds$`))
		Expect(log).To(And(MatchRegexp(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [-0-9a-f]{36} Task timed out after 1\.00 seconds\n`), HaveSuffix("\tStatus: timeout\n")))
		_, child, found := strings.Cut(log, "child ")
		Expect(found).To(BeTrue(), log)
		child, _, _ = strings.Cut(child, "\n")
		Eventually(func() bool { return gone(child) }).WithContext(ctx).Should(BeTrue())
	})

	It("should stop a function that takes more memory than it has", func(ctx SpecContext) {
		f := deploy(ctx, client, func(in *lambda.CreateFunctionInput) { in.MemorySize = aws.Int32(128) })
		Expect(f.answer(ctx, do("eat", 20))).To(Equal(`"full"`))
		out, log := f.invoke(ctx, do("eat", 300))
		Expect(readFault(out.Payload)).To(And(HaveField("ErrorType", "Runtime.ExitError"), HaveField("ErrorMessage", HaveSuffix("Runtime exited with error: signal: killed"))))
		Expect(log).To(HaveSuffix("\tStatus: error\tError Type: Runtime.OutOfMemory\n"))
		Expect(log).To(MatchRegexp(`Memory Size: 128 MB\tMax Memory Used: (129|1[3-9]\d|[2-9]\d\d) MB`))
		Expect(f.history(ctx)).To(ContainElement(And(HaveField("Outcome", "error"), HaveField("ErrorType", "Runtime.OutOfMemory"))))
	})

	It("should refuse an answer that is too large", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		Expect(f.answer(ctx, do("much", 6<<20))).To(HaveLen(6<<20 + 2))
		out, _ := f.invoke(ctx, do("much", 6<<20+99))
		Expect(readFault(out.Payload)).To(Equal(faultOf{"Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed payload size (6291556 bytes)."}))
	})
})

var _ = Describe("A function that can't be started", func() {
	fail := func(ctx SpecContext, change func(*lambda.CreateFunctionInput)) (faultOf, string) {
		GinkgoHelper()
		out, log := deploy(ctx, client, change).invoke(ctx, nil)
		Expect(out.FunctionError).To(HaveValue(Equal("Unhandled")))
		return readFault(out.Payload), log
	}
	withInit := func(what string) func(*lambda.CreateFunctionInput) {
		return withVariables(map[string]string{"INIT": what})
	}
	of := func(content []byte) func(*lambda.CreateFunctionInput) {
		return func(in *lambda.CreateFunctionInput) { in.Code = &types.FunctionCode{ZipFile: content} }
	}

	It("should be tried twice when it ends before its first event", func(ctx SpecContext) {
		fault, log := fail(ctx, withInit("exit"))
		Expect(fault).To(And(HaveField("ErrorType", "Runtime.ExitError"), HaveField("ErrorMessage", HaveSuffix("Error: Runtime exited with error: exit status 7"))))
		Expect(log).To(MatchRegexp(`(?s)^INIT_START .*\nleaving early\nINIT_REPORT Init Duration: [0-9.]+ ms\tPhase: init\tStatus: error\tError Type: Runtime\.ExitError\n` +
			`leaving early\nINIT_REPORT Init Duration: [0-9.]+ ms\tPhase: invoke\tStatus: error\tError Type: Runtime\.ExitError\nSTART `))
	})

	It("should run when the second try succeeds", func(ctx SpecContext) {
		f := deploy(ctx, client, withInit("exit-once"))
		Expect(f.answer(ctx, []byte(`1`))).To(Equal(`1`))
		Expect(f.answer(ctx, []byte(`2`))).To(Equal(`2`))
		Expect(f.history(ctx)).To(HaveLen(2))
	})

	It("should answer with the error that it reports", func(ctx SpecContext) {
		fault, log := fail(ctx, withInit("error"))
		Expect(fault).To(Equal(faultOf{"Init.Failed", "no luck"}))
		Expect(log).To(ContainSubstring("Phase: invoke\tStatus: error\tError Type: Init.Failed\n"))
	})

	DescribeTable("should say why",
		func(ctx SpecContext, message string, change func() func(*lambda.CreateFunctionInput)) {
			fault, log := fail(ctx, change())
			Expect(fault.ErrorType).To(Equal("Runtime.InvalidEntrypoint"))
			Expect(fault.ErrorMessage).To(ContainSubstring(" Error: " + message))
			Expect(log).To(ContainSubstring("Phase: init\tStatus: error\tError Type: Runtime.InvalidEntrypoint\n"))
		},
		Entry("without a bootstrap", "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
			func() func(*lambda.CreateFunctionInput) { return of(zipped("main", 0o755, bootstrap())) }),
		Entry("with one that is not executable", "fork/exec /var/task/bootstrap: permission denied",
			func() func(*lambda.CreateFunctionInput) { return of(zipped("bootstrap", 0o644, bootstrap())) }),
		Entry("with one that only its owner may execute", "fork/exec /var/task/bootstrap: permission denied",
			func() func(*lambda.CreateFunctionInput) { return of(zipped("bootstrap", 0o700, bootstrap())) }),
		Entry("with one that is no program", "fork/exec /var/task/bootstrap: exec format error",
			func() func(*lambda.CreateFunctionInput) { return of(zipped("bootstrap", 0o755, []byte("echo"))) }),
		Entry("with one for another processor", "fork/exec /var/task/bootstrap: exec format error; it is built for EM_RISCV, and the function is deployed for "+string(machine()),
			func() func(*lambda.CreateFunctionInput) {
				foreign := bytes.Clone(bootstrap())
				foreign[18] = 243 // where ELF has the machine: RISC-V
				return of(zipped("bootstrap", 0o755, foreign))
			}),
		Entry("when it is deployed for another processor than this machine has",
			"fork/exec /var/task/bootstrap: exec format error; localcloud runs functions on this machine, which is "+string(machine()),
			func() func(*lambda.CreateFunctionInput) {
				return func(in *lambda.CreateFunctionInput) {
					in.Architectures = []types.Architecture{map[types.Architecture]types.Architecture{
						types.ArchitectureX8664: types.ArchitectureArm64, types.ArchitectureArm64: types.ArchitectureX8664,
					}[machine()]}
				}
			}),
	)

	It("should be refused with a runtime that localcloud has not", func(ctx SpecContext) {
		f := deploy(ctx, client, func(in *lambda.CreateFunctionInput) {
			in.Runtime, in.Handler = types.RuntimePython312, aws.String("main.handler")
		})
		_, err := f.try(ctx, "", nil)
		Expect(err).To(And(code("InvalidRuntimeException"), MatchError(ContainSubstring("localcloud runs provided.al2023 and provided.al2 only"))))
	})

	DescribeTable("should not be made of",
		func(ctx SpecContext, content func() []byte) {
			f := deploy(ctx, client, nil)
			_, err := f.client.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: &f.name, ZipFile: content()})
			Expect(err).To(And(code("InvalidParameterValueException"), MatchError(ContainSubstring("Could not unzip uploaded file"))))
			Expect(f.answer(ctx, []byte(`1`))).To(Equal(`1`), "the code before is still there")
		},
		Entry("what is no zip", func() []byte { return []byte("no zip") }),
		Entry("a zip that leads out of its folder", func() []byte { return zipped("../../escaped", 0o644, []byte("x")) }),
		Entry("a zip with a link", func() []byte { return zipped("link", 0o777|os.ModeSymlink, []byte("/etc/passwd")) }),
		Entry("a zip that is cut off", func() []byte { return program()[:100_000] }),
	)
})

var _ = Describe("A request to invoke a function", func() {
	DescribeTable("should be refused",
		func(ctx SpecContext, kind types.InvocationType, payload func() []byte, expected string) {
			f := deploy(ctx, client, nil)
			_, err := f.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &f.name, InvocationType: kind, Payload: payload()})
			Expect(err).To(code(expected))
			Expect(f.history(ctx)).To(BeEmpty())
		},
		Entry("with what is no JSON", types.InvocationTypeRequestResponse, func() []byte { return []byte("{") }, "InvalidRequestContentException"),
		Entry("with too much", types.InvocationTypeRequestResponse, func() []byte { return bytes.Repeat([]byte(" "), 6<<20+1) }, "RequestTooLargeException"),
		Entry("with too much for the queue", types.InvocationTypeEvent, func() []byte { return bytes.Repeat([]byte(" "), 1<<20+1) }, "RequestTooLargeException"),
		Entry("of no kind", types.InvocationType("Maybe"), func() []byte { return nil }, "ValidationException"),
	)

	It("should run nothing when it is a dry run", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		out, err := f.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &f.name, InvocationType: types.InvocationTypeDryRun})
		Expect(err).NotTo(HaveOccurred())
		Expect(out.StatusCode).To(BeEquivalentTo(http.StatusNoContent))
		Expect(f.history(ctx)).To(BeEmpty())
	})

	It("should not be for a stream", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		_, err := f.client.InvokeWithResponseStream(ctx, &lambda.InvokeWithResponseStreamInput{FunctionName: &f.name})
		Expect(err).To(And(code("NotImplemented"), MatchError(ContainSubstring("use Invoke"))))
	})

	It("should be throttled as the reserved concurrency says", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		reserve := func(count int32) {
			_, err := f.client.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{FunctionName: &f.name, ReservedConcurrentExecutions: &count})
			Expect(err).NotTo(HaveOccurred())
		}
		reserve(0)
		_, err := f.try(ctx, "", nil)
		var throttled *types.TooManyRequestsException
		Expect(errors.As(err, &throttled)).To(BeTrue(), fmt.Sprint(err))
		Expect(throttled.Reason).To(Equal(types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded))
		Expect(*throttled.Message).To(Equal("Rate Exceeded."))
		reserve(1)
		ended := make(chan error)
		go func() {
			_, err := f.try(ctx, "", do("wait", 1500))
			ended <- err
		}()
		Eventually(func() error {
			_, err := f.try(ctx, "", nil)
			return err
		}).WithContext(ctx).WithPolling(20 * time.Millisecond).WithTimeout(time.Minute).Should(code("TooManyRequestsException"))
		Expect(<-ended).NotTo(HaveOccurred())
		Expect(f.answer(ctx, []byte(`1`))).To(Equal(`1`))
		Expect(f.history(ctx)).To(ContainElement(HaveField("Outcome", "throttled")))
	})
})
