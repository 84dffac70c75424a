package reportpage_test

import (
	"fmt"
	"math"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
)

var started = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// sample is a report with something in every section.
func sample() report.Summary {
	s := report.New("compliance-monitor-prod", "123456789012", "us-east-1", started)
	severities := report.Severities()
	names := []string{"root-mfa", "s3-public-read", "rds-backup", "ebs-encryption", "older-rule", "s3-encryption", "restricted-ssh", "log-retention"}
	for i, name := range names {
		rule := report.RuleSummary{
			Rule: name, ConfigRule: "compliance-monitor-prod-" + name, Severity: severities[i%len(severities)], Complete: i != 6,
			Counts: report.Counts{Compliant: 400 * i, NonCompliant: 7 * (i % 3)}, New: i % 3, Resolved: i % 2,
		}
		if i%2 == 1 {
			rule.TimeToResolve = &report.TimeToResolve{Count: 12, Median: int64(i) * 7_000, Worst: int64(i) * 90_000}
		}
		s.Rules = append(s.Rules, rule)
		s.Severities[i%len(severities)].Compliant += rule.Compliant
		s.Severities[i%len(severities)].NonCompliant += rule.NonCompliant
		s.Results.Compliant += rule.Compliant
		s.Results.NonCompliant += rule.NonCompliant
	}
	s.Missing = append(s.Missing, report.Missing{Rule: "restricted-ssh", Pages: 12, Why: "reading the results of rule restricted-ssh: AccessDenied"})
	s.Resources = report.Resources{Compliant: 2345, NonCompliant: 31}
	score := 99.6
	s.Score = &score
	newest := started.Add(-time.Minute)
	s.Newest = &newest
	before := started.Add(-6 * time.Hour)
	s.Changes.Since = &before
	s.Changes.New = items(3, 0)
	s.Changes.Resolved = items(2, 5)
	for i := range s.Changes.Resolved.First {
		s.Changes.Resolved.First[i].Resolved = started
	}
	s.Changes.Still = items(9, 10)
	s.Changes.Still.Count = 1234
	s.Changes.Still.First[8].ExemptUntil = "2026-12-01"
	s.Changes.NewRules = []string{"log-retention"}
	for i := range 60 {
		value := 92 + 6*math.Sin(float64(i)/9) - float64(i%7)/3
		s.History = append(s.History, report.Point{Started: started.Add(time.Duration(i-60) * 6 * time.Hour), Complete: i != 31, Score: &value})
	}
	s.History = append(s.History, report.Point{Started: started, Score: &score, Complete: true})
	for i, day := range []string{"2026-11-20", "2026-11-23", "2026-11-28", "2027-03-31"} {
		exemption := exemptions.Exemption{Rule: "s3-public-read", Resource: "website-*", Owner: "web team", Reason: "public web site behind a CDN, moving until spring"}
		if err := exemption.Expires.UnmarshalText([]byte(day)); err != nil {
			panic(err)
		}
		s.Exemptions = append(s.Exemptions, report.Exemption{Exemption: exemption, DaysLeft: []int{-3, 0, 5, 128}[i], Covers: i})
	}
	s.Remediations.Changed = 250
	for i, outcome := range []string{"verified", "planned", "failed", "owned-by-iac"} {
		s.Remediations.Newest = append(s.Remediations.Newest, report.Remediation{
			Rule: "s3-encryption", ResourceType: "AWS::S3::Bucket", ResourceID: fmt.Sprintf("shop-data-%d", i), Outcome: outcome, Updated: started.Add(-time.Hour),
			Changes: []report.Change{{Property: "encryption.algorithm", Before: "AES256", After: "aws:kms"}},
		})
	}
	s.Remediations.Newest[3].Changes = nil
	s.Remediations.Newest[3].Why = "CloudFormation stack shop owns it; change its template"
	s.Unavailable = append(s.Unavailable, report.Unavailable{Part: report.PartRemediations, Why: "2 records could not be read"})
	return s
}

func items(n, offset int) report.List {
	list := report.List{Count: n}
	for i := range n {
		list.First = append(list.First, report.Item{
			Rule: "s3-encryption", Severity: []catalogue.Severity{"critical", "high", "medium", "low"}[i%4], ResourceType: "AWS::S3::Bucket",
			ResourceID: fmt.Sprintf("customer-invoices-archive-eu-%d", offset+i), Since: started.Add(-time.Duration(1+i*i*9) * time.Hour),
		})
	}
	return list
}
