package functions

import (
	"os"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

var _ = Describe("Deploying the functions layer", func() {
	It("should tag every resource, with characters that AWS accepts, and use the explicit provider only", func() {
		recording := deploy(nil)
		Expect(recording.Untagged()).To(BeEmpty())
		Expect(recording.WithoutExplicitProvider()).To(BeEmpty())
		for _, resource := range recording.All {
			for _, value := range resource.Tags() {
				Expect(value).To(MatchRegexp(`^[\pL\pZ\pN_.:/=+\-@]{1,256}$`), resource.Step())
			}
		}
	})

	It("should name what it could not make, whatever that is", func() {
		const lambdaType, watchType = "aws:lambda/", "aws:cloudwatch/"
		known := map[string]string{
			"pulumi:providers:aws aws":                        "configuring the AWS provider",
			"aws:s3/bucketObjectv2:BucketObjectv2 exemptions": "putting the exemptions into the reports bucket",

			"aws:sqs/queue:Queue processor-failures":     "making the queue processor-failures",
			"aws:sqs/queue:Queue aggregator-undelivered": "making the queue aggregator-undelivered",

			"aws:iam/role:Role aggregator-role":               "making the role of the function aggregator",
			"aws:iam/rolePolicy:RolePolicy remediator-policy": "giving the function remediator its permissions",

			watchType + "logGroup:LogGroup processor-logs":                      "making the log group of the function processor",
			watchType + "eventRule:EventRule aggregator-schedule":               "making the EventBridge rule aggregator-schedule",
			watchType + "eventTarget:EventTarget aggregator-schedule-target":    "aiming the EventBridge rule aggregator-schedule",
			lambdaType + "function:Function processor":                          "making the function processor",
			lambdaType + "permission:Permission remediator-schedule-permission": "letting the EventBridge rule remediator-schedule",
			lambdaType + "functionEventInvokeConfig:FunctionEventInvokeConfig processor-retries": "limiting the retries of the " +
				"function processor",
		}
		steps := 0
		for step, err := range pulumitest.FailingEachRegistration(deploying(with(nil), deployed()), pulumitest.Options{}) {
			steps++
			Expect(err).To(MatchError(HaveSuffix(pulumitest.Refused)), step)
			if sentence, ok := known[step]; ok {
				Expect(err).To(MatchError(HavePrefix(sentence)), step)
				delete(known, step)
			}
			_, name, _ := strings.Cut(step, " ")
			Expect(err).To(MatchError(Or(
				ContainSubstring("processor"), ContainSubstring("aggregator"), ContainSubstring("remediator"),
				ContainSubstring(name), ContainSubstring("AWS provider"),
			)), step)
		}
		Expect(steps).To(BeNumerically(">", 30))
		Expect(known).To(BeEmpty(), "steps that were not met")
	})

	It("should make nothing when a package is missing and an exemption is wrong, and say both", func() {
		values := files()
		values["codePath"] = GinkgoT().TempDir()
		values["exemptionsFile"] = write("exemptions: none")
		s, err := ParseSettings(values)
		Expect(err).NotTo(HaveOccurred())
		recording, err := pulumitest.Run(deploying(s, deployed()), pulumitest.Options{})
		Expect(err).To(MatchError(And(
			ContainSubstring("function processor (make it with 'go tool task build-lambdas')"),
			ContainSubstring("exemptions.yaml:1: expected one list"),
		)))
		Expect(recording.Steps).To(BeEmpty())
	})

	It("should export every output", func() {
		recording := deploy(nil)
		for _, description := range outputs.DescribeFunctions() {
			Expect(recording.Exports).To(HaveKeyWithValue(description.Key, Not(BeEmpty())))
		}
		Expect(recording.Exports).To(HaveKeyWithValue("functionArns", HaveKeyWithValue("processor",
			"arn:aws:lambda:us-east-1:111122223333:function:monitor-test-processor")))
		Expect(recording.Exports).To(HaveKeyWithValue("functionTimeouts", HaveKeyWithValue("aggregator", "900")))
		Expect(recording.Exports).To(HaveKeyWithValue("queueUrls", HaveLen(6)))
		Expect(recording.Exports).To(HaveKeyWithValue("eventRuleNames", HaveKeyWithValue("remediator-schedule",
			"monitor-test-remediator-schedule")))
		Expect(recording.Exports).To(HaveKeyWithValue("exemptionsKey", "config/exemptions.json"))
	})

	It("should let no more than one wait for a queue lie on any path", func() {
		recording := deploy(nil)
		const queueType = "aws:sqs/queue:Queue"
		Expect(recording.Resources(queueType)).To(HaveLen(6))
		isQueue := map[string]bool{}
		for _, queue := range recording.Resources(queueType) {
			Expect(queue.DependsOn).To(BeEmpty(), queue.Name)
			isQueue[queue.Name] = true
		}
		waiting := map[string]bool{
			"aws:cloudwatch/eventTarget:EventTarget":                         true,
			"aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": true,
		}
		for _, resource := range recording.All {
			for _, upstream := range resource.DependsOn {
				Expect(isQueue[upstream] && !waiting[resource.Type]).To(BeFalse(), resource.Step()+" waits for "+upstream)
			}
		}
	})
})

var _ = Describe("The program", func() {
	run := func(values map[string]string, upstream map[string]map[string]any) (*pulumitest.Recording, error) {
		return pulumitest.Run(Program, pulumitest.Options{
			Project: outputs.Project(outputs.LayerFunctions), Config: values, References: upstream,
		})
	}
	without := func(layer string) map[string]map[string]any {
		all := references(deployed())
		delete(all, pulumitest.Reference(outputs.Project(layer), pulumitest.DefaultStack))
		return all
	}

	It("should deploy with what the layers before it have made", func() {
		recording, err := run(files(), references(deployed()))
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Exports).To(HaveLen(len(outputs.DescribeFunctions())))
	})

	It("should refuse wrong settings", func() {
		values := files()
		values["logRetentionDays"] = "1"
		recording, err := run(values, references(deployed()))
		Expect(err).To(MatchError(ContainSubstring("compliance-monitor-functions:logRetentionDays")))
		Expect(recording.Steps).To(BeEmpty())
	})

	DescribeTable("should name the layer to deploy first",
		func(layer string) {
			_, err := run(files(), without(layer))
			var missing *outputs.MissingError
			Expect(err).To(BeAssignableToTypeOf(missing))
			Expect(err).To(MatchError(ContainSubstring("layer " + layer + " ")))
		},
		Entry("when it is the foundation", outputs.LayerFoundation),
		Entry("when it is the rules", outputs.LayerConfigRules),
	)

	It("should fail with what failed the deployment", func() {
		values := files()
		Expect(os.Remove(values["exemptionsFile"])).To(Succeed())
		_, err := run(values, references(deployed()))
		Expect(err).To(MatchError(os.ErrNotExist))
	})
})
