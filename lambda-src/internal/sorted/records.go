// Package sorted keeps any number of records in the order of their keys, in memory that does not grow with their number:
// sorted runs are on disk, compressed, and are merged a few at a time.
//
// A run is a gzip stream of records, each its key and its value, and each of these its length and its bytes. What is cut
// off or changed is an error when it is read: gzip has a checksum, and keys must not descend.
package sorted

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Record is one key with its value. Records of one key are in the order of their values.
type Record struct {
	Key   []byte
	Value []byte
}

// Compare orders records by their keys, and those of one key by their values.
func (r Record) Compare(other Record) int {
	if order := bytes.Compare(r.Key, other.Key); order != 0 {
		return order
	}
	return bytes.Compare(r.Value, other.Value)
}

// Source hands out records in order, and io.EOF after the last. A record is the caller's until it asks for the next.
type Source interface {
	Next() (Record, error)
}

// maxField is the most bytes of a key or a value: more is taken for a run that is not one.
const maxField = 1 << 20

// Why a run can't be read.
var (
	ErrTooLong = errors.New("a key or a value is longer than a mebibyte")
	ErrOrder   = errors.New("the keys are not in order")
)

// Writer writes a run.
type Writer struct {
	packer  *gzip.Writer
	encoded []byte // the record that is being written
}

// spare and unpackers are used again: a packer takes a megabyte, and there is one for each run. One packer is kept whatever
// the garbage collector does, which empties pools.
var (
	spare     = make(chan *gzip.Writer, 1)
	unpackers = sync.Pool{New: func() any { return &gzip.Reader{} }}
)

func newPacker() *gzip.Writer {
	select {
	case packer := <-spare:
		return packer
	default:
		packer, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // only an unknown level is an error
		return packer
	}
}

func keep(packer *gzip.Writer) {
	select {
	case spare <- packer:
	default:
	}
}

// NewWriter is a writer of one run.
func NewWriter(out io.Writer) *Writer {
	packer := newPacker()
	packer.Reset(out)
	return &Writer{packer: packer}
}

// Add writes the next record. The caller keeps the order.
func (w *Writer) Add(record Record) error {
	w.encoded = w.encoded[:0]
	for _, field := range [][]byte{record.Key, record.Value} {
		if len(field) > maxField {
			return fmt.Errorf("writing a record: %w", ErrTooLong)
		}
		w.encoded = append(binary.AppendUvarint(w.encoded, uint64(len(field))), field...)
	}
	if _, err := w.packer.Write(w.encoded); err != nil {
		return fmt.Errorf("writing a record: %w", err)
	}
	return nil
}

// Close ends the run, and the writer. Without it, the run is one that was cut off.
func (w *Writer) Close() error {
	err := w.packer.Close()
	keep(w.packer)
	if err != nil {
		return fmt.Errorf("ending a run: %w", err)
	}
	return nil
}

// Reader reads a run.
type Reader struct {
	unpacked *gzip.Reader
	in       *bufio.Reader
	current  Record
	previous Record
}

// readBuffer is how much of a run is read at a time, in bytes.
const readBuffer = 4 * 1024

// NewReader is a reader of one run.
func NewReader(in io.Reader) (*Reader, error) {
	unpacked := unpackers.Get().(*gzip.Reader) // the pool holds nothing else
	if err := unpacked.Reset(bufio.NewReaderSize(in, readBuffer)); err != nil {
		return nil, fmt.Errorf("reading a run: %w", whole(err))
	}
	return &Reader{unpacked: unpacked, in: bufio.NewReaderSize(unpacked, readBuffer)}, nil
}

// Next is the next record. A reader that has none is not asked again.
func (r *Reader) Next() (Record, error) {
	r.previous, r.current = r.current, r.previous
	if _, err := r.in.Peek(1); errors.Is(err, io.EOF) {
		unpackers.Put(r.unpacked)
		return Record{}, io.EOF
	}
	for _, field := range []*[]byte{&r.current.Key, &r.current.Value} {
		if err := r.field(field); err != nil {
			return Record{}, fmt.Errorf("reading a record: %w", whole(err))
		}
	}
	if r.current.Compare(r.previous) < 0 {
		return Record{}, fmt.Errorf("reading a record: %w", ErrOrder)
	}
	return r.current, nil
}

func (r *Reader) field(into *[]byte) error {
	length, err := binary.ReadUvarint(r.in)
	if err != nil {
		return err
	}
	if length > maxField {
		return ErrTooLong
	}
	if uint64(cap(*into)) < length {
		*into = make([]byte, length)
	}
	*into = (*into)[:length]
	_, err = io.ReadFull(r.in, *into)
	return err
}

// whole is the error of a run that ends where none may end.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
