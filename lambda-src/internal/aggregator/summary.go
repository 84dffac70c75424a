package aggregator

import (
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
)

// SchemaVersion is the version of summary.json and latest.json.
const SchemaVersion = 1

// Summary is summary.json: one report in numbers.
type Summary struct {
	SchemaVersion int               `json:"schemaVersion"`
	Prefix        string            `json:"prefix"`
	Account       string            `json:"account"`
	Region        string            `json:"region"`
	Started       time.Time         `json:"startedAt"`  // when reading began
	Finished      time.Time         `json:"finishedAt"` // when all was read
	Complete      bool              `json:"complete"`   // whether nothing is missing
	Missing       []Missing         `json:"missing"`
	Score         *float64          `json:"score"` // percent of results that are compliant; null when there is none to count
	Results       Counts            `json:"results"`
	Resources     Resources         `json:"resources"`
	Severities    []SeveritySummary `json:"severities"` // worst first
	Rules         []RuleSummary     `json:"rules"`
	Files         Files             `json:"files"`
}

// Missing is a rule whose results are missing, or some of them; "*" stands for all rules.
type Missing struct {
	Rule string `json:"rule"`
	Why  string `json:"why"`
}

// Counts are numbers of results. Only compliant and non-compliant ones count for the score.
type Counts struct {
	Compliant        int `json:"compliant"`
	NonCompliant     int `json:"nonCompliant"`
	NotApplicable    int `json:"notApplicable"`
	InsufficientData int `json:"insufficientData"`
}

// Resources are numbers of different resources. One that violates a single rule is not compliant.
type Resources struct {
	Compliant    int `json:"compliant"`
	NonCompliant int `json:"nonCompliant"`
}

// RuleSummary is one rule in numbers.
type RuleSummary struct {
	Rule       string             `json:"rule"`       // short name
	ConfigRule string             `json:"configRule"` // name in AWS Config
	Severity   catalogue.Severity `json:"severity"`
	Complete   bool               `json:"complete"` // whether all of its results were read
	Counts
}

// SeveritySummary is all rules of one severity in numbers.
type SeveritySummary struct {
	Severity catalogue.Severity `json:"severity"`
	Counts
}

// Files are the keys of a report's files in the bucket.
type Files struct {
	Summary string `json:"summary"`
	Results string `json:"results"`
}

// Latest is latest.json: the newest report, and where its files are.
type Latest struct {
	SchemaVersion int     `json:"schemaVersion"`
	Files         Files   `json:"files"`
	Summary       Summary `json:"summary"`
}

func newSummary(prefix string, run invocation.Invocation, started time.Time) Summary {
	summary := Summary{
		SchemaVersion: SchemaVersion,
		Prefix:        prefix,
		Account:       run.Account,
		Region:        run.Region,
		Started:       started,
		Missing:       []Missing{},
		Rules:         []RuleSummary{},
		Files: Files{
			Summary: names.ReportKey(started, names.ReportSummary),
			Results: names.ReportKey(started, names.ReportResults),
		},
	}
	for _, severity := range append(catalogue.Severities(), rules.Unrated) {
		summary.Severities = append(summary.Severities, SeveritySummary{Severity: severity})
	}
	return summary
}

// lacks notes that a rule's results are missing.
func (s *Summary) lacks(rule, why string) {
	s.Missing = append(s.Missing, Missing{Rule: rule, Why: why})
}

// add counts one rule's results.
func (s *Summary) add(rule RuleSummary) {
	s.Rules = append(s.Rules, rule)
	s.Results.plus(rule.Counts)
	for i := range s.Severities {
		if s.Severities[i].Severity == rule.Severity {
			s.Severities[i].plus(rule.Counts)
		}
	}
}

// finish computes what follows from the counts.
func (s *Summary) finish(finished time.Time) {
	s.Finished = finished
	s.Complete = len(s.Missing) == 0
	if counted := s.Results.Compliant + s.Results.NonCompliant; counted > 0 {
		score := 100 * float64(s.Results.Compliant) / float64(counted)
		s.Score = &score
	}
}

func (c *Counts) plus(other Counts) {
	c.Compliant += other.Compliant
	c.NonCompliant += other.NonCompliant
	c.NotApplicable += other.NotApplicable
	c.InsufficientData += other.InsufficientData
}

// add counts one result. A compliance type that AWS may add one day counts as insufficient data.
func (c *Counts) add(compliance string) {
	switch compliance {
	case events.Compliant:
		c.Compliant++
	case events.NonCompliant:
		c.NonCompliant++
	case events.NotApplicable:
		c.NotApplicable++
	default:
		c.InsufficientData++
	}
}
