package lambdarun

import (
	"errors"
	"sync"
)

// Errors of [Runner.Invoke]: the function was not run.
var (
	ErrReserved   = errors.New("the concurrency that is reserved for the function is used up")
	ErrConcurrent = errors.New("the concurrency of the account is used up")
	ErrClosed     = errors.New("localcloud is ending")
)

// places are how many events may be worked on at a time.
type places struct {
	limit        int // of all
	patientLimit int // of those that wait, so that a burst of events does not start a process for each

	mu         sync.Mutex
	freed      sync.Cond
	closed     bool
	busy       int
	patient    int
	byFunction map[string]int // by the function's ARN
}

func newPlaces(limit, patientLimit int) *places {
	p := &places{limit: limit, patientLimit: patientLimit, byFunction: map[string]int{}}
	p.freed.L = &p.mu
	return p
}

// take takes a place; the patient wait for one, but not for what is reserved.
func (p *places) take(f *Function, patient bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.closed:
			return p.leave(ErrClosed)
		case f.Reserved != nil && p.byFunction[f.ARN] >= *f.Reserved:
			return p.leave(ErrReserved)
		case p.busy < p.limit && (!patient || p.patient < p.patientLimit):
			p.busy++
			p.byFunction[f.ARN]++
			if patient {
				p.patient++
			}
			return nil
		case !patient:
			return ErrConcurrent
		}
		p.freed.Wait()
	}
}

// leave passes on to the next what woke somebody who does not need it.
func (p *places) leave(reason error) error {
	p.freed.Signal()
	return reason
}

// give gives a place back.
func (p *places) give(f *Function, patient bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy--
	if p.byFunction[f.ARN]--; p.byFunction[f.ARN] == 0 {
		delete(p.byFunction, f.ARN)
	}
	if patient {
		p.patient--
	}
	if p.closed {
		p.freed.Broadcast()
	} else {
		p.freed.Signal()
	}
}

// close refuses everybody from now on, and returns when no place is taken.
func (p *places) close(end func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.freed.Broadcast()
	for p.busy > 0 {
		end()
		p.freed.Wait()
	}
}
