package names

// MetricNamespace is the CloudWatch namespace of every metric of the monitor.
const MetricNamespace = "ComplianceMonitor"

// Metrics, with their units and dimensions beside the Deployment dimension that each has.
const (
	MetricComplianceScore    = "ComplianceScore"       // Percent; the share of compliant results
	MetricNonCompliant       = "NonCompliantResources" // Count; by rule, by severity
	MetricReportAge          = "ReportAgeSeconds"      // Seconds; age of the data in a complete report when it is published; none means no such report
	MetricEventsProcessed    = "EventsProcessed"       // Count
	MetricDuplicateEvents    = "DuplicateEvents"       // Count
	MetricSummarisedEvents   = "SummarisedEvents"      // Count; told in the summary of a flood, and not by a mail of their own
	MetricIgnoredEvents      = "IgnoredEvents"         // Count; by reason
	MetricViolations         = "Violations"            // Count; by severity; new violations, as their events come in
	MetricIncompleteReports  = "IncompleteReports"     // Count; 1 for a report that says what it lacks, 0 for a complete one
	MetricRemediations       = "Remediations"          // Count; by outcome
	MetricBreakerTripped     = "BreakerTripped"        // Count
	MetricExemptionsExpiring = "ExemptionsExpiring"    // Count
)

// Metric dimensions.
const (
	DimensionPrefix   = "Deployment" // the deployment's name prefix
	DimensionRule     = "Rule"
	DimensionSeverity = "Severity"
	DimensionOutcome  = "Outcome"
	DimensionReason   = "Reason"
)

// OutcomeFailed is the value of the Outcome dimension for a remediation that could not be applied or verified.
const OutcomeFailed = "failed"
