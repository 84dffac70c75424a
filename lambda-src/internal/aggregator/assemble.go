package aggregator

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/distinct"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
)

// document is a report before it is published.
type document struct {
	summary    report.Summary
	last       *report.Base // the report that it was compared with
	next       report.Base
	results    *os.File
	violations *os.File
	name       string // of the violations
}

// errLast is the cause of every failure to read what the report is compared with.
var errLast = errors.New("reading the last report's violations")

// assemble makes the report of what was read. It depends on the checkpoint, the parts and the ledger only.
func (h *Handler) assemble(ctx context.Context, w *work, s *scratch) (*document, error) {
	parts, err := h.merged(ctx, s, partsPrefix, w.state.Parts)
	if err != nil {
		return nil, err
	}
	last, violations, unavailable, err := h.base(ctx, w, s)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errLast, err)
	}
	out, err := newOutput(s)
	if err != nil {
		return nil, err
	}
	in := h.input(w)
	in.Base = last
	if unavailable != nil {
		in.Unavailable = append(in.Unavailable, *unavailable)
	}
	results := sorted.NewLast(report.NewCurrent(parts, w.state.Generations))
	d := &document{last: last, results: out.results, violations: out.violations}
	if d.summary, d.next, err = report.Build(in, results, violations, out); err != nil {
		return nil, err
	}
	d.summary.Resources, err = out.close()
	d.name = out.sum.name()
	return d, err
}

// input is what the checkpoint and the ledger say of the report.
func (h *Handler) input(w *work) report.Input {
	in := report.Input{
		Prefix: h.Prefix, Account: w.run.Account, Region: w.run.Region, Started: w.state.Started,
		Missing: w.state.Missing, History: w.ledger.History,
		Remediations: report.Remediations{Newest: []report.Remediation{}},
	}
	if w.state.Prepared == nil {
		return in
	}
	in.Exemptions, in.Remediations = w.state.Prepared.Exemptions, w.state.Prepared.Remediations
	in.Unavailable = append(in.Unavailable, w.state.Prepared.Unavailable...)
	for _, short := range w.state.Prepared.Rules {
		in.Rules = append(in.Rules, report.RuleSummary{
			Rule: short, ConfigRule: names.RulePrefix(h.Prefix) + short, Severity: rules.Look(h.Rules, short).Severity,
		})
	}
	return in
}

// output takes results and violations, writes each to disk, and counts the resources among them.
type output struct {
	results    *os.File
	violations *os.File
	packer     *gzip.Writer
	line       []byte // the line that is being written
	sum        *hashed
	kept       *sorted.Writer
	resources  *distinct.Counter
}

func newOutput(s *scratch) (*output, error) {
	var files [3]*os.File
	for i := range files {
		file, err := s.file()
		if err != nil {
			return nil, err
		}
		files[i] = file
	}
	packer, _ := gzip.NewWriterLevel(files[0], gzip.BestSpeed) // only an unknown level is an error
	sum := newHashed(files[1])
	return &output{
		results: files[0], violations: files[1], packer: packer,
		sum: sum, kept: sorted.NewWriter(sum), resources: distinct.NewCounter(files[2]),
	}, nil
}

// Result writes a line.
func (o *output) Result(result report.Result) error {
	o.line = result.AppendLine(o.line[:0])
	_, err := o.packer.Write(o.line)
	return onDisk(err)
}

// Violation writes a record.
func (o *output) Violation(record sorted.Record) error { return onDisk(o.kept.Add(record)) }

// Resource counts a resource.
func (o *output) Resource(resource []byte, nonCompliant bool) error {
	return onDisk(o.resources.Add(resource, nonCompliant))
}

func (o *output) close() (report.Resources, error) {
	nonCompliant, compliant, err := o.resources.Count()
	err = errors.Join(err, o.packer.Close(), o.kept.Close())
	return report.Resources{Compliant: compliant, NonCompliant: nonCompliant}, onDisk(err)
}

func onDisk(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", errDisk, err)
	}
	return nil
}
