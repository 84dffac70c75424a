package lambdarun

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// memoryInterval is how often a process that works is asked how much memory it has.
const memoryInterval = 50 * time.Millisecond

// process is a bootstrap that runs.
type process struct {
	cmd    *exec.Cmd
	api    *runtimeAPI
	output *output
	exited chan struct{} // closed when it is gone and has been waited for
	peak   int64         // bytes of memory, at most, as far as was seen

	ready       chan struct{} // closed when it first asks for an event
	refusal     chan struct{} // closed when it reports that it could not initialise
	refuseOnce  sync.Once
	refusedWith answer
}

// startProcess starts a function's bootstrap; environ makes its environment of the address of its Runtime API.
func startProcess(start spawner, root string, environ func(api string) []string, line func(string)) (*process, error) {
	p := &process{exited: make(chan struct{}), ready: make(chan struct{}), refusal: make(chan struct{})}
	var err error
	if p.api, err = serveRuntimeAPI(func() { close(p.ready) }, p.refuse); err != nil {
		return nil, err
	}
	if p.output, err = newOutput(line); err != nil {
		p.api.close()
		return nil, err
	}
	p.cmd = exec.Command(filepath.Join(root, entrypoint))
	p.cmd.Dir, p.cmd.Env = root, environ(p.api.address())
	p.cmd.Stdout, p.cmd.Stderr = p.output.writer, p.output.writer
	p.cmd.SysProcAttr = childAttributes()
	if err := start.run(p.cmd); err != nil {
		p.api.close()
		p.output.close()
		return nil, err
	}
	go func() {
		p.cmd.Wait() //nolint:errcheck,gosec // how it ended is in ProcessState
		p.signal()   // what it started goes with it
		close(p.exited)
	}()
	return p, nil
}

// refuse notes that the runtime could not initialise.
func (p *process) refuse(given answer) {
	p.refuseOnce.Do(func() {
		p.refusedWith = given
		close(p.refusal)
	})
}

// signal kills the process and all that it has started.
func (p *process) signal() {
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) //nolint:errcheck,gosec // there may be nobody left
}

// end kills the process, and returns when it is gone and all that it printed has been read.
func (p *process) end() {
	select {
	case <-p.exited:
	default:
		p.signal()
		<-p.exited
	}
	p.api.close()
	p.output.close()
}

// measure asks how much memory the process has, and remembers the most that it had.
func (p *process) measure() memory {
	seen := memoryOf(p.cmd.Process.Pid)
	p.peak = max(p.peak, seen.peak)
	return seen
}

// ending is how a wait for a process ended.
type ending int

const (
	endedWell ending = iota // it did what was waited for
	endedExit
	endedTimeout
	endedMemory
	endedRefusal // it reported that it could not initialise
)

// await waits until the process has done something, but no longer than a time, and only as long as it keeps to its
// memory. A process that overstays is killed.
func (p *process) await(done <-chan struct{}, patience time.Duration, memoryLimit int64) ending {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	look := time.NewTicker(memoryInterval)
	defer look.Stop()
	for {
		select {
		case <-done:
			if p.measure(); memoryLimit < p.peak {
				p.signal()
				return endedMemory
			}
			return endedWell
		case <-p.refusal:
			return endedRefusal
		case <-p.exited:
			switch {
			case closed(done):
				return endedWell
			case closed(p.refusal):
				return endedRefusal
			}
			return endedExit
		case <-timeout.C:
			p.signal()
			return endedTimeout
		case <-look.C:
			if p.measure(); memoryLimit < p.peak {
				p.signal()
				return endedMemory
			}
		}
	}
}

func closed(signal <-chan struct{}) bool {
	select {
	case <-signal:
		return true
	default:
		return false
	}
}

// exitMessage says how the process ended, in Lambda's words.
func (p *process) exitMessage() string {
	<-p.exited
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case ok && status.Signaled():
		return "Runtime exited with error: signal: " + status.Signal().String()
	case p.cmd.ProcessState.ExitCode() != 0:
		return fmt.Sprintf("Runtime exited with error: exit status %d", p.cmd.ProcessState.ExitCode())
	default:
		return "Runtime exited without providing a reason"
	}
}

// spawner starts processes from one thread that lives as long as the gateway: a process dies with the thread that
// started it, and Go ends threads as it likes.
type spawner chan func()

func newSpawner() spawner {
	jobs := make(spawner)
	go func() {
		runtime.LockOSThread()
		for job := range jobs {
			job()
		}
		runtime.UnlockOSThread()
	}()
	return jobs
}

// run starts a command.
func (s spawner) run(cmd *exec.Cmd) error {
	failed := make(chan error)
	s <- func() { failed <- cmd.Start() }
	return <-failed
}

// startFault is why a process could not be started, in Lambda's words.
func startFault(err error) error {
	var fault *os.PathError
	if errors.As(err, &fault) {
		return fmt.Errorf("fork/exec %s%s: %w", taskRoot, entrypoint, fault.Err)
	}
	return err
}
