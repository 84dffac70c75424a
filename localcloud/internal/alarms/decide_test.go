package alarms

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const retained = "RETAINED"

// values are the data of the periods that are searched, the oldest first: X breaches, 0 does not, - is missing.
func values(text string) []point {
	var points []point
	for i, char := range text {
		if char != '-' {
			points = append(points, point{at: time.Unix(int64(i*60), 0), value: map[rune]float64{'X': 9, '0': 1}[char]})
		}
	}
	return points
}

var _ = Describe("An alarm's state", func() {
	// The tables of the CloudWatch user guide, "How alarm state is evaluated when data is missing".
	DescribeTable("should be what the user guide says",
		func(needed int, data, missing, ignore, breaching, notBreaching string) {
			for treatment, expected := range map[string]string{asMissing: missing, asIgnored: ignore, asBreach: breaching, asNoBreach: notBreaching} {
				one := alarm{
					EvaluationPeriods: 3, DatapointsToAlarm: needed, ComparisonOperator: "GreaterThanThreshold", Threshold: 5,
					TreatMissingData: treatment, StateValue: retained,
				}
				state, reason := one.decide(values(data))
				Expect(state).To(Equal(expected), treatment)
				Expect(reason).NotTo(BeEmpty())
			}
		},
		Entry("3 of 3: 0 - X - X", 3, "0-X-X", stateOK, stateOK, stateOK, stateOK),
		Entry("3 of 3: - - - - 0", 3, "----0", stateOK, stateOK, stateOK, stateOK),
		Entry("3 of 3: - - - - -", 3, "-----", stateNone, retained, stateAlarm, stateOK),
		Entry("3 of 3: 0 X X - X", 3, "0XX-X", stateAlarm, stateAlarm, stateAlarm, stateAlarm),
		Entry("3 of 3: - - X - -", 3, "--X--", stateAlarm, retained, stateAlarm, stateOK),
		Entry("2 of 3: 0 - X - X", 2, "0-X-X", stateAlarm, stateAlarm, stateAlarm, stateAlarm),
		Entry("2 of 3: 0 0 X 0 X", 2, "00X0X", stateAlarm, stateAlarm, stateAlarm, stateAlarm),
		Entry("2 of 3: 0 - X - -", 2, "0-X--", stateOK, stateOK, stateAlarm, stateOK),
		Entry("2 of 3: - - - - 0", 2, "----0", stateOK, stateOK, stateAlarm, stateOK),
		Entry("2 of 3: - - - X -", 2, "---X-", stateAlarm, retained, stateAlarm, stateOK),
	)

	DescribeTable("should compare as the alarm says",
		func(operator string, below, equal, above bool) {
			one := alarm{ComparisonOperator: operator, Threshold: 5}
			Expect([]bool{one.breaches(4), one.breaches(5), one.breaches(6)}).To(Equal([]bool{below, equal, above}))
		},
		Entry(nil, "GreaterThanOrEqualToThreshold", false, true, true), Entry(nil, "GreaterThanThreshold", false, false, true),
		Entry(nil, "LessThanOrEqualToThreshold", true, true, false), Entry(nil, "LessThanThreshold", true, false, false),
		Entry(nil, "LessThanLowerThreshold", false, false, false),
	)

	DescribeTable("should be explained as CloudWatch does",
		func(data, treatment, expected string) {
			one := alarm{EvaluationPeriods: 2, ComparisonOperator: "GreaterThanThreshold", Threshold: 5.5, TreatMissingData: treatment}
			_, reason := one.decide(values(data))
			Expect(reason).To(Equal(expected))
		},
		Entry("by values", "XX", asMissing, "Threshold Crossed: 2 out of the last 2 datapoints [9.0 (01/01/70 00:01:00), 9.0 (01/01/70 00:00:00)] were greater than the threshold (5.5)."),
		Entry("by good values", "0X", asMissing, "Threshold Crossed: 1 out of the last 2 datapoints [9.0 (01/01/70 00:01:00), 1.0 (01/01/70 00:00:00)] was not greater than the threshold (5.5)."),
		Entry("by nothing", "--", asMissing, "Insufficient Data: 2 datapoints were unknown."),
		Entry("by nothing, which is bad", "--", asBreach, "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching]."),
		Entry("by nothing, which is good", "--", asNoBreach, "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [NonBreaching]."),
	)

	DescribeTable("should be found from what the alarm watches",
		func(expression, id string, fill any) {
			gotID, gotFill := parseExpression(expression)
			Expect(gotID).To(Equal(id))
			if fill == nil {
				Expect(gotFill).To(BeNil())
			} else {
				Expect(gotFill).To(HaveValue(Equal(fill)))
			}
		},
		Entry("a metric", "m1", "m1", nil), Entry("a filled metric", "FILL(m1, 2.5)", "m1", 2.5), Entry("a metric filled below zero", "FILL(m1,-1)", "m1", -1.0),
		Entry("what is not known", "SUM(METRICS())", "SUM(METRICS())", nil), Entry("a number that is none", "FILL(m1, 1.2.3)", "", nil),
	)
})
