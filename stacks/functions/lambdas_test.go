package functions

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

var _ = Describe("The functions", func() {
	It("should run our packages with the settings, encrypted, traced and logged", func() {
		s := with(nil)
		recording, err := pulumitest.Run(deploying(s, deployed()), pulumitest.Options{})
		Expect(err).NotTo(HaveOccurred())
		packages, err := readPackages(s.CodePath, s.Architecture)
		Expect(err).NotTo(HaveOccurred())
		for _, function := range names.Functions() {
			made := recording.Resource(function)
			Expect(made.Type).To(Equal("aws:lambda/function:Function"))
			Expect(made.Inputs).To(And(
				HaveKeyWithValue("name", "monitor-test-"+function),
				HaveKeyWithValue("runtime", "provided.al2023"),
				HaveKeyWithValue("handler", "bootstrap"),
				HaveKeyWithValue("architectures", []any{"arm64"}),
				HaveKeyWithValue("sourceCodeHash", packages[function].hash),
				HaveKeyWithValue("code", HaveField("Path", packages[function].path)),
				HaveKeyWithValue("memorySize", BeEquivalentTo(s.Memory[function])),
				HaveKeyWithValue("timeout", BeEquivalentTo(s.Timeout[function])),
				HaveKeyWithValue("kmsKeyArn", keyARN),
				HaveKeyWithValue("role", "arn:aws:iam::111122223333:role/monitor-test-"+function),
				HaveKeyWithValue("tracingConfig", map[string]any{"mode": "Active"}),
				HaveKeyWithValue("loggingConfig", map[string]any{
					"logFormat": "JSON", "applicationLogLevel": "INFO", "systemLogLevel": "INFO",
					"logGroup": "/aws/lambda/monitor-test-" + function,
				}),
				HaveKeyWithValue("environment", HaveKeyWithValue("variables", HaveKeyWithValue("COMPLIANCE_PREFIX", prefix))),
				Not(HaveKey("reservedConcurrentExecutions")),
			))
		}
	})

	It("should come after their log groups and permissions", func() {
		recording := deploy(map[string]string{"logRetentionDays": "14"})
		for _, function := range names.Functions() {
			Expect(recording.Resource(function).DependsOn).To(ContainElements(function+"-logs", function+"-policy", function+"-role"))
			Expect(recording.Resource(function + "-logs").Inputs).To(And(
				HaveKeyWithValue("name", "/aws/lambda/monitor-test-"+function),
				HaveKeyWithValue("retentionInDays", BeEquivalentTo(14)),
				HaveKeyWithValue("kmsKeyId", keyARN),
			))
		}
	})

	It("should have concurrency set aside only where the settings say so", func() {
		recording := deploy(map[string]string{"reservedConcurrency": `{"remediator": 3}`})
		Expect(recording.Resource("remediator").Inputs).To(HaveKeyWithValue("reservedConcurrentExecutions", BeEquivalentTo(3)))
		Expect(recording.Resource("processor").Inputs).NotTo(HaveKey("reservedConcurrentExecutions"))
	})

	It("should keep the events that they can't handle after three tries", func() {
		recording := deploy(nil)
		for _, function := range names.Functions() {
			Expect(recording.Resource(function + "-retries").Inputs).To(And(
				HaveKeyWithValue("functionName", "monitor-test-"+function),
				HaveKeyWithValue("maximumRetryAttempts", BeEquivalentTo(2)),
				HaveKeyWithValue("maximumEventAgeInSeconds", BeEquivalentTo(21600)),
				HaveKeyWithValue("destinationConfig", map[string]any{"onFailure": map[string]any{
					"destination": "arn:aws:sqs:us-east-1:111122223333:monitor-test-" + function + "-failures",
				}}),
			))
		}
	})
})
