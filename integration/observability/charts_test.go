package observability_test

import (
	"encoding/json"
	"fmt"
	"maps"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// properties are those of a chart, as CloudWatch has them.
type properties map[string]any

// Periods of charts, in seconds.
const (
	everyReport = 6 * 3600
	hourly      = 3600
	everyFew    = 300
)

// expectedCharts are the charts of the dashboard, by their titles, where the score's alarm is at the threshold.
func expectedCharts(threshold int) map[string]properties {
	return map[string]properties{
		"How compliant are we? (% of results)": number("Minimum", score()).with("sparkline", true),
		"Resources": number("Maximum", ours("NonCompliantResources", "Not compliant")).
			with("sparkline", true),
		"How bad is it? (violations by severity)": number("Maximum", bySeverity("NonCompliantResources")...),
		"Is it getting better? (score, %)": lines("Minimum", everyReport, score()).
			with("yAxis", axis(0, 100)).with("annotations", mark("Alarm", threshold)),
		"Is it getting better? (violations by severity)": lines("Maximum", everyReport, bySeverity("NonCompliantResources")...).
			with("stacked", true),
		"Which rules? (the 10 that are violated most)": chart("bar", "Maximum", everyReport, found("rules", "${PROP('Dim.Rule')}",
			"SORT("+search("Rule", "NonCompliantResources", "Maximum")+", MAX, DESC, 10)")),
		"What is new? (violations by severity)": lines("Sum", hourly, bySeverity("Violations")...).with("stacked", true),
		"What did remediation do? (by outcome)": lines("Sum", hourly, byOutcome()).with("stacked", true),
		"Remediations in the time shown":        number("Sum", byOutcome()).with("setPeriodToTimeRange", true),
		"What held it back?": number("Sum", ours("BreakerTripped", "Breaker tripped"),
			ours("ExemptionsExpiring", "Exemptions expiring", "Maximum")).with("setPeriodToTimeRange", true),
		"Are the functions used? (starts)": lines("Sum", everyFew, byFunction("Invocations")...),
		"Do they fail? (errors)":           lines("Sum", everyFew, byFunction("Errors")...),
		"Are they slow? (ms, p95)":         lines("p95", everyFew, byFunction("Duration")...),
		"Are they held back? (throttles)":  lines("Sum", everyFew, byFunction("Throttles")...),
		"Is the report fresh? (reports in 6 hours)": lines("Sum", everyReport, ours("ReportAgeSeconds", "Complete", "SampleCount"),
			ours("IncompleteReports", "Incomplete")).with("annotations", mark("Due", 1)),
		"Are the dead-letter queues empty? (messages)": lines("Maximum", everyFew, byQueue()...),
		"What becomes of events?": lines("Sum", hourly, ours("EventsProcessed", "Processed"), ours("DuplicateEvents", "Duplicate"),
			ours("SummarisedEvents", "In a summary"),
			found("ignored", "Ignored: ${PROP('Dim.Reason')}", search("Reason", "IgnoredEvents", "Sum"))),
	}
}

// expectCharts compares every chart of the dashboard with what it should be.
func expectCharts(ctx SpecContext, threshold int) {
	GinkgoHelper()
	shown, wanted := charts(ctx), expectedCharts(threshold)
	for title, chart := range shown {
		Expect(wanted).To(HaveKey(title))
		expectChart(chart, title, wanted[title])
	}
	Expect(shown).To(HaveLen(len(wanted)))
}

func expectChart(shown json.RawMessage, title string, wanted properties) {
	GinkgoHelper()
	chart := maps.Clone(wanted)
	chart["title"] = title
	text, err := json.Marshal(chart)
	Expect(err).NotTo(HaveOccurred())
	Expect(shown).To(MatchJSON(text), title)
}

func chart(view, statistic string, period int, metrics ...[]any) properties {
	return properties{
		"view": view, "stat": statistic, "period": period, "metrics": metrics, "region": "us-east-1", "stacked": false,
	}
}

// number shows the newest values.
func number(statistic string, metrics ...[]any) properties {
	return chart("singleValue", statistic, everyReport, metrics...)
}

// lines shows values over time, from 0 on.
func lines(statistic string, period int, metrics ...[]any) properties {
	return chart("timeSeries", statistic, period, metrics...).with("yAxis", axis(0))
}

// with is the chart with one more property.
func (p properties) with(key string, value any) properties {
	p[key] = value
	return p
}

// axis is the left axis from the first limit on, and to the second where there is one.
func axis(limits ...int) properties {
	left := properties{"min": limits[0], "showUnits": false}
	if len(limits) > 1 {
		left["max"] = limits[1]
	}
	return properties{"left": left}
}

// mark is a horizontal line.
func mark(label string, value int) properties {
	return properties{"horizontal": []properties{{"label": label, "value": value}}}
}

// ours is a metric of the deployment as a whole, with a statistic of its own where one is given.
func ours(metric, label string, statistic ...string) []any {
	options := properties{"label": label}
	if len(statistic) > 0 {
		options["stat"] = statistic[0]
	}
	return []any{names.MetricNamespace, metric, "Deployment", prefix, options}
}

func score() []any { return ours("ComplianceScore", "Score") }

// bySeverity shows the worst first, in the reddest colour.
func bySeverity(metric string) [][]any {
	one := func(severity, colour string) []any {
		return []any{
			names.MetricNamespace, metric, "Deployment", prefix, "Severity", severity,
			properties{"label": severity, "color": colour},
		}
	}
	return [][]any{one("critical", "#7d2105"), one("high", "#d13212"), one("medium", "#ff9900"), one("low", "#f2d43d")}
}

func byOutcome() []any {
	return found("outcomes", "${PROP('Dim.Outcome')}", search("Outcome", "Remediations", "Sum"))
}

func byFunction(metric string) [][]any {
	var all [][]any
	for _, function := range functions {
		all = append(all, []any{
			"AWS/Lambda", metric, "FunctionName", names.Resource(prefix, function), properties{"label": function},
		})
	}
	return all
}

func byQueue() [][]any {
	var all [][]any
	for _, queue := range queues {
		all = append(all, []any{
			"AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queueName(queue), properties{"label": queue},
		})
	}
	return all
}

// found is what an expression finds.
func found(id, label, expression string) []any {
	return []any{properties{"id": id, "label": label, "expression": expression}}
}

// search finds the metrics of the deployment by one more dimension.
func search(by, metric, statistic string) string {
	return fmt.Sprintf(`SEARCH('{ComplianceMonitor,Deployment,%s} MetricName="%s" Deployment="%s"', '%s')`,
		by, metric, prefix, statistic)
}
