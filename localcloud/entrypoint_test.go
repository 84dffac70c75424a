package localcloud_test

import (
	"bytes"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

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
