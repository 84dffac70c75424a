package aggregator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
)

// errDisk is the cause of every failure to keep something on disk.
var errDisk = errors.New("keeping results on disk")

// errContent is the error of an object whose content is not the one that was written.
var errContent = errors.New("the content is not what was written")

// scratch is the files on disk for as long as a report is being made.
type scratch struct {
	create func(dir, pattern string) (*os.File, error)
	files  []*os.File
}

func (s *scratch) file() (*os.File, error) {
	file, err := s.create("", "report-*")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDisk, err)
	}
	s.files = append(s.files, file)
	return file, nil
}

func (s *scratch) remove() error {
	var faults []error
	for _, file := range s.files {
		faults = append(faults, file.Close(), os.Remove(file.Name()))
	}
	return errors.Join(faults...)
}

// merged is all records of the runs with the given names under a prefix.
func (h *Handler) merged(ctx context.Context, s *scratch, prefix string, runs []string) (*sorted.Merged, error) {
	file, err := s.file()
	if err != nil {
		return nil, err
	}
	all := sorted.NewRuns(file)
	for _, name := range runs {
		err := all.Append(func(out io.Writer) error { return h.load(ctx, prefix, name, out) })
		if err != nil {
			return nil, err
		}
	}
	return all.Merged(s.file)
}

// load copies an object whose name is the hash of its content.
func (h *Handler) load(ctx context.Context, prefix, name string, out io.Writer) error {
	checked := newHashed(out)
	if err := h.Objects.Copy(ctx, prefix+name, checked); err != nil {
		return err
	}
	if checked.name() != name {
		return fmt.Errorf("reading %s: %w", prefix+name, errContent)
	}
	return nil
}
