package lambdarun

import (
	"sync"
	"time"
)

// Stream names a log stream.
type Stream struct{ Region, Group, Name string }

// Journal takes the lines of log streams. It must not wait for anybody.
type Journal interface {
	Log(stream Stream, at time.Time, line string)
}

// tailSize is how many bytes of a log the caller of a function may see.
const tailSize = 4 << 10

// diary writes the log of one environment, and remembers the end of what was written.
type diary struct {
	journal Journal
	stream  Stream
	logging Logging

	mu   sync.Mutex
	tail []byte
}

// application writes a line of the function itself.
func (d *diary) application(line string) {
	if d.logging.Format == FormatJSON && lineLevel(line) < parseLevel(d.logging.ApplicationLevel) {
		return
	}
	d.write(line)
}

func (d *diary) write(line string) {
	d.journal.Log(d.stream, time.Now(), line)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tail = append(append(d.tail, line...), '\n')
	if excess := len(d.tail) - tailSize; excess > 0 {
		d.tail = append(d.tail[:0], d.tail[excess:]...)
	}
}

// begin forgets what was written before.
func (d *diary) begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tail = nil
}

// end is the end of what was written since.
func (d *diary) end() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]byte(nil), d.tail...)
}
