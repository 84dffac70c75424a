package lambdarun

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"sync"
)

// longestLine is how many bytes a line of a log may have; the rest of a longer one is a line of its own.
const longestLine = 256 << 10

// output reads what a process prints, line by line. The gateway keeps the writing end too, and marks in it where an
// invocation ends: so it knows when it has read all that was printed before, however the process is scheduled.
type output struct {
	writer *os.File
	line   func(string)

	mu    sync.Mutex
	marks map[string]chan struct{}
	done  chan struct{}
}

// newOutput makes a pipe and reads it until it is closed.
func newOutput(line func(string)) (*output, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe for a function's output: %w", err)
	}
	o := &output{writer: writer, line: line, marks: map[string]chan struct{}{}, done: make(chan struct{})}
	go o.read(reader)
	return o, nil
}

// markStart begins a mark; a function that prints it loses these bytes from its log, and nothing else.
const (
	markStart = "\x00localcloud-mark-"
	markSize  = len(markStart) + 26 // with the random text, which has 26 letters
)

// drain returns when everything has been read that was printed before.
func (o *output) drain() {
	mark, seen := markStart+rand.Text(), make(chan struct{})
	o.mu.Lock()
	o.marks[mark] = seen
	o.mu.Unlock()
	if _, err := o.writer.WriteString(mark); err != nil {
		return
	}
	select {
	case <-seen:
	case <-o.done:
	}
}

// close ends the reading; what is in the pipe is read first.
func (o *output) close() {
	o.drain()
	o.writer.Close() //nolint:errcheck,gosec // nothing is buffered
}

func (o *output) read(reader *os.File) {
	defer close(o.done)
	defer reader.Close() //nolint:errcheck // read only
	var pending []byte
	piece := make([]byte, 32<<10)
	for {
		n, err := reader.Read(piece)
		pending = o.split(append(pending, piece[:n]...))
		if err != nil {
			o.flush(pending)
			return
		}
	}
}

// split hands over the whole lines and marks of what was read, and gives back the rest.
func (o *output) split(text []byte) []byte {
	for {
		line, _, whole := bytes.Cut(text, []byte("\n"))
		mark := bytes.Index(line, []byte(markStart))
		switch {
		case mark >= 0:
			if len(text) < mark+markSize {
				return text
			}
			o.flush(text[:mark])
			o.pass(string(text[mark : mark+markSize]))
			text = text[mark+markSize:]
		case whole && len(line) <= longestLine:
			o.line(string(bytes.TrimSuffix(line, []byte("\r"))))
			text = text[len(line)+1:]
		case len(text) > longestLine:
			o.line(string(text[:longestLine]))
			text = text[longestLine:]
		default:
			return text
		}
	}
}

// flush hands over what is no whole line but all that there is.
func (o *output) flush(rest []byte) {
	if len(rest) > 0 {
		o.line(string(rest))
	}
}

// pass tells whoever waits for a mark that it has been read.
func (o *output) pass(mark string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if seen := o.marks[mark]; seen != nil {
		close(seen)
		delete(o.marks, mark)
	}
}
