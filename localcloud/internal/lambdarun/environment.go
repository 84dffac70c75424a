package lambdarun

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// initLimit is how long an environment may take to be initialised, before it is tried once more with the event.
const initLimit = 10 * time.Second

// environment runs events of one version of a function, one after the other.
type environment struct {
	function    *Function
	diary       *diary
	spawner     spawner
	machine     string
	endpoint    string
	credentials Credentials
	temporary   string // folder, for TMPDIR
	process     atomic.Pointer[process]
	ending      atomic.Bool // it was killed from outside; what it starts now is killed, too
	broken      bool        // it can't serve another event
	stopIdle    func()      // takes back that it is recycled, while it is idle
}

// streamName names a log stream as Lambda does.
func streamName(at time.Time, version string) string {
	id := make([]byte, 16)
	rand.Read(id)
	return fmt.Sprintf("%s[%s]%s", at.UTC().Format("2006/01/02/"), version, hex.EncodeToString(id))
}

// serve hands an event to the function.
func (e *environment) serve(event *Event) *Outcome {
	e.diary.begin()
	outcome := &Outcome{Started: time.Now()}
	if e.process.Load() == nil {
		e.diary.initStart(e.function, phaseInit)
		var failed *fault
		outcome.Init, failed = e.initialise(phaseInit, initLimit)
		if failed != nil {
			outcome.Init = 0
			began := time.Now()
			if _, failed = e.initialise(phaseInvoke, e.function.Timeout); failed != nil {
				e.diary.start(e.function, event.RequestID)
				outcome.Duration = time.Since(began)
				return e.finish(event, outcome, failed)
			}
		}
	}
	e.broken = false
	e.diary.start(e.function, event.RequestID)
	began := time.Now()
	failed := e.work(event, outcome)
	outcome.Duration = time.Since(began)
	return e.finish(event, outcome, failed)
}

// initialise starts the bootstrap and waits until it asks for an event.
func (e *environment) initialise(phase initPhase, patience time.Duration) (time.Duration, *fault) {
	if phase == phaseInvoke {
		e.diary.initStart(e.function, phase)
	}
	began := time.Now()
	failed := e.start(patience)
	took := time.Since(began)
	if failed == nil {
		e.diary.initDone(phase, took, Success, "")
		return took, nil
	}
	if failed.status == TimedOut {
		e.diary.initDone(phase, took, TimedOut, "")
	} else {
		e.diary.initDone(phase, took, Fault, failed.errorType)
	}
	return took, failed
}

func (e *environment) start(patience time.Duration) *fault {
	if err := checkEntrypoint(e.function, e.machine); err != nil {
		return &fault{status: Fault, errorType: errInvalidEntrypoint, message: err.Error()}
	}
	environ := func(api string) []string {
		return e.function.variables(e.endpoint, api, e.diary.stream.Name, e.temporary, e.credentials)
	}
	started, err := startProcess(e.spawner, e.function.Root, environ, e.diary.application)
	if err != nil {
		return &fault{status: Fault, errorType: errInvalidEntrypoint, message: startFault(err).Error()}
	}
	e.process.Store(started)
	if e.ending.Load() {
		started.signal()
	}
	how := started.await(started.ready, patience, e.memoryLimit())
	if how == endedWell {
		started.output.drain() // what it printed while it started comes before its first event in the log
		return nil
	}
	failed := e.broke(how)
	if how == endedRefusal {
		failed = &fault{status: Fault, errorType: started.refusedWith.errorType, document: started.refusedWith.payload}
	}
	started.end()
	e.process.Store(nil)
	return failed
}

func (e *environment) memoryLimit() int64 { return int64(e.function.MemoryMB) << 20 }

// work gives the process an event and waits for the answer.
func (e *environment) work(event *Event, outcome *Outcome) *fault {
	process := e.process.Load()
	given := newTask(event, e.function.Timeout)
	how := endedExit
	select {
	case process.api.work <- given:
		how = process.await(given.finished, e.function.Timeout, e.memoryLimit())
	case <-process.exited:
	}
	answered := given.result()
	if how == endedWell || how == endedExit && answered != nil {
		e.broken = how == endedExit
		outcome.Payload, outcome.ErrorType, outcome.Status = answered.payload, answered.errorType, Success
		if answered.errorType != "" {
			outcome.Status = Failure
		}
		return nil
	}
	return e.broke(how)
}

// finish completes the outcome and the log.
func (e *environment) finish(event *Event, outcome *Outcome, failed *fault) *Outcome {
	if running := e.process.Load(); running != nil {
		running.output.drain()
		outcome.MaxMemoryMB = megabytes(running.peak)
	}
	if failed != nil {
		e.broken = true
		outcome.Status, outcome.ErrorType, outcome.Payload = failed.status, failed.errorType, failed.document
		if failed.message != "" {
			outcome.Payload = e.complain(event, failed)
		}
	}
	e.diary.finish(e.function, event.RequestID, outcome)
	outcome.Log = e.diary.end()
	return outcome
}

// kill ends its process, so that whoever waits for that is told.
func (e *environment) kill() {
	e.ending.Store(true)
	if running := e.process.Load(); running != nil {
		running.signal()
	}
}

// close ends the process and takes its folder away.
func (e *environment) close() error {
	if running := e.process.Swap(nil); running != nil {
		running.end()
	}
	if err := os.RemoveAll(e.temporary); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing the temporary folder of an environment: %w", err)
	}
	return nil
}
