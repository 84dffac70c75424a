package toolchain

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

const (
	// lineEvery is how often a log gets a line about a step that goes on.
	lineEvery = 15 * time.Second
	// redrawEvery is how often a terminal's line is redrawn.
	redrawEvery = time.Second
	// clearLine goes to the start of a terminal's line and empties it.
	clearLine = "\r\x1b[K"
)

// progress tells a person how far a step is: on a terminal in one line that is redrawn, elsewhere in a line now and
// then.
type progress struct {
	out      io.Writer
	terminal bool
	every    time.Duration

	mutex  sync.Mutex
	title  string
	status string
	began  time.Time
}

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, terminal: isTerminal(out), every: lineEvery}
	if p.terminal {
		p.every = redrawEvery
	}
	return p
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// say prints one line for good.
func (p *progress) say(format string, args ...any) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.print(format+"\n", args...)
}

// begin starts showing a step, and returns what ends it.
func (p *progress) begin(title string) (end func()) {
	p.mutex.Lock()
	p.title, p.status, p.began = title, "", time.Now()
	p.mutex.Unlock()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(p.every)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				p.show()
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
		p.clear()
	}
}

// set says where the step is.
func (p *progress) set(format string, args ...any) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.status = fmt.Sprintf(format, args...)
}

func (p *progress) show() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	line := fmt.Sprintf("  %s: %s elapsed", p.title, time.Since(p.began).Round(time.Second))
	if p.status != "" {
		line += ", " + p.status
	}
	if p.terminal {
		p.print("%s", clearLine+line)
		return
	}
	p.print("%s\n", line)
}

func (p *progress) clear() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.terminal {
		p.print(clearLine)
	}
}

// print ignores that nobody reads: an installation is worth finishing all the same.
func (p *progress) print(format string, args ...any) {
	_, _ = fmt.Fprintf(p.out, format, args...)
}
