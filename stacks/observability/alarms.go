package observability

import (
	"fmt"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// alarms are all alarms of the deployment.
func alarms(s Settings, w watched) []alarm {
	var all []alarm
	for _, function := range w.functions {
		all = append(all, functionAlarms(s, function)...)
	}
	for _, queue := range w.queues {
		all = append(all, queueAlarm(queue))
	}
	all = append(all, complianceAlarms(s, w)...)
	return append(all, remediationAlarms(s, w)...)
}

// functionAlarms treat missing data as good: Lambda measures nothing while a function is not started.
func functionAlarms(s Settings, f watchedFunction) []alarm {
	limit := float64(f.timeout*s.DurationPercent) * 1000 / 100
	one := func(kind, purpose, meaning, measure, statistic string, threshold float64) alarm {
		return alarm{
			short: f.short + "-" + kind, purpose: purpose, meaning: meaning,
			metric: f.metric(measure), statistic: statistic, comparison: atLeast, threshold: threshold,
			period: fiveMinutes, periods: 1, missing: missingIsGood,
		}
	}
	return []alarm{
		one("errors", "Rings when the "+f.short+" fails", fmt.Sprintf(
			"The function %s has failed. Lambda tries the event twice more and then puts it into the queue %s-failures. "+
				"Look for the error in the log group %s, and mend its cause.", f.name, f.name, f.logGroup),
			lambdaErrors, sum, float64(s.FunctionErrors)),
		one("throttles", "Rings when the "+f.short+" is not started", fmt.Sprintf(
			"Lambda has not started the function %s, because its concurrency or the account's is used up. Events wait for up "+
				"to %d hours. Raise the setting reservedConcurrency of the functions layer, or the account's quota.",
			f.name, names.ScheduleHours), lambdaThrottles, sum, float64(s.FunctionThrottles)),
		one("duration", "Rings when the "+f.short+" is close to its time-out", fmt.Sprintf(
			"The function %s has taken %d percent of its time-out of %d s; at the time-out Lambda stops it. Raise the setting "+
				"timeout of the functions layer, or memory, with which a function also gets more CPU.",
			f.name, s.DurationPercent, f.timeout), lambdaDuration, maximum, limit),
	}
}

// queueAlarm treats missing data as good: SQS stops measuring a queue that has been empty and idle for hours.
func queueAlarm(q watchedQueue) alarm {
	return alarm{
		short: q.short + "-messages", purpose: "Rings when the queue " + q.short + " is not empty",
		meaning: fmt.Sprintf("%s They wait in the queue %s for 14 days.", lost(q.short), q.name),
		metric:  q.metric(queueVisible), statistic: maximum, comparison: atLeast, threshold: 1,
		period: fiveMinutes, periods: 1, missing: missingIsGood,
	}
}

// lost says what messages in a dead-letter queue are, and what to do about them.
func lost(short string) string {
	function, handled := strings.CutSuffix(short, "-failures")
	switch {
	case short == deliveries:
		return "No subscriber has taken some notifications. Check the subscriptions of both topics, and read the messages: " +
			"nobody else will have."
	case handled:
		return "The " + function + " could not handle some events, in three tries each. Each message holds the event and the " +
			"error: mend its cause, and invoke the function with the event again."
	default:
		return "EventBridge could not hand some events to the " + strings.TrimSuffix(short, "-undelivered") +
			". Check its permissions and its concurrency, and invoke it with the events again."
	}
}

// complianceAlarms are about the account's compliance, and about what is known of it.
func complianceAlarms(s Settings, w watched) []alarm {
	return []alarm{
		// A complete report is a sign of life, and the only one, so missing data is bad. It also is when the deployment is new.
		{
			short: "report-age", purpose: "Rings when the report is old",
			meaning: fmt.Sprintf("There has been no complete report for %d hours, though one is due every %d; what you know of "+
				"compliance is old. Look at the alarms and the log of the aggregator. In a new deployment this rings until the "+
				"first report; 'aws lambda invoke --function-name %s' makes one.",
				s.ReportMaxAgeHours, names.ScheduleHours, names.Resource(w.prefix, names.Aggregator)),
			metric: w.ours(names.MetricReportAge), statistic: maximum, comparison: above,
			threshold: float64(s.ReportMaxAgeHours * hour), period: hour, periods: s.ReportMaxAgeHours,
			gapsBreach: true, missing: missingIsBad,
		},
		// A score holds until the next report; when that does not come, report-age rings.
		{
			short: "score", purpose: "Rings when the compliance score is low",
			meaning: fmt.Sprintf("Fewer than %d percent of all evaluation results are compliant. The dashboard shows which rules "+
				"are violated most; the latest report in the bucket %s lists every resource.", s.ScoreThreshold, w.bucket),
			metric: w.ours(names.MetricComplianceScore), statistic: minimum, comparison: below,
			threshold: float64(s.ScoreThreshold), period: hour, periods: 1, missing: missingIsSame,
		},
		// There is data only when there is a violation, so missing data is good.
		{
			short: "critical-violations", purpose: "Rings when a critical rule is violated anew",
			meaning: "A resource has begun to violate a critical rule. The mail of the violations topic says which, and what to " +
				"do. That this alarm stops only means that no further one has come: the violation may still be there.",
			metric:    w.ours(names.MetricViolations, dimension{names.DimensionSeverity, string(catalogue.Critical)}),
			statistic: sum, comparison: atLeast, threshold: float64(s.CriticalViolations),
			period: fiveMinutes, periods: 1, missing: missingIsGood,
		},
	}
}

// remediationAlarms treat missing data as good: the remediator measures nothing while it has nothing to do.
func remediationAlarms(s Settings, w watched) []alarm {
	return []alarm{
		{
			short: "remediation-failures", purpose: "Rings when a remediation fails",
			meaning: fmt.Sprintf("A remediation could not be applied or verified. Its record under %s in the bucket %s says what "+
				"was tried and what the resource was like before. The remediator tries again with its next sweep.",
				names.RemediationsPrefix, w.bucket),
			metric:    w.ours(names.MetricRemediations, dimension{names.DimensionOutcome, names.OutcomeFailed}),
			statistic: sum, comparison: atLeast, threshold: float64(s.RemediationFailures),
			period: fiveMinutes, periods: 1, missing: missingIsGood,
		},
		{
			short: "breaker", purpose: "Rings when remediation has stopped itself",
			meaning: "The remediator has reached the most changes that it may make for a rule in an hour, and only plans now. Find " +
				"out why so many resources violate the rule at once, before more of them are changed.",
			metric: w.ours(names.MetricBreakerTripped), statistic: sum, comparison: atLeast, threshold: 1,
			period: fiveMinutes, periods: 1, missing: missingIsGood,
		},
	}
}
