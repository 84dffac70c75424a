// Package distinct counts how many different keys there are among any number of them, exactly, in memory that does not
// grow with their number: what does not fit is sorted on disk, and merged at the end.
package distinct

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"slices"
)

// entry is a key's hash and, in its last byte, whether the key was marked. Two keys of one hash would be counted as
// one; with 120 bits that is not to be expected in the lifetime of the universe.
const (
	hashSize  = 15
	entrySize = hashSize + 1
)

type entry [entrySize]byte

// entriesInMemory is how many entries are sorted at a time: 512 KiB of them.
const entriesInMemory = 32 * 1024

// readBuffer is how much of each sorted run is in memory while they are merged, in bytes.
const readBuffer = 4 * 1024

// Counter counts keys. Each key is marked or not each time it is added; it counts as marked if it was once.
type Counter struct {
	file    *os.File
	pending []entry
	runs    []run
	size    int64
}

type run struct {
	start   int64 // in the file, in bytes
	entries int
}

// NewCounter is a counter that keeps what does not fit into memory in the file, which is its own from then on.
func NewCounter(file *os.File) *Counter {
	return &Counter{file: file, pending: make([]entry, 0, entriesInMemory)}
}

// Add counts one key.
func (c *Counter) Add(key []byte, marked bool) error {
	hash := sha256.Sum256(key)
	var e entry
	copy(e[:hashSize], hash[:])
	if marked {
		e[hashSize] = 1
	}
	c.pending = append(c.pending, e)
	if len(c.pending) < entriesInMemory {
		return nil
	}
	return c.spill()
}

func (c *Counter) spill() error {
	slices.SortFunc(c.pending, func(a, b entry) int { return bytes.Compare(a[:], b[:]) })
	out := bufio.NewWriter(c.file)
	for _, e := range c.pending {
		_, _ = out.Write(e[:])
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing keys to disk: %w", err)
	}
	c.runs = append(c.runs, run{start: c.size, entries: len(c.pending)})
	c.size += int64(len(c.pending) * entrySize)
	c.pending = c.pending[:0]
	return nil
}

// Count returns how many different keys were marked at least once, and how many never.
func (c *Counter) Count() (marked, unmarked int, err error) {
	if err := c.spill(); err != nil {
		return 0, 0, err
	}
	var open []*cursor
	for _, r := range c.runs {
		section := io.NewSectionReader(c.file, r.start, int64(r.entries*entrySize))
		in := &cursor{in: bufio.NewReaderSize(section, readBuffer), left: r.entries}
		if err := in.next(); err != nil {
			return 0, 0, err
		}
		open = append(open, in)
	}
	for {
		key, ok := smallest(open)
		if !ok {
			return marked, unmarked, nil
		}
		mark, err := take(open, key)
		if err != nil {
			return 0, 0, err
		}
		if mark {
			marked++
		} else {
			unmarked++
		}
	}
}

// cursor is the place in one sorted run that the merge has come to.
type cursor struct {
	in      *bufio.Reader
	left    int // entries that have not been read
	current entry
	done    bool
}

func (c *cursor) next() error {
	if c.left == 0 {
		c.done = true
		return nil
	}
	c.left--
	if _, err := io.ReadFull(c.in, c.current[:]); err != nil {
		return fmt.Errorf("reading keys from disk: %w", err)
	}
	return nil
}

// smallest is the smallest entry that is left. There is one run for each entriesInMemory keys, so few to look at.
func smallest(open []*cursor) (entry, bool) {
	var least *cursor
	for _, c := range open {
		if !c.done && (least == nil || bytes.Compare(c.current[:], least.current[:]) < 0) {
			least = c
		}
	}
	if least == nil {
		return entry{}, false
	}
	return least.current, true
}

// take moves every cursor past all entries of a key, and says whether one of them was marked.
func take(open []*cursor, key entry) (bool, error) {
	var marked bool
	for _, c := range open {
		for !c.done && bytes.Equal(c.current[:hashSize], key[:hashSize]) {
			marked = marked || c.current[hashSize] == 1
			if err := c.next(); err != nil {
				return false, err
			}
		}
	}
	return marked, nil
}
