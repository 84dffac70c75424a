package sorted

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// fanIn is how many runs are merged at a time: all parts of a report of 120,000 results. An open run takes about 50 KB.
const fanIn = 24

// Runs are runs in one file, one after the other.
type Runs struct {
	file  *os.File
	spans []span
	size  int64
}

type span struct{ start, length int64 } // bytes

// NewRuns are no runs yet, in a file that is theirs from then on.
func NewRuns(file *os.File) *Runs {
	return &Runs{file: file}
}

// Append adds a run, which write writes as a Writer does. One that could not be written whole is not added.
func (r *Runs) Append(write func(io.Writer) error) error {
	out := &counted{out: io.NewOffsetWriter(r.file, r.size)}
	if err := write(out); err != nil {
		return err
	}
	r.spans = append(r.spans, span{start: r.size, length: out.written})
	r.size += out.written
	return nil
}

type counted struct {
	out     io.Writer
	written int64
}

func (c *counted) Write(content []byte) (int, error) {
	n, err := c.out.Write(content)
	c.written += int64(n)
	if err != nil {
		return n, fmt.Errorf("writing a run to disk: %w", err)
	}
	return n, nil
}

func (r *Runs) merge(spans []span) (*Merged, error) {
	var sources []Source
	for _, s := range spans {
		reader, err := NewReader(io.NewSectionReader(r.file, s.start, s.length))
		if err != nil {
			return nil, err
		}
		sources = append(sources, reader)
	}
	return Merge(sources...)
}

// Merged is all records of all runs. While there are more runs than are merged at a time, these are merged into fewer
// ones, in a file that create makes.
func (r *Runs) Merged(create func() (*os.File, error)) (*Merged, error) {
	for len(r.spans) > fanIn {
		file, err := create()
		if err != nil {
			return nil, fmt.Errorf("merging runs: %w", err)
		}
		fewer := NewRuns(file)
		for start := 0; start < len(r.spans); start += fanIn {
			spans := r.spans[start:min(start+fanIn, len(r.spans))]
			if err := fewer.Append(func(out io.Writer) error { return r.copy(out, spans) }); err != nil {
				return nil, err
			}
		}
		r = fewer
	}
	return r.merge(r.spans)
}

func (r *Runs) copy(out io.Writer, spans []span) error {
	merged, err := r.merge(spans)
	if err != nil {
		return err
	}
	return copyTo(NewWriter(out), merged)
}

// copyTo writes all records of a source, and ends the run.
func copyTo(out *Writer, source Source) error {
	for {
		record, err := source.Next()
		if errors.Is(err, io.EOF) {
			return out.Close()
		}
		if err != nil {
			return err
		}
		if err := out.Add(record); err != nil {
			return err
		}
	}
}
