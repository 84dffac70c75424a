// Package report is what a report says: summary.json, latest.json, the lines of results.ndjson.gz, and how they follow
// from results. Nothing here calls anybody.
//
// Nothing in a report depends on the run of the function that finished it, so that a report that was interrupted is the
// same, byte by byte, as one that was not.
package report

import (
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
)

// SchemaVersion is the version of summary.json and latest.json. docs/report-schema.json describes it.
const SchemaVersion = 2

// Summary is summary.json: one report in numbers.
type Summary struct {
	SchemaVersion int               `json:"schemaVersion"`
	Prefix        string            `json:"prefix"`
	Account       string            `json:"account"`
	Region        string            `json:"region"`
	Started       time.Time         `json:"startedAt"`      // when reading began; the report's files are named after it
	Newest        *time.Time        `json:"newestResultAt"` // when AWS Config recorded the newest result; null without one
	Complete      bool              `json:"complete"`       // whether all results of all rules were read
	Missing       []Missing         `json:"missing"`
	Unavailable   []Unavailable     `json:"unavailable"`
	Score         *float64          `json:"score"` // percent of results that are compliant; null when there is none to count
	Results       Counts            `json:"results"`
	Resources     Resources         `json:"resources"`
	Severities    []SeveritySummary `json:"severities"` // worst first
	Rules         []RuleSummary     `json:"rules"`
	Changes       Changes           `json:"changes"`
	History       []Point           `json:"history"` // oldest first; the last one is this report
	Exemptions    []Exemption       `json:"exemptions"`
	Remediations  Remediations      `json:"remediations"`
	Files         Files             `json:"files"`
}

// AllRules stands for all rules where one rule is named.
const AllRules = "*"

// Missing is a rule whose results are missing, or some of them; AllRules when the rules could not be listed.
type Missing struct {
	Rule  string `json:"rule"`
	Why   string `json:"why"`
	Pages int    `json:"pagesRead"` // pages of the rule that were read; the results after them are missing
}

// Unavailable is a part of the report, beside the results, that could not be made.
type Unavailable struct {
	Part string `json:"part"`
	Why  string `json:"why"`
}

// Parts of a report that can be unavailable.
const (
	PartExemptions   = "exemptions"
	PartRemediations = "remediations"
	PartComparison   = "comparison"
)

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
	New           int            `json:"new"`
	Resolved      int            `json:"resolved"`
	TimeToResolve *TimeToResolve `json:"timeToResolve"` // null while nothing was resolved
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
	Page    string `json:"page"`
}

// Latest is latest.json: the newest report, and where its files are.
type Latest struct {
	SchemaVersion int     `json:"schemaVersion"`
	Files         Files   `json:"files"`
	Summary       Summary `json:"summary"`
}

// Point is one report in the history of the score.
type Point struct {
	Started      time.Time `json:"startedAt"`
	Complete     bool      `json:"complete"`
	Score        *float64  `json:"score"`
	NonCompliant int       `json:"nonCompliant"` // results
}

// New is the summary of a report without a result.
func New(prefix, account, region string, started time.Time) Summary {
	summary := Summary{
		SchemaVersion: SchemaVersion,
		Prefix:        prefix,
		Account:       account,
		Region:        region,
		Started:       started,
		Missing:       []Missing{},
		Unavailable:   []Unavailable{},
		Rules:         []RuleSummary{},
		Changes:       newChanges(),
		History:       []Point{},
		Exemptions:    []Exemption{},
		Remediations:  Remediations{Newest: []Remediation{}},
		Files: Files{
			Summary: names.ReportKey(started, names.ReportSummary),
			Results: names.ReportKey(started, names.ReportResults),
			Page:    names.ReportKey(started, names.ReportPage),
		},
	}
	for _, severity := range Severities() {
		summary.Severities = append(summary.Severities, SeveritySummary{Severity: severity})
	}
	return summary
}

var severities = append(catalogue.Severities(), rules.Unrated)

// Severities are all severities, worst first.
func Severities() []catalogue.Severity { return slices.Clone(severities) }

// finish computes what follows from the counts of the rules.
func (s *Summary) finish() {
	for _, rule := range s.Rules {
		s.Results.plus(rule.Counts)
		for i := range s.Severities {
			if s.Severities[i].Severity == rule.Severity {
				s.Severities[i].plus(rule.Counts)
			}
		}
	}
	s.Complete = len(s.Missing) == 0
	if counted := s.Results.Compliant + s.Results.NonCompliant; counted > 0 {
		score := 100 * float64(s.Results.Compliant) / float64(counted)
		s.Score = &score
	}
}

// Point is the report in the history of the score.
func (s *Summary) Point() Point {
	return Point{Started: s.Started, Complete: s.Complete, Score: s.Score, NonCompliant: s.Results.NonCompliant}
}

// Lacks says why a part of the report is unavailable, or "".
func (s *Summary) Lacks(part string) string {
	for _, unavailable := range s.Unavailable {
		if unavailable.Part == part {
			return unavailable.Why
		}
	}
	return ""
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
