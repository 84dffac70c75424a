package observability

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm"

var _ = Describe("Deploying the observability layer", func() {
	It("should tag every resource, with characters that AWS accepts, and use the explicit provider only", func() {
		recording := deploy(deployed())
		Expect(recording.Untagged()).To(BeEmpty())
		Expect(recording.WithoutExplicitProvider()).To(BeEmpty())
		for _, resource := range recording.All {
			for _, value := range resource.Tags() {
				Expect(value).To(MatchRegexp(`^[\pL\pZ\pN_.:/=+\-@]{1,256}$`), resource.Step())
			}
		}
	})

	It("should name what it could not make, whatever that is", func() {
		sentences := map[string]string{
			"pulumi:providers:aws":                   "configuring the AWS provider",
			"aws:cloudwatch/dashboard:Dashboard":     "making the dashboard",
			"aws:cloudwatch/metricAlarm:MetricAlarm": "making the alarm ",
		}
		steps := 0
		for step, err := range pulumitest.FailingEachRegistration(deploying(deployed()), pulumitest.Options{}) {
			steps++
			kind, name, _ := strings.Cut(step, " ")
			sentence := sentences[kind]
			Expect(sentence).NotTo(BeEmpty(), step)
			if kind == alarmType {
				sentence += name
			}
			Expect(err).To(MatchError(And(HavePrefix(sentence+": "), HaveSuffix(pulumitest.Refused))), step)
		}
		Expect(steps).To(Equal(1 + 21 + 1))
	})

	It("should tell the operations topic when an alarm rings and when it stops", func() {
		for _, alarm := range deploy(deployed()).Resources(alarmType) {
			Expect(alarm.Inputs).To(And(
				HaveKeyWithValue("name", "monitor-test-"+alarm.Name),
				HaveKeyWithValue("alarmActions", []any{operationsARN}),
				HaveKeyWithValue("okActions", []any{operationsARN}),
				HaveKeyWithValue("alarmDescription", Not(BeEmpty())),
				HaveKeyWithValue("treatMissingData", Not(BeEmpty())),
			), alarm.Name)
		}
	})

	It("should watch a metric", func() {
		Expect(deploy(deployed()).Resource("score").Inputs).To(And(
			HaveKeyWithValue("namespace", "ComplianceMonitor"),
			HaveKeyWithValue("metricName", "ComplianceScore"),
			HaveKeyWithValue("dimensions", map[string]any{"Deployment": prefix}),
			HaveKeyWithValue("statistic", "Minimum"),
			HaveKeyWithValue("comparisonOperator", "LessThanThreshold"),
			HaveKeyWithValue("threshold", 80.0),
			HaveKeyWithValue("period", 3600.0),
			HaveKeyWithValue("evaluationPeriods", 1.0),
			HaveKeyWithValue("datapointsToAlarm", 1.0),
			HaveKeyWithValue("treatMissingData", "ignore"),
			Not(HaveKey("metricQueries")),
		))
	})

	It("should watch the report's age with its gaps filled", func() {
		Expect(deploy(deployed()).Resource("report-age").Inputs).To(And(
			HaveKeyWithValue("threshold", 25200.0),
			HaveKeyWithValue("evaluationPeriods", 7.0),
			HaveKeyWithValue("datapointsToAlarm", 7.0),
			HaveKeyWithValue("treatMissingData", "breaching"),
			HaveKeyWithValue("metricQueries", []any{
				map[string]any{"id": "measured", "returnData": false, "metric": map[string]any{
					"namespace": "ComplianceMonitor", "metricName": "ReportAgeSeconds",
					"dimensions": map[string]any{"Deployment": prefix}, "stat": "Maximum", "period": 3600.0,
				}},
				map[string]any{
					"id": "filled", "expression": "FILL(measured, 25201)", "label": "ReportAgeSeconds", "returnData": true,
				},
			}),
			Not(HaveKey("metricName")), Not(HaveKey("statistic")), Not(HaveKey("period")),
		))
	})

	It("should show all of its alarms on the dashboard", func() {
		recording := deploy(deployed())
		dashboard := recording.Resource("dashboard").Inputs
		Expect(dashboard).To(HaveKeyWithValue("dashboardName", "monitor-test-compliance"))
		for _, alarm := range recording.Resources(alarmType) {
			Expect(dashboard["dashboardBody"]).To(ContainSubstring(`"` + alarm.Outputs["arn"].(string) + `"`))
		}
	})

	It("should export every output", func() {
		recording := deploy(deployed())
		for _, description := range outputs.DescribeObservability() {
			Expect(recording.Exports).To(HaveKeyWithValue(description.Key, Not(BeEmpty())))
		}
		Expect(recording.Exports).To(HaveKeyWithValue("dashboardUrl", "https://us-east-1.console.aws.amazon.com/cloudwatch/home"+
			"?region=us-east-1#dashboards/dashboard/monitor-test-compliance"))
		Expect(recording.Exports).To(HaveKeyWithValue("alarmArns", HaveKeyWithValue("breaker",
			"arn:aws:cloudwatch:us-east-1:111122223333:alarm:monitor-test-breaker")))
	})

	It("should send nobody to the console of AWS for a local stack", func() {
		upstream := deployed()
		upstream.Foundation.Local = "true"
		Expect(deploy(upstream).Exports).To(HaveKeyWithValue("dashboardUrl", ""))
	})

	It("should make nothing when a time-out can't be read", func() {
		upstream := deployed()
		upstream.Functions.FunctionTimeouts = nil
		recording, err := pulumitest.Run(deploying(upstream), pulumitest.Options{})
		Expect(err).To(MatchError(ContainSubstring("deploy the functions layer again")))
		Expect(recording.Steps).To(BeEmpty())
	})
})

var _ = Describe("The program", func() {
	run := func(values map[string]string, upstream map[string]map[string]any) (*pulumitest.Recording, error) {
		return pulumitest.Run(Program, pulumitest.Options{
			Project: outputs.Project(outputs.LayerObservability), Config: values, References: upstream,
		})
	}

	It("should deploy with what the layers before it have made", func() {
		recording, err := run(map[string]string{"scoreThreshold": "66"}, references(deployed()))
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Exports).To(HaveLen(len(outputs.DescribeObservability())))
		Expect(recording.Resource("score").Inputs).To(HaveKeyWithValue("threshold", 66.0))
	})

	It("should refuse wrong settings", func() {
		recording, err := run(map[string]string{"scoreThreshold": "0"}, references(deployed()))
		Expect(err).To(MatchError(ContainSubstring("compliance-monitor-observability:scoreThreshold")))
		Expect(recording.Steps).To(BeEmpty())
	})

	DescribeTable("should name the layer to deploy first",
		func(layer string) {
			upstream := references(deployed())
			delete(upstream, pulumitest.Reference(outputs.Project(layer), pulumitest.DefaultStack))
			_, err := run(nil, upstream)
			Expect(err).To(BeAssignableToTypeOf(&outputs.MissingError{}))
			Expect(err).To(MatchError(ContainSubstring("layer " + layer + " ")))
		},
		Entry("when it is the foundation", outputs.LayerFoundation),
		Entry("when it is the rules", outputs.LayerConfigRules),
		Entry("when it is the functions", outputs.LayerFunctions),
	)

	It("should fail with what failed the deployment", func() {
		upstream := deployed()
		upstream.Functions.FunctionTimeouts["processor"] = "soon"
		_, err := run(nil, references(upstream))
		Expect(err).To(MatchError(ContainSubstring("time-out of the function processor")))
	})
})
