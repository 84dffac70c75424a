package observability

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Alarms", func() {
	byName := func(s Settings) map[string]alarm {
		found := map[string]alarm{}
		for _, one := range alarms(s, watching()) {
			Expect(found).NotTo(HaveKey(one.short))
			found[one.short] = one
		}
		return found
	}

	// expected is what matters of an alarm.
	type expected struct {
		metric     metric
		statistic  string
		comparison string
		threshold  float64
		period     int
		periods    int
		missing    string
	}
	of := func(a alarm) expected {
		return expected{a.metric, a.statistic, a.comparison, a.threshold, a.period, a.periods, a.missing}
	}
	function := func(name, measure string) metric {
		return metric{"AWS/Lambda", measure, []dimension{{"FunctionName", "monitor-test-" + name}}}
	}
	queue := func(name string) metric {
		return metric{"AWS/SQS", "ApproximateNumberOfMessagesVisible", []dimension{{"QueueName", "monitor-test-" + name}}}
	}
	ours := func(measure string, more ...dimension) metric {
		return metric{"ComplianceMonitor", measure, append([]dimension{{"Deployment", prefix}}, more...)}
	}
	const atLeast, above, below = "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold"

	DescribeTable("should ring",
		func(short string, expected expected) {
			Expect(byName(with(nil))).To(HaveKeyWithValue(short, WithTransform(of, Equal(expected))))
		},
		Entry("when a function fails", "processor-errors",
			expected{function("processor", "Errors"), "Sum", atLeast, 1, 300, 1, "notBreaching"}),
		Entry("when a function is not started", "aggregator-throttles",
			expected{function("aggregator", "Throttles"), "Sum", atLeast, 1, 300, 1, "notBreaching"}),
		Entry("when a function takes 80 percent of a minute", "processor-duration",
			expected{function("processor", "Duration"), "Maximum", atLeast, 48_000, 300, 1, "notBreaching"}),
		Entry("when a function takes 80 percent of a quarter of an hour", "aggregator-duration",
			expected{function("aggregator", "Duration"), "Maximum", atLeast, 720_000, 300, 1, "notBreaching"}),
		Entry("when a function has not handled an event", "remediator-failures-messages",
			expected{queue("remediator-failures"), "Maximum", atLeast, 1, 300, 1, "notBreaching"}),
		Entry("when an event has not reached a function", "processor-undelivered-messages",
			expected{queue("processor-undelivered"), "Maximum", atLeast, 1, 300, 1, "notBreaching"}),
		Entry("when nobody has taken a notification", "deliveries-messages",
			expected{queue("deliveries-dlq"), "Maximum", atLeast, 1, 300, 1, "notBreaching"}),
		Entry("when there has been no complete report for 7 hours", "report-age",
			expected{ours("ReportAgeSeconds"), "Maximum", above, 25_200, 3600, 7, "breaching"}),
		Entry("when the score is low, until a better one comes", "score",
			expected{ours("ComplianceScore"), "Minimum", below, 80, 3600, 1, "ignore"}),
		Entry("when a critical rule is violated anew", "critical-violations",
			expected{ours("Violations", dimension{"Severity", "critical"}), "Sum", atLeast, 1, 300, 1, "notBreaching"}),
		Entry("when a remediation fails", "remediation-failures",
			expected{ours("Remediations", dimension{"Outcome", "failed"}), "Sum", atLeast, 1, 300, 1, "notBreaching"}),
		Entry("when remediation has stopped itself", "breaker",
			expected{ours("BreakerTripped"), "Sum", atLeast, 1, 300, 1, "notBreaching"}),
	)

	It("should be three for each function, one for each queue, and those of compliance and remediation", func() {
		Expect(byName(with(nil))).To(HaveLen(3*3 + 7 + 3 + 2))
	})

	It("should ring from where the settings say", func() {
		all := byName(with(map[string]string{
			"scoreThreshold": "95", "reportMaxAgeHours": "12", "durationPercent": "50",
			"functionErrors": "2", "functionThrottles": "3", "criticalViolations": "4", "remediationFailures": "5",
		}))
		Expect(all["score"].threshold).To(Equal(95.0))
		Expect(all["report-age"].threshold).To(Equal(12 * 3600.0))
		Expect(all["report-age"].periods).To(Equal(12))
		Expect(all["processor-duration"].threshold).To(Equal(30_000.0))
		Expect(all["processor-errors"].threshold).To(Equal(2.0))
		Expect(all["processor-throttles"].threshold).To(Equal(3.0))
		Expect(all["critical-violations"].threshold).To(Equal(4.0))
		Expect(all["remediation-failures"].threshold).To(Equal(5.0))
	})

	It("should say what they mean and what to do, within CloudWatch's 1,024 characters", func() {
		for short, one := range byName(with(nil)) {
			Expect(len(one.meaning)).To(And(BeNumerically(">", 100), BeNumerically("<=", 1024)), short)
			Expect(one.meaning).To(MatchRegexp(`^[A-Z].*\.$`), short)
		}
	})

	DescribeTable("should say of messages in a dead-letter queue",
		func(short, sentence string) {
			Expect(byName(with(nil))[short].meaning).To(HavePrefix(sentence))
		},
		Entry("whose they are", "processor-failures-messages", "The processor could not handle some events"),
		Entry("where they did not get", "processor-undelivered-messages", "EventBridge could not hand some events to the processor"),
		Entry("that nobody has read them", "deliveries-messages", "No subscriber has taken some notifications"),
	)

	It("should look no further back for a report than its hours: gaps breach", func() {
		for short, one := range byName(with(nil)) {
			Expect(one.gapsBreach).To(Equal(short == "report-age"), short)
		}
	})
})
