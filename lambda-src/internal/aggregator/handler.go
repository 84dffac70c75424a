// Package aggregator makes the report: all results of the deployment's Config rules, as they are now.
//
// It reads rule by rule and page by page, and writes each result to a compressed file on disk at once, so that memory
// does not grow with the number of results. What it can't read it names in the report, with the reason; a report is
// complete or says what it lacks. The pointer reports/latest.json is written last.
//
// ReportAgeSeconds is emitted when a complete report has been published, and is the time since its reading began. It is
// never emitted otherwise, so an alarm on the absence of a fresh report treats missing data as breaching: 7 periods
// of an hour, all of them breaching, are 7 hours without a complete report. ComplianceScore and the totals are emitted
// for complete reports only, because a part of the results would look like a change.
//
// Calls to AWS, and the permissions that they need:
//
//	config:DescribeConfigRules               *  the call lists all rules and takes no resource
//	config:GetComplianceDetailsByConfigRule  arn:aws:config:REGION:ACCOUNT:config-rule/*  (an ARN ends in a rule's id)
//	s3:PutObject                             arn:aws:s3:::BUCKET/reports/*
//	kms:GenerateDataKey                      the deployment's key  writing to the bucket
//	kms:Decrypt                              the deployment's key  S3 writes large files in parts
package aggregator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/configrules"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
)

const gzipType = "application/gzip"

// Config is what is called of AWS Config.
type Config interface {
	configrules.Lister
	configrules.Reader
}

// Store is where reports are kept.
type Store interface {
	Write(ctx context.Context, key string, document any) error
	WriteFile(ctx context.Context, key, contentType string, file *os.File) error
}

// Metrics is where metrics are written.
type Metrics interface {
	Emit(name string, unit emf.Unit, value float64, dimensions ...emf.Dimension)
}

// Handler makes the reports of one deployment.
type Handler struct {
	Prefix  string
	Rules   rules.Book
	Config  Config
	Store   Store
	Metrics Metrics
	Log     *slog.Logger
	Now     func() time.Time
	Temp    func(dir, pattern string) (*os.File, error) // os.CreateTemp, for the results while they are read
}

// Handle makes one report, whatever the event says: a schedule and a person who asks for a report get the same.
func (h *Handler) Handle(ctx context.Context, _ []byte) (err error) {
	started := h.Now().UTC()
	run, err := invocation.From(ctx, started)
	if err != nil {
		return err
	}
	files, err := openFiles(h.Temp)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.remove()) }()

	summary := newSummary(h.Prefix, run, started)
	if err := h.read(ctx, run, &summary, files); err != nil {
		return fmt.Errorf("making the report: %w", err)
	}
	summary.finish(h.Now().UTC())
	if err := h.publish(ctx, summary, files); err != nil {
		return fmt.Errorf("publishing the report: %w", err)
	}
	h.emit(summary)
	h.Log.InfoContext(ctx, "published a report", "summary", summary.Files.Summary, "complete", summary.Complete,
		"missing", summary.Missing, "score", summary.Score, "results", summary.Results)
	return nil
}

// read reads all results, until it is time to write the report. It fails only when there is
// nothing to report: when the rules can't be listed or the disk can't be written.
func (h *Handler) read(ctx context.Context, run invocation.Invocation, summary *Summary, files *files) error {
	reading, cancel := context.WithTimeout(ctx, run.WorkFor(summary.Started))
	defer cancel()
	found, err := configrules.List(reading, h.Config, h.Prefix)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		summary.lacks("*", "no Config rule's name starts with "+names.RulePrefix(h.Prefix)+"; deploy the config-rules layer")
	}
	results := newResults(files)
	for _, short := range found {
		if err := h.readRule(reading, short, summary, results); err != nil {
			return err
		}
	}
	summary.Resources, err = results.close()
	return err
}

// readRule reads one rule's results; it notes in the summary why it could not, and fails when the disk does.
func (h *Handler) readRule(ctx context.Context, short string, summary *Summary, results *results) error {
	rule := RuleSummary{Rule: short, ConfigRule: names.RulePrefix(h.Prefix) + short, Severity: rules.Look(h.Rules, short).Severity}
	err := configrules.Each(ctx, h.Config, rule.ConfigRule, func(found configrules.Result) error {
		rule.add(found.Compliance)
		return results.add(newResult(found, rule))
	})
	if errors.Is(err, errDisk) {
		return err
	}
	rule.Complete = err == nil
	if err != nil {
		h.Log.WarnContext(ctx, "the report lacks a rule", "rule", short, "error", err)
		summary.lacks(short, why(err))
	}
	summary.add(rule)
	return nil
}

// why says it shortly when it was the time that ran out.
func why(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "the time ran out before all of its results were read"
	}
	return err.Error()
}

// publish writes the report's files, and the pointer to them last.
func (h *Handler) publish(ctx context.Context, summary Summary, files *files) error {
	if err := h.Store.WriteFile(ctx, summary.Files.Results, gzipType, files.results); err != nil {
		return err
	}
	if err := h.Store.Write(ctx, summary.Files.Summary, summary); err != nil {
		return err
	}
	return h.Store.Write(ctx, names.LatestReportKey, Latest{SchemaVersion: SchemaVersion, Files: summary.Files, Summary: summary})
}
