package observability_test

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// thresholds are the settings of the layer.
type thresholds struct {
	score, reportAge, duration                int // percent, hours, percent of the time-out
	errors, throttles, violations, unremedied int // in 5 minutes
}

var defaults = thresholds{score: 80, reportAge: 7, duration: 80, errors: 1, throttles: 1, violations: 1, unremedied: 1}

// expected is one alarm as it should be.
type expected struct {
	types.MetricAlarm          // without the description
	purpose           string   // the tag
	facts             []string // what the description has to say, among other things
}

// expectedAlarms are all alarms, by their short names, for functions with the given time-outs in seconds.
func expectedAlarms(t thresholds, timeouts map[string]int32) map[string]expected {
	all := map[string]expected{
		"report-age": {
			missingReport(t.reportAge), "Rings when the report is old",
			[]string{fmt.Sprintf("no complete report for %d hours", t.reportAge), names.Resource(prefix, "aggregator")},
		},
		"score": {
			lowScore(t.score), "Rings when the compliance score is low",
			[]string{fmt.Sprintf("Fewer than %d percent", t.score), bucket},
		},
		"critical-violations": {
			counted(names.MetricNamespace, "Violations", t.violations, dimension("Severity", "critical"), deployment),
			"Rings when a critical rule is violated anew",
			[]string{"critical rule", "violations topic"},
		},
		"remediation-failures": {
			counted(names.MetricNamespace, "Remediations", t.unremedied, dimension("Outcome", "failed"), deployment),
			"Rings when a remediation fails",
			[]string{"remediation could not be", "under remediations/ ", bucket},
		},
		"breaker": {
			counted(names.MetricNamespace, "BreakerTripped", 1, deployment),
			"Rings when remediation has stopped itself",
			[]string{"The remediator has reached the most changes", "in an hour"},
		},
	}
	for _, function := range functions {
		addFunction(all, t, function, timeouts[function])
	}
	for _, queue := range queues {
		all[queue+"-messages"] = expected{
			peak("AWS/SQS", "ApproximateNumberOfMessagesVisible", 1, dimension("QueueName", queueName(queue))),
			"Rings when the queue " + queue + " is not empty",
			[]string{"They wait in the queue " + queueName(queue) + " for 14 days.", lost[queue]},
		}
	}
	for short, alarm := range all {
		all[short] = addressed(short, alarm)
	}
	return all
}

// lost says what the messages in each dead-letter queue are.
var lost = map[string]string{
	"deliveries":             "No subscriber has taken some notifications.",
	"aggregator-failures":    "The aggregator could not handle some events",
	"processor-failures":     "The processor could not handle some events",
	"remediator-failures":    "The remediator could not handle some events",
	"aggregator-undelivered": "EventBridge could not hand some events to the aggregator.",
	"processor-undelivered":  "EventBridge could not hand some events to the processor.",
	"remediator-undelivered": "EventBridge could not hand some events to the remediator.",
}

func addFunction(all map[string]expected, t thresholds, function string, timeout int32) {
	name := names.Resource(prefix, function)
	of := dimension("FunctionName", name)
	limit := int(timeout) * 1000 * t.duration / 100 // milliseconds
	all[function+"-errors"] = expected{
		counted("AWS/Lambda", "Errors", t.errors, of), "Rings when the " + function + " fails",
		[]string{name + " has failed", "queue " + name + "-failures.", "log group /aws/lambda/" + name + ","},
	}
	all[function+"-throttles"] = expected{
		counted("AWS/Lambda", "Throttles", t.throttles, of), "Rings when the " + function + " is not started",
		[]string{"not started the function " + name, "up to 6 hours", "reservedConcurrency"},
	}
	all[function+"-duration"] = expected{
		peak("AWS/Lambda", "Duration", limit, of), "Rings when the " + function + " is close to its time-out",
		[]string{fmt.Sprintf("%s has taken %d percent of its time-out of %d s", name, t.duration, timeout)},
	}
}

// deployment is the dimension of every metric that the functions emit.
var deployment = dimension("Deployment", prefix)

func dimension(name, value string) types.Dimension {
	return types.Dimension{Name: &name, Value: &value}
}

// counted is an alarm that rings when so many were counted in 5 minutes, and is content when nothing was measured.
func counted(namespace, metric string, threshold int, dimensions ...types.Dimension) types.MetricAlarm {
	return types.MetricAlarm{
		Namespace: &namespace, MetricName: &metric, Dimensions: dimensions, Statistic: types.StatisticSum,
		Period: aws.Int32(300), EvaluationPeriods: aws.Int32(1), DatapointsToAlarm: aws.Int32(1),
		Threshold:          aws.Float64(float64(threshold)),
		ComparisonOperator: types.ComparisonOperatorGreaterThanOrEqualToThreshold,
		TreatMissingData:   aws.String("notBreaching"),
	}
}

// peak is an alarm that rings when the highest value of 5 minutes is the threshold or more.
func peak(namespace, metric string, threshold int, of types.Dimension) types.MetricAlarm {
	alarm := counted(namespace, metric, threshold, of)
	alarm.Statistic = types.StatisticMaximum
	return alarm
}

// lowScore rings below the threshold, and stays as it is from one report to the next.
func lowScore(threshold int) types.MetricAlarm {
	alarm := counted(names.MetricNamespace, "ComplianceScore", threshold, deployment)
	alarm.Statistic, alarm.Period = types.StatisticMinimum, aws.Int32(3600)
	alarm.ComparisonOperator = types.ComparisonOperatorLessThanThreshold
	alarm.TreatMissingData = aws.String("ignore")
	return alarm
}

// missingReport rings when each of the last hours was without a complete report, or had one of data that old. An hour
// without data gets a value of its own that breaches.
func missingReport(hours int) types.MetricAlarm {
	seconds := hours * 3600
	return types.MetricAlarm{
		EvaluationPeriods: aws.Int32(int32(hours)), DatapointsToAlarm: aws.Int32(int32(hours)),
		Threshold:          aws.Float64(float64(seconds)),
		ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
		TreatMissingData:   aws.String("breaching"),
		Metrics: []types.MetricDataQuery{
			{
				Id: aws.String("measured"), ReturnData: aws.Bool(false),
				MetricStat: &types.MetricStat{
					Metric: &types.Metric{
						Namespace: aws.String(names.MetricNamespace), MetricName: aws.String("ReportAgeSeconds"),
						Dimensions: []types.Dimension{deployment},
					},
					Stat: aws.String("Maximum"), Period: aws.Int32(3600),
				},
			},
			{
				Id: aws.String("filled"), ReturnData: aws.Bool(true), Label: aws.String("ReportAgeSeconds"),
				Expression: aws.String(fmt.Sprintf("FILL(measured, %d)", seconds+1)),
			},
		},
	}
}

// addressed is the alarm with its name, and with whom it tells that it rings and that it has stopped.
func addressed(short string, alarm expected) expected {
	name := names.Resource(prefix, short)
	alarm.AlarmName = &name
	alarm.AlarmArn = aws.String("arn:aws:cloudwatch:" + names.Region + ":" + stage.Account + ":alarm:" + name)
	alarm.ActionsEnabled = aws.Bool(true)
	alarm.AlarmActions, alarm.OKActions = []string{operationsARN}, []string{operationsARN}
	return alarm
}
