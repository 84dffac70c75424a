package observability

import (
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// Settings are the layer's, from Pulumi.<stack>.yaml: from where on alarms ring.
type Settings struct {
	ScoreThreshold      int // percent; a score below it
	ReportMaxAgeHours   int // hours without a complete report
	DurationPercent     int // percent of its time-out that a function takes
	FunctionErrors      int // failures of a function in 5 minutes
	FunctionThrottles   int // refused starts of a function in 5 minutes
	CriticalViolations  int // new critical violations in 5 minutes
	RemediationFailures int // failed remediations in 5 minutes
}

// Limits and defaults of the settings.
const (
	defaultScore      = 80
	mostScore         = 100
	defaultReportAge  = 7 // hours: a report comes every 6
	mostReportAge     = 24
	defaultDuration   = 80
	leastDuration     = 50
	mostDuration      = 99
	defaultOccurrence = 1
	mostOccurrences   = 1000
)

// ParseSettings reads the layer's settings; the error holds every fault.
func ParseSettings(values map[string]string) (Settings, error) {
	s, reader := read(values)
	return s, reader.Err()
}

// Keys lists the settings' names.
func Keys() []string {
	_, reader := read(nil)
	return reader.Keys()
}

func read(values map[string]string) (Settings, *settings.Reader) {
	r := settings.NewReader(outputs.Project(outputs.LayerObservability), values)
	occurrences := func(key string) int { return r.Int(key, defaultOccurrence, 1, mostOccurrences) }
	return Settings{
		ScoreThreshold:      r.Int("scoreThreshold", defaultScore, 1, mostScore),
		ReportMaxAgeHours:   r.Int("reportMaxAgeHours", defaultReportAge, defaultReportAge, mostReportAge),
		DurationPercent:     r.Int("durationPercent", defaultDuration, leastDuration, mostDuration),
		FunctionErrors:      occurrences("functionErrors"),
		FunctionThrottles:   occurrences("functionThrottles"),
		CriticalViolations:  occurrences("criticalViolations"),
		RemediationFailures: occurrences("remediationFailures"),
	}, r
}
