package names

import (
	"fmt"
	"time"
)

// Prefixes of the keys in the reports bucket. Lifecycle rules and policies use the same.
const (
	EventsPrefix       = "events/"
	ReportsPrefix      = "reports/"
	RemediationsPrefix = "remediations/"
	ConfigPrefix       = "config/"
	StatePrefix        = "state/" // what the functions remember from one invocation to the next
)

// AggregatorState is below what the aggregator keeps between its runs: its checkpoint, and what it has told.
const AggregatorState = StatePrefix + "aggregator/"

// Keys of single objects.
const (
	LatestReportKey = ReportsPrefix + "latest.json"
	ExemptionsKey   = ConfigPrefix + "exemptions.json"
)

// Files of one report.
const (
	ReportSummary = "summary.json"
	ReportResults = "results.ndjson.gz"
	ReportPage    = "report.html"
)

const day = "2006/01/02"

// EventKey is the key of one compliance-change event: events/YYYY/MM/DD/<id>.json, by the UTC day of ordering.
func EventKey(ordering time.Time, id string) string {
	return fmt.Sprintf("%s%s/%s.json", EventsPrefix, ordering.UTC().Format(day), id)
}

// ReportKey is the key of one file of the report made at the given time: reports/YYYY/MM/DD/<HHMMSSZ>/<file>.
func ReportKey(made time.Time, file string) string {
	return fmt.Sprintf("%s%s/%s/%s", ReportsPrefix, made.UTC().Format(day), made.UTC().Format("150405Z"), file)
}

// RemediationKey is the key of one remediation's record: remediations/YYYY/MM/DD/<id>.json.
func RemediationKey(at time.Time, id string) string {
	return fmt.Sprintf("%s%s/%s.json", RemediationsPrefix, at.UTC().Format(day), id)
}
