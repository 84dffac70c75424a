package observability

import "github.com/compliance-monitor/compliance-monitor/contract/names"

func (w watched) perFunction(title, measure, statistic string) chart {
	c := chart{Title: title, View: viewLines, Stat: statistic, Period: fiveMinutes, YAxis: from0()}
	for _, function := range w.functions {
		c.Metrics = append(c.Metrics, series{metric: function.metric(measure), options: options{Label: function.short}})
	}
	return c
}

// freshness counts the complete reports: the metric has one value for each.
func (w watched) freshness() chart {
	return chart{
		Title: "Is the report fresh? (reports in 6 hours)", View: viewLines, Stat: sum, Period: reportPeriod, YAxis: from0(),
		Metrics: []series{
			{metric: w.ours(names.MetricReportAge), options: options{Label: "Complete", Stat: "SampleCount"}},
			{metric: w.ours(names.MetricIncompleteReports), options: options{Label: "Incomplete"}},
		},
		Annotations: &annotations{Horizontal: []line{{Label: "Due", Value: 1}}},
	}
}

func (w watched) queuesEmpty() chart {
	c := chart{
		Title: "Are the dead-letter queues empty? (messages)", View: viewLines, Stat: maximum, Period: fiveMinutes, YAxis: from0(),
	}
	for _, queue := range w.queues {
		c.Metrics = append(c.Metrics, series{metric: queue.metric(queueVisible), options: options{Label: queue.short}})
	}
	return c
}

func (w watched) eventsHandled() chart {
	return chart{
		Title: "What becomes of events?", View: viewLines, Stat: sum, Period: hour, YAxis: from0(),
		Metrics: []series{
			{metric: w.ours(names.MetricEventsProcessed), options: options{Label: "Processed"}},
			{metric: w.ours(names.MetricDuplicateEvents), options: options{Label: "Duplicate"}},
			{metric: w.ours(names.MetricSummarisedEvents), options: options{Label: "In a summary"}},
			{
				expression: w.search(names.DimensionReason, names.MetricIgnoredEvents, sum),
				options:    options{ID: "ignored", Label: "Ignored: ${PROP('Dim." + names.DimensionReason + "')}"},
			},
		},
	}
}
