package functions

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The EventBridge rules", func() {
	It("should each start their function alone, and keep the events that did not reach it", func() {
		recording := deploy(nil)
		const queues = "arn:aws:sqs:us-east-1:111122223333:monitor-test-"
		for short, function := range map[string]string{
			"processor-compliance": "processor", "aggregator-schedule": "aggregator",
			"remediator-compliance": "remediator", "remediator-schedule": "remediator",
		} {
			rule := "arn:aws:events:us-east-1:111122223333:rule/monitor-test-" + short
			Expect(recording.Resource(short).Inputs).To(And(
				HaveKeyWithValue("name", "monitor-test-"+short), HaveKeyWithValue("state", "ENABLED"),
			))
			Expect(recording.Resource(short + "-permission").Inputs).To(Equal(map[string]any{
				"statementId": short, "action": "lambda:InvokeFunction", "principal": "events.amazonaws.com",
				"function": "monitor-test-" + function, "sourceArn": rule,
			}))
			target := recording.Resource(short + "-target")
			Expect(target.DependsOn).To(ContainElement(short + "-permission"))
			Expect(target.Inputs).To(Equal(map[string]any{
				"rule": "monitor-test-" + short, "targetId": function,
				"arn":              "arn:aws:lambda:us-east-1:111122223333:function:monitor-test-" + function,
				"retryPolicy":      map[string]any{"maximumRetryAttempts": 185.0, "maximumEventAgeInSeconds": 21600.0},
				"deadLetterConfig": map[string]any{"arn": queues + function + "-undelivered"},
			}))
		}
	})

	It("should have either a pattern or a schedule", func() {
		recording := deploy(nil)
		for _, rule := range recording.Resources("aws:cloudwatch/eventRule:EventRule") {
			_, pattern := rule.Inputs["eventPattern"]
			_, schedule := rule.Inputs["scheduleExpression"]
			Expect(pattern).NotTo(Equal(schedule), rule.Name)
		}
	})

	It("should be disabled for a remediator that has nothing to do", func() {
		recording := deploy(map[string]string{"remediationMode": "off"})
		for short, state := range map[string]string{
			"processor-compliance": "ENABLED", "aggregator-schedule": "ENABLED",
			"remediator-compliance": "DISABLED", "remediator-schedule": "DISABLED",
		} {
			Expect(recording.Resource(short).Inputs).To(HaveKeyWithValue("state", state), short)
		}
	})
})
