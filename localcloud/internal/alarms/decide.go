package alarms

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// point is a value of a metric in one period.
type point struct {
	at    time.Time // when the period began
	value float64
}

// spare is how many more periods than an alarm looks at are searched for data. CloudWatch does not say how many it takes.
const spare = 2

// What an alarm makes of missing data.
const (
	asMissing  = "missing"
	asIgnored  = "ignore"
	asBreach   = "breaching"
	asNoBreach = "notBreaching"
)

var fillExpression = regexp.MustCompile(`^\s*FILL\(\s*([a-z]\w*)\s*,\s*(-?[\d.]+)\s*\)\s*$`)

// parseExpression reads FILL(metric, number), or the id of a metric.
func parseExpression(text string) (id string, fill *float64) {
	parts := fillExpression.FindStringSubmatch(text)
	if parts == nil {
		return strings.TrimSpace(text), nil
	}
	value, err := strconv.ParseFloat(parts[2], 64)
	if err != nil {
		return "", nil
	}
	return parts[1], &value
}

// breaches says whether a value breaches a threshold.
func (a alarm) breaches(value float64) bool {
	switch a.ComparisonOperator {
	case "GreaterThanOrEqualToThreshold":
		return value >= a.Threshold
	case "GreaterThanThreshold":
		return value > a.Threshold
	case "LessThanThreshold":
		return value < a.Threshold
	case "LessThanOrEqualToThreshold":
		return value <= a.Threshold
	}
	return false
}

// decide finds an alarm's state from the values of its last periods, the newest last, as the CloudWatch user guide has it
// in "Configuring how CloudWatch alarms treat missing data": where there are enough values in the periods that are
// searched, the newest count; otherwise those that are missing are treated as the alarm says.
func (a alarm) decide(points []point) (state, reason string) {
	if len(points) > a.EvaluationPeriods {
		points = points[len(points)-a.EvaluationPeriods:]
	}
	breaching := 0
	for _, one := range points {
		if a.breaches(one.value) {
			breaching++
		}
	}
	missing := a.EvaluationPeriods - len(points)
	return a.judge(breaching, len(points), missing), a.reason(points, breaching, missing)
}

func (a alarm) judge(breaching, present, missing int) string {
	needed := a.needed()
	if missing > 0 {
		switch a.TreatMissingData {
		case asBreach:
			breaching += missing
		case asNoBreach:
		case asIgnored:
			if breaching < needed && breaching == present {
				return a.StateValue // nothing says otherwise
			}
		default:
			if present == 0 {
				return stateNone
			}
			needed = min(needed, present)
		}
	}
	if breaching >= needed {
		return stateAlarm
	}
	return stateOK
}

// reason says why, as CloudWatch does.
func (a alarm) reason(points []point, breaching, missing int) string {
	if len(points) == 0 {
		if a.TreatMissingData == asBreach || a.TreatMissingData == asNoBreach {
			treated := map[string]string{asBreach: "Breaching", asNoBreach: "NonBreaching"}[a.TreatMissingData]
			return fmt.Sprintf("Threshold Crossed: no datapoints were received for %s and %s treated as [%s].",
				plural(missing, "period"), plural(missing, "missing datapoint")+was(missing), treated)
		}
		return "Insufficient Data: " + plural(missing, "datapoint") + was(missing) + " unknown."
	}
	var values []string
	for i := len(points) - 1; i >= 0; i-- {
		values = append(values, fmt.Sprintf("%s (%s)", number(points[i].value), points[i].at.UTC().Format("02/01/06 15:04:05")))
	}
	count, verb := breaching, comparisons[a.ComparisonOperator]
	if a.judge(breaching, len(points), missing) != stateAlarm {
		count, verb = len(points)-breaching, "not "+verb
	}
	return fmt.Sprintf("Threshold Crossed: %d out of the last %s [%s]%s %s the threshold (%s).", count, plural(len(points), "datapoint"),
		strings.Join(values, ", "), was(count), verb, number(a.Threshold))
}

var comparisons = map[string]string{
	"GreaterThanOrEqualToThreshold": "greater than or equal to", "GreaterThanThreshold": "greater than",
	"LessThanThreshold": "less than", "LessThanOrEqualToThreshold": "less than or equal to",
}

func plural(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", count, noun)
}

func was(count int) string {
	if count == 1 {
		return " was"
	}
	return " were"
}

// number writes a number as CloudWatch does, with one decimal at least.
func number(value float64) string {
	text := strconv.FormatFloat(value, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
