package observability

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Settings", func() {
	It("should have defaults", func() {
		Expect(ParseSettings(nil)).To(Equal(Settings{
			ScoreThreshold: 80, ReportMaxAgeHours: 7, DurationPercent: 80,
			FunctionErrors: 1, FunctionThrottles: 1, CriticalViolations: 1, RemediationFailures: 1,
		}))
	})

	It("should read each value", func() {
		Expect(ParseSettings(map[string]string{
			"scoreThreshold": "95", "reportMaxAgeHours": "12", "durationPercent": "90",
			"functionErrors": "2", "functionThrottles": "3", "criticalViolations": "4", "remediationFailures": "5",
		})).To(Equal(Settings{
			ScoreThreshold: 95, ReportMaxAgeHours: 12, DurationPercent: 90,
			FunctionErrors: 2, FunctionThrottles: 3, CriticalViolations: 4, RemediationFailures: 5,
		}))
	})

	DescribeTable("should refuse",
		func(key, value, expected string) {
			_, err := ParseSettings(map[string]string{key: value})
			Expect(err).To(MatchError(ContainSubstring(
				"setting compliance-monitor-observability:" + key + ` is "` + value + `": expected ` + expected)))
		},
		Entry("a score of nothing", "scoreThreshold", "0", "a whole number from 1 to 100"),
		Entry("a score above all", "scoreThreshold", "101", "a whole number from 1 to 100"),
		Entry("a report age that each report reaches", "reportMaxAgeHours", "6", "a whole number from 7 to 24"),
		Entry("a report age beyond a day", "reportMaxAgeHours", "25", "a whole number from 7 to 24"),
		Entry("a duration that is normal", "durationPercent", "49", "a whole number from 50 to 99"),
		Entry("a duration that is never reached", "durationPercent", "100", "a whole number from 50 to 99"),
		Entry("no errors at all", "functionErrors", "0", "a whole number from 1 to 1000"),
		Entry("throttles in words", "functionThrottles", "one", "a whole number from 1 to 1000"),
		Entry("too many critical violations", "criticalViolations", "1001", "a whole number from 1 to 1000"),
		Entry("half a failure", "remediationFailures", "0.5", "a whole number from 1 to 1000"),
		Entry("an unknown setting", "score", "80", "no such setting; known are criticalViolations, durationPercent"),
	)

	It("should report all faults at once", func() {
		values := map[string]string{"unknown": "1"}
		for _, key := range Keys() {
			values[key] = "-1"
		}
		_, err := ParseSettings(values)
		Expect(strings.Count(err.Error(), "\n")).To(Equal(len(Keys())))
	})
})
