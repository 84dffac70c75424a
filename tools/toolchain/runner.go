package toolchain

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// command is one program to run.
type command struct {
	dir  string
	env  []string // added to ours
	name string
	args []string
	line func(string) // gets every line of output, one at a time; nil for none
	held *os.File     // stays open in the program, which thereby holds its lock
}

// runner runs programs. Run returns what the program wrote to its standard output.
type runner interface {
	Run(ctx context.Context, c command) (string, error)
}

// killAfter is how long an interrupted program may take to clean up.
const killAfter = 5 * time.Second

// processes runs programs for real.
type processes struct{}

// Run ends the program with an interrupt when ctx ends.
func (processes) Run(ctx context.Context, c command) (string, error) {
	cmd := exec.CommandContext(ctx, c.name, c.args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = killAfter
	if c.held != nil {
		cmd.ExtraFiles = []*os.File{c.held}
	}
	var stdout bytes.Buffer
	var mutex sync.Mutex
	out, errs := newLines(&mutex, c.line), newLines(&mutex, c.line)
	cmd.Stdout = io.MultiWriter(&stdout, out)
	cmd.Stderr = errs
	err := cmd.Run()
	out.flush()
	errs.flush()
	return stdout.String(), err
}

// lines splits a stream into lines. Streams that share a mutex deliver one line at a time between them.
type lines struct {
	mutex   *sync.Mutex
	deliver func(string)
	rest    []byte
}

func newLines(mutex *sync.Mutex, deliver func(string)) *lines {
	if deliver == nil {
		deliver = func(string) {}
	}
	return &lines{mutex: mutex, deliver: deliver}
}

// Write never fails.
func (l *lines) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.rest = append(l.rest, p...)
	for {
		end := bytes.IndexAny(l.rest, "\r\n")
		if end < 0 {
			return len(p), nil
		}
		if end > 0 {
			l.deliver(string(l.rest[:end]))
		}
		l.rest = l.rest[end+1:]
	}
}

func (l *lines) flush() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if len(l.rest) > 0 {
		l.deliver(string(l.rest))
		l.rest = nil
	}
}
