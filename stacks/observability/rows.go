package observability

import (
	"fmt"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// reportPeriod is how often a report comes, in seconds.
const reportPeriod = names.ScheduleHours * hour

// colours of severities, worst is reddest.
var colours = map[catalogue.Severity]string{
	catalogue.Critical: "#7d2105", catalogue.High: "#d13212", catalogue.Medium: "#ff9900", catalogue.Low: "#f2d43d",
}

// newBoard is the dashboard: the questions that people come with from the top, how the monitor itself is doing below.
func newBoard(w watched, s Settings, alarmARNs []string) board {
	return arrange([]row{
		{height: 4, cells: []cell{{width: 24, kind: widgetText, properties: text{Markdown: w.header()}}}},
		{height: 5, cells: []cell{
			w.chart(6, w.scoreNow()), w.chart(4, w.resourcesNow()), w.chart(8, w.severitiesNow()),
			{width: 6, kind: widgetAlarm, properties: alarmStatus{Title: "What needs attention?", Alarms: alarmARNs}},
		}},
		{height: 6, cells: []cell{w.chart(12, w.scoreTrend(s)), w.chart(12, w.severityTrend())}},
		{height: 7, cells: []cell{w.chart(12, w.worstRules()), w.chart(12, w.newViolations())}},
		{height: 6, cells: []cell{w.chart(12, w.outcomes()), w.chart(6, w.outcomesInAll()), w.chart(6, w.restraints())}},
		{height: 6, cells: []cell{
			w.chart(6, w.perFunction("Are the functions used? (starts)", lambdaInvocations, sum)),
			w.chart(6, w.perFunction("Do they fail? (errors)", lambdaErrors, sum)),
			w.chart(6, w.perFunction("Are they slow? (ms, p95)", lambdaDuration, "p95")),
			w.chart(6, w.perFunction("Are they held back? (throttles)", lambdaThrottles, sum)),
		}},
		{height: 6, cells: []cell{w.chart(8, w.freshness()), w.chart(8, w.queuesEmpty()), w.chart(8, w.eventsHandled())}},
	})
}

// chart completes a chart and makes a cell of it.
func (w watched) chart(width int, c chart) cell {
	c.Region = w.region
	return cell{width: width, kind: widgetMetric, properties: c}
}

// upTo is an axis from 0 to most.
func upTo(most float64) *yAxis {
	least := 0.0
	return &yAxis{Left: axis{Min: &least, Max: &most}}
}

// from0 is an axis from 0 on.
func from0() *yAxis {
	least := 0.0
	return &yAxis{Left: axis{Min: &least}}
}

func (w watched) scoreNow() chart {
	return chart{
		Title: "How compliant are we? (% of results)", View: viewNumber, Stat: minimum, Period: reportPeriod, Sparkline: true,
		Metrics: []series{{metric: w.ours(names.MetricComplianceScore), options: options{Label: "Score"}}},
	}
}

func (w watched) resourcesNow() chart {
	return chart{
		Title: "Resources", View: viewNumber, Stat: maximum, Period: reportPeriod, Sparkline: true,
		Metrics: []series{{metric: w.ours(names.MetricNonCompliant), options: options{Label: "Not compliant"}}},
	}
}

func (w watched) severitiesNow() chart {
	return chart{
		Title: "How bad is it? (violations by severity)", View: viewNumber, Stat: maximum, Period: reportPeriod,
		Metrics: w.bySeverity(names.MetricNonCompliant),
	}
}

func (w watched) scoreTrend(s Settings) chart {
	return chart{
		Title: "Is it getting better? (score, %)", View: viewLines, Stat: minimum, Period: reportPeriod, YAxis: upTo(100),
		Metrics:     []series{{metric: w.ours(names.MetricComplianceScore), options: options{Label: "Score"}}},
		Annotations: &annotations{Horizontal: []line{{Label: "Alarm", Value: float64(s.ScoreThreshold)}}},
	}
}

func (w watched) severityTrend() chart {
	return chart{
		Title: "Is it getting better? (violations by severity)", View: viewLines, Stat: maximum, Period: reportPeriod,
		Stacked: true, YAxis: from0(), Metrics: w.bySeverity(names.MetricNonCompliant),
	}
}

func (w watched) worstRules() chart {
	const shown = 10
	return chart{
		Title: "Which rules? (the 10 that are violated most)", View: viewBars, Stat: maximum, Period: reportPeriod,
		Metrics: []series{{
			expression: fmt.Sprintf("SORT(%s, MAX, DESC, %d)",
				w.search(names.DimensionRule, names.MetricNonCompliant, maximum), shown),
			options: options{ID: "rules", Label: "${PROP('Dim." + names.DimensionRule + "')}"},
		}},
	}
}

func (w watched) newViolations() chart {
	return chart{
		Title: "What is new? (violations by severity)", View: viewLines, Stat: sum, Period: hour, Stacked: true, YAxis: from0(),
		Metrics: w.bySeverity(names.MetricViolations),
	}
}

func (w watched) outcomes() chart {
	return chart{
		Title: "What did remediation do? (by outcome)", View: viewLines, Stat: sum, Period: hour, Stacked: true, YAxis: from0(),
		Metrics: w.byOutcome(),
	}
}

func (w watched) outcomesInAll() chart {
	return chart{
		Title: "Remediations in the time shown", View: viewNumber, Stat: sum, Period: reportPeriod, WholeRange: true,
		Metrics: w.byOutcome(),
	}
}

func (w watched) restraints() chart {
	return chart{
		Title: "What held it back?", View: viewNumber, Stat: sum, Period: reportPeriod, WholeRange: true,
		Metrics: []series{
			{metric: w.ours(names.MetricBreakerTripped), options: options{Label: "Breaker tripped"}},
			{metric: w.ours(names.MetricExemptionsExpiring), options: options{Label: "Exemptions expiring", Stat: maximum}},
		},
	}
}

// bySeverity is one series a severity, worst first.
func (w watched) bySeverity(name string) []series {
	var all []series
	for _, severity := range catalogue.Severities() {
		all = append(all, series{
			metric:  w.ours(name, dimension{names.DimensionSeverity, string(severity)}),
			options: options{Label: string(severity), Color: colours[severity]},
		})
	}
	return all
}

// byOutcome finds the outcomes that there are.
func (w watched) byOutcome() []series {
	return []series{{
		expression: w.search(names.DimensionOutcome, names.MetricRemediations, sum),
		options:    options{ID: "outcomes", Label: "${PROP('Dim." + names.DimensionOutcome + "')}"},
	}}
}

// search finds the metrics that have one dimension beside the deployment's.
func (w watched) search(by, name, statistic string) string {
	return fmt.Sprintf(`SEARCH('{%s,%s,%s} MetricName="%s" %s="%s"', '%s')`,
		names.MetricNamespace, names.DimensionPrefix, by, name, names.DimensionPrefix, w.prefix, statistic)
}
