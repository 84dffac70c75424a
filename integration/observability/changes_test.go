package observability_test

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// made is what the layer makes, as the services list it.
func made() []string {
	all := []string{"dashboard " + dashboard}
	for _, alarm := range expectedAlarms(defaults, nil) {
		all = append(all, "alarm "+*alarm.AlarmName)
	}
	return all
}

var _ = Describe("The observability layer", func() {
	It("should add its alarms and its dashboard to what there was, and nothing else", func(ctx SpecContext) {
		Expect(inventory(ctx)).To(ConsistOf(append(made(), upstream...)))
	})

	It("should export the name and ARN of everything that it made", func(ctx SpecContext) {
		alarmNames, alarmARNs := map[string]any{}, map[string]any{}
		for short, alarm := range alarms(ctx) {
			alarmNames[short], alarmARNs[short] = *alarm.AlarmName, *alarm.AlarmArn
		}
		Expect(deployed.Outputs(ctx, stage.Observability)).To(Equal(stage.Outputs{
			"dashboardName": dashboard,
			"dashboardArn":  "arn:aws:cloudwatch::" + stage.Account + ":dashboard/" + dashboard,
			"dashboardUrl":  "", // a local AWS has no console
			"alarmNames":    alarmNames, "alarmArns": alarmARNs,
		}))
	})

	It("should be found as it was deployed by a refresh", func(ctx SpecContext) {
		Expect(deployed.Refresh(ctx, stage.Observability)).To(expect.NoChange())
	})

	It("should not change when it is deployed again", func(ctx SpecContext) {
		Expect(deployed.Up(ctx, deployed.Target, stage.Observability)).To(expect.NoChange())
	})
})

// expectOthersUntouched compares all alarms but the given ones with what they were before, and with when they were last
// written.
func expectOthersUntouched(ctx SpecContext, before map[string]types.MetricAlarm, changed ...string) {
	GinkgoHelper()
	now := alarms(ctx)
	for short, alarm := range before {
		if !slices.Contains(changed, short) {
			Expect(now).To(HaveKeyWithValue(short, alarm))
		}
	}
}

// setBack deploys layers as they were, where a spec failed on the way, so that it fails alone.
func setBack(ctx SpecContext, layers ...string) {
	GinkgoHelper()
	if CurrentSpecReport().Failed() {
		Expect(deployed.Up(ctx, deployed.Target, layers...)).Error().NotTo(HaveOccurred())
	}
}

var _ = Describe("The settings of the observability layer", Ordered, func() {
	var before map[string]types.MetricAlarm

	BeforeAll(func(ctx SpecContext) { before = alarms(ctx) })
	AfterAll(func(ctx SpecContext) { setBack(ctx, stage.Observability) })

	It("should move the score's alarm and its line on the dashboard, and nothing else", func(ctx SpecContext) {
		target := deployed.With(stage.Observability, "scoreThreshold", "95")
		Expect(deployed.Up(ctx, target, stage.Observability)).To(expect.Changes(map[string]int{"update": 2}))
		moved := defaults
		moved.score = 95
		expectAlarms(ctx, moved)
		expectCharts(ctx, 95)
		expectOthersUntouched(ctx, before, "score")
	})

	It("should move the alarms of everything else, each to its own threshold", func(ctx SpecContext) {
		target := deployed.With(stage.Observability, "reportMaxAgeHours", "12")
		maps.Copy(target.Overrides[stage.Observability], map[string]string{
			"durationPercent": "50", "functionErrors": "2", "functionThrottles": "3",
			"criticalViolations": "4", "remediationFailures": "5",
		})
		// Three alarms for each of the three functions, the report's, those of violations and remediations; and the score's alarm
		// goes back, with its line.
		Expect(deployed.Up(ctx, target, stage.Observability)).To(expect.Changes(map[string]int{"update": 14}))
		expectAlarms(ctx, thresholds{
			score: 80, reportAge: 12, duration: 50, errors: 2, throttles: 3, violations: 4, unremedied: 5,
		})
		expectCharts(ctx, 80)
		untouched := []string{"breaker"}
		for _, queue := range queues {
			untouched = append(untouched, queue+"-messages")
		}
		expectOthersUntouched(ctx, before, slices.DeleteFunc(slices.Clone(alarmNames), func(short string) bool {
			return slices.Contains(untouched, short)
		})...)
	})

	It("should move the alarms back when they are set back", func(ctx SpecContext) {
		Expect(deployed.Up(ctx, deployed.Target, stage.Observability)).To(expect.Changes(map[string]int{"update": 12}))
		expectAlarms(ctx, defaults)
		expectCharts(ctx, defaults.score)
	})
})

var _ = Describe("The time-out of a function in the functions layer", Ordered, func() {
	AfterAll(func(ctx SpecContext) { setBack(ctx, stage.Functions, stage.Observability) })

	It("should move the alarm on the time that the function takes, and nothing else, once both layers are deployed", func(ctx SpecContext) {
		before := alarms(ctx)
		target := deployed.With(stage.Functions, "timeout", `{"remediator": 120}`)
		Expect(deployed.Up(ctx, target, stage.Functions)).To(expect.Changes(map[string]int{"update": 1}))
		Expect(alarms(ctx)).To(Equal(before))
		Expect(deployed.Up(ctx, target, stage.Observability)).To(expect.Changes(map[string]int{"update": 1}))
		Expect(timeouts(ctx)).To(HaveKeyWithValue("remediator", int32(120)))
		Expect(alarms(ctx)["remediator-duration"].Threshold).To(HaveValue(Equal(96_000.0)))
		expectAlarms(ctx, defaults)
		expectOthersUntouched(ctx, before, "remediator-duration")
	})

	It("should move it back when it is set back", func(ctx SpecContext) {
		for _, layer := range []string{stage.Functions, stage.Observability} {
			Expect(deployed.Up(ctx, deployed.Target, layer)).To(expect.Changes(map[string]int{"update": 1}))
		}
		Expect(timeouts(ctx)["remediator"]).NotTo(Equal(int32(120)))
		expectAlarms(ctx, defaults)
	})
})
