package aggregator

import (
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
)

// emit writes the metrics of a published report. What a report lacks part of is not emitted: the metric would drop,
// and that would look like an improvement.
func (h *Handler) emit(summary report.Summary) {
	for _, rule := range summary.Rules {
		if rule.Complete {
			h.Metrics.Emit(names.MetricNonCompliant, emf.Count, float64(rule.NonCompliant),
				emf.Dimension{Name: names.DimensionRule, Value: rule.Rule})
		}
	}
	if summary.Lacks(report.PartExemptions) == "" {
		h.Metrics.Emit(names.MetricExemptionsExpiring, emf.Count, float64(expiring(summary)))
	}
	if !summary.Complete {
		h.Metrics.Emit(names.MetricIncompleteReports, emf.Count, 1)
		return
	}
	h.Metrics.Emit(names.MetricIncompleteReports, emf.Count, 0)
	h.Metrics.Emit(names.MetricReportAge, emf.Seconds, h.Now().Sub(summary.Started).Seconds())
	h.Metrics.Emit(names.MetricNonCompliant, emf.Count, float64(summary.Resources.NonCompliant))
	for _, severity := range summary.Severities {
		h.Metrics.Emit(names.MetricNonCompliant, emf.Count, float64(severity.NonCompliant),
			emf.Dimension{Name: names.DimensionSeverity, Value: string(severity.Severity)})
	}
	if summary.Score != nil {
		h.Metrics.Emit(names.MetricComplianceScore, emf.Percent, *summary.Score)
	}
}

// expiring is how many exemptions hold and will end soon.
func expiring(summary report.Summary) int {
	count := 0
	for _, exemption := range summary.Exemptions {
		if exemption.Expiring() {
			count++
		}
	}
	return count
}
