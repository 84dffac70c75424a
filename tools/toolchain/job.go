package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// tailLength is how many of the last lines of a failed program an error shows.
const tailLength = 15

// job is one installation under way: it has the lock and a folder of its own to work in.
type job struct {
	system
	*progress
	part    part
	work    string // becomes the result
	scratch string // temporary files of the programs that run; goes with the work folder
	lock    *lock
	log     *os.File
	tail    []string
}

// newJob makes the folders that a job works in. Killed half-way, it leaves them to the next job to remove.
func newJob(s system, p *progress, target part, held *lock) (*job, error) {
	work, err := os.MkdirTemp(target.folder, workPrefix)
	if err != nil {
		return nil, fmt.Errorf("making a folder to work in: %w", err)
	}
	scratch, err := os.MkdirTemp(target.folder, workPrefix)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("making a folder for temporary files: %w", err), os.RemoveAll(work))
	}
	log, err := os.Create(filepath.Join(target.folder, "install.log"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the log: %w", err), os.RemoveAll(work), os.RemoveAll(scratch))
	}
	return &job{system: s, progress: p, part: target, work: work, scratch: scratch, lock: held, log: log}, nil
}

// close removes what is not part of the result. The log stays.
func (j *job) close() error {
	return errors.Join(os.RemoveAll(j.scratch), os.RemoveAll(j.work), j.log.Close())
}

// run installs the part and puts it in place.
func (j *job) run(ctx context.Context) (manifest, error) {
	began := time.Now()
	source, err := j.part.install(ctx, j)
	if err != nil {
		return manifest{}, err
	}
	m, err := j.part.commit(j.work, source, time.Now())
	if err != nil {
		return manifest{}, j.failed(ErrBuild, err).explain(ctx)
	}
	j.say("%s is ready (%s, %s).", j.part.title, source, time.Since(began).Round(100*time.Millisecond))
	return m, nil
}

// execute runs a program, logs what it prints and remembers the last lines. observe, if any, sees each line too.
func (j *job) execute(ctx context.Context, c command, observe func(string)) (string, error) {
	j.tail = nil
	j.note("$ %s %q (in %s)", c.name, c.args, c.dir)
	c.line = func(line string) {
		j.note("%s", line)
		j.tail = append(j.tail, line)
		if len(j.tail) > tailLength {
			j.tail = j.tail[1:]
		}
		if observe != nil {
			observe(line)
		}
	}
	if j.lock != nil {
		c.held = j.lock.file
	}
	c.env = append(c.env, "TMPDIR="+j.scratch)
	return j.runner.Run(ctx, c)
}

// note writes a line to the log. The program goes on where that can't be written; the errors show its last lines.
func (j *job) note(format string, args ...any) {
	_, _ = fmt.Fprintf(j.log, format+"\n", args...)
}

// failed describes a step of this job that failed.
func (j *job) failed(kind, err error) failure {
	return failure{
		kind: kind, err: err, tail: j.tail, log: j.log.Name(),
		advice:   "What it printed last is above",
		demanded: []demand{{folder: j.part.folder, bytes: j.part.bytes}},
	}
}
