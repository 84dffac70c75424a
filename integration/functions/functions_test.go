package functions_test

import (
	"context"
	"runtime"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// architectures are Lambda's names of Go's.
var architectures = map[string]types.Architecture{"amd64": types.ArchitectureX8664, "arm64": types.ArchitectureArm64}

// configuration is the function called short as Lambda has it.
func configuration(ctx context.Context, short string) *lambda.GetFunctionConfigurationOutput {
	GinkgoHelper()
	found, err := clients.Lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{
		FunctionName: aws.String(full(short)),
	})
	Expect(err).NotTo(HaveOccurred())
	return found
}

var _ = Describe("A function", func() {
	DescribeTable("should be an executable of ours for the host's architecture, that runs by itself",
		func(ctx SpecContext, short, purpose string, memory, timeout int) {
			Expect(configuration(ctx, short)).To(And(
				HaveField("FunctionArn", HaveValue(Equal(functionARN(short)))),
				HaveField("Description", HaveValue(Equal(purpose))),
				HaveField("PackageType", types.PackageTypeZip),
				HaveField("Runtime", types.RuntimeProvidedal2023),
				HaveField("Handler", HaveValue(Equal("bootstrap"))),
				HaveField("Architectures", ConsistOf(architectures[runtime.GOARCH])),
				HaveField("State", types.StateActive),
				HaveField("Role", HaveValue(Equal(stage.RoleARN(full(short))))),
				HaveField("MemorySize", HaveValue(BeEquivalentTo(memory))),
				HaveField("Timeout", HaveValue(BeEquivalentTo(timeout))),
				HaveField("Layers", BeEmpty()),
				HaveField("VpcConfig", BeNil()),
				HaveField("DeadLetterConfig", BeNil()),
				HaveField("FileSystemConfigs", BeEmpty()),
			))
		},
		Entry("processor", names.Processor, "Records changes of compliance and tells people of violations", 256, 120),
		Entry("aggregator", names.Aggregator, "Reports on the compliance of all resources", 512, 900),
		Entry("remediator", names.Remediator, "Plans and applies fixes of violations", 256, 300),
	)

	DescribeTable("should be told what it reads and no more, encrypted with the key",
		func(ctx SpecContext, short string, variables func() map[string]string) {
			found := configuration(ctx, short)
			wanted := variables()
			wanted[names.EnvPrefix], wanted[names.EnvReportsBucket] = prefix, bucket
			Expect(found.Environment.Variables).To(Equal(wanted))
			Expect(found.KMSKeyArn).To(HaveValue(Equal(keyARN)))
		},
		Entry("processor", names.Processor, func() map[string]string {
			return map[string]string{
				names.EnvViolationsTopic: violations, names.EnvAccountAlias: "", names.EnvFloodLimit: "30",
				names.EnvRemediationMode: names.ModePlan, names.EnvRemediations: "{}",
			}
		}),
		Entry("aggregator", names.Aggregator, func() map[string]string {
			return map[string]string{names.EnvViolationsTopic: violations}
		}),
		Entry("remediator", names.Remediator, func() map[string]string {
			return map[string]string{
				names.EnvKeyARN: keyARN, names.EnvOperationsTopic: operations,
				names.EnvRemediationMode: names.ModePlan, names.EnvRemediations: "{}", names.EnvRuleSettings: "{}",
			}
		}),
	)

	DescribeTable("should be traced, log in JSON to its own group, and share the account's concurrency",
		func(ctx SpecContext, short string) {
			Expect(configuration(ctx, short)).To(And(
				HaveField("TracingConfig.Mode", types.TracingModeActive),
				HaveField("LoggingConfig", Equal(&types.LoggingConfig{
					LogFormat: types.LogFormatJson, ApplicationLogLevel: types.ApplicationLogLevelInfo,
					SystemLogLevel: types.SystemLogLevelInfo, LogGroup: aws.String("/aws/lambda/" + full(short)),
				})),
			))
			Expect(clients.Lambda.GetFunctionConcurrency(ctx, &lambda.GetFunctionConcurrencyInput{
				FunctionName: aws.String(full(short)),
			})).To(HaveField("ReservedConcurrentExecutions", BeNil()))
		},
		everyFunction(),
	)

	DescribeTable("should be tried three times at most, and then its event be kept",
		func(ctx SpecContext, short string) {
			Expect(clients.Lambda.GetFunctionEventInvokeConfig(ctx, &lambda.GetFunctionEventInvokeConfigInput{
				FunctionName: aws.String(full(short)),
			})).To(And(
				HaveField("MaximumRetryAttempts", HaveValue(BeEquivalentTo(2))),
				HaveField("MaximumEventAgeInSeconds", HaveValue(BeEquivalentTo(6*3600))),
				HaveField("DestinationConfig.OnFailure.Destination", HaveValue(Equal(stage.ARN("sqs", full(short+"-failures"))))),
				HaveField("DestinationConfig.OnSuccess", Or(BeNil(), HaveField("Destination", BeNil()))),
			))
		},
		everyFunction(),
	)

	DescribeTable("should be tagged",
		func(ctx SpecContext, short, purpose string) {
			Expect(clients.FunctionTags(ctx, functionARN(short))).To(expect.Tags(purpose))
		},
		Entry("processor", names.Processor, "Records changes of compliance and tells people of violations"),
		Entry("aggregator", names.Aggregator, "Reports on the compliance of all resources"),
		Entry("remediator", names.Remediator, "Plans and applies fixes of violations"),
	)
})

// everyFunction is an entry a function.
func everyFunction() []TableEntry {
	var entries []TableEntry
	for _, short := range names.Functions() {
		entries = append(entries, Entry(short, short))
	}
	return entries
}
