package aggregator

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/configrules"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/distinct"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
)

// Result is one line of results.ndjson.gz.
type Result struct {
	Rule         string             `json:"rule"` // short name
	Severity     catalogue.Severity `json:"severity"`
	ResourceType string             `json:"resourceType"`
	ResourceID   string             `json:"resourceId"`
	Compliance   string             `json:"compliance"`
	Annotation   string             `json:"annotation,omitempty"`
	Ordering     time.Time          `json:"orderingTimestamp"`
	Recorded     time.Time          `json:"resultRecordedTime,omitzero"`
}

func newResult(found configrules.Result, rule RuleSummary) Result {
	return Result{
		Rule:         rule.Rule,
		Severity:     rule.Severity,
		ResourceType: found.ResourceType,
		ResourceID:   found.ResourceID,
		Compliance:   found.Compliance,
		Annotation:   found.Annotation,
		Ordering:     found.Ordering,
		Recorded:     found.Recorded,
	}
}

// errDisk is the cause of every failure to keep results on disk.
var errDisk = errors.New("keeping results on disk")

// files are on disk for as long as a report is being made.
type files struct {
	results *os.File
	keys    *os.File
}

func openFiles(create func(dir, pattern string) (*os.File, error)) (*files, error) {
	results, err := create("", "results-*.ndjson.gz")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDisk, err)
	}
	keys, err := create("", "keys-*")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", errDisk, err), remove(results))
	}
	return &files{results: results, keys: keys}, nil
}

func (f *files) remove() error {
	return errors.Join(remove(f.results), remove(f.keys))
}

func remove(file *os.File) error {
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// results takes results, writes each as a line, and counts the resources among them.
type results struct {
	packer    *gzip.Writer
	lines     *json.Encoder
	resources *distinct.Counter
}

func newResults(files *files) *results {
	packer := gzip.NewWriter(files.results)
	return &results{packer: packer, lines: json.NewEncoder(packer), resources: distinct.NewCounter(files.keys)}
}

func (r *results) add(result Result) error {
	if err := r.lines.Encode(result); err != nil {
		return fmt.Errorf("%w: %w", errDisk, err)
	}
	nonCompliant := result.Compliance == events.NonCompliant
	if !nonCompliant && result.Compliance != events.Compliant {
		return nil
	}
	if err := r.resources.Add(result.ResourceType+"\x00"+result.ResourceID, nonCompliant); err != nil {
		return fmt.Errorf("%w: %w", errDisk, err)
	}
	return nil
}

func (r *results) close() (Resources, error) {
	nonCompliant, compliant, err := r.resources.Count()
	if err := errors.Join(err, r.packer.Close()); err != nil {
		return Resources{}, fmt.Errorf("%w: %w", errDisk, err)
	}
	return Resources{Compliant: compliant, NonCompliant: nonCompliant}, nil
}
