package sorted

import (
	"bytes"
	"errors"
	"io"
)

// Merged is many sources as one.
type Merged struct {
	heads []head
	taken int // whose record was handed out last, or -1
}

type head struct {
	source Source
	record Record
}

// Merge merges sources.
func Merge(sources ...Source) (*Merged, error) {
	m := &Merged{taken: -1}
	for _, source := range sources {
		m.heads = append(m.heads, head{source: source})
		if err := m.advance(len(m.heads) - 1); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// advance reads a source's next record; a source that has none is forgotten.
func (m *Merged) advance(at int) error {
	record, err := m.heads[at].source.Next()
	switch {
	case errors.Is(err, io.EOF):
		m.heads[at].source = nil
		return nil
	case err != nil:
		return err
	}
	m.heads[at].record = record
	return nil
}

// Next is the least record that is left. The sources are few, so all are looked at.
func (m *Merged) Next() (Record, error) {
	if m.taken >= 0 {
		if err := m.advance(m.taken); err != nil {
			return Record{}, err
		}
	}
	m.taken = -1
	for i := range m.heads {
		if m.heads[i].source == nil {
			continue
		}
		if m.taken < 0 || m.heads[i].record.Compare(m.heads[m.taken].record) < 0 {
			m.taken = i
		}
	}
	if m.taken < 0 {
		return Record{}, io.EOF
	}
	return m.heads[m.taken].record, nil
}

// Last hands out only the last record of each key of a source.
type Last struct {
	source  Source
	pending Record // read, but not handed out
	held    bool
	current Record
}

// NewLast is the last records of a source.
func NewLast(source Source) *Last {
	return &Last{source: source}
}

// Next is the last record of the next key.
func (l *Last) Next() (Record, error) {
	if !l.held {
		if err := l.read(); err != nil {
			return Record{}, err
		}
	}
	for {
		l.current, l.pending, l.held = l.pending, l.current, false
		err := l.read()
		if errors.Is(err, io.EOF) {
			return l.current, nil
		}
		if err != nil {
			return Record{}, err
		}
		if !bytes.Equal(l.pending.Key, l.current.Key) {
			return l.current, nil
		}
	}
}

// read keeps a copy of the source's next record.
func (l *Last) read() error {
	record, err := l.source.Next()
	if err != nil {
		return err
	}
	l.pending.Key = append(l.pending.Key[:0], record.Key...)
	l.pending.Value = append(l.pending.Value[:0], record.Value...)
	l.held = true
	return nil
}
