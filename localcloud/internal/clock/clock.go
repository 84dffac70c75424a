// Package clock is the time of a local cloud: it runs as time does, and can be moved ahead, so that what AWS does in
// hours can be seen in a moment.
package clock

import (
	"container/heap"
	"sync"
	"time"
)

// Clock tells the local cloud's time. The zero Clock is not ready for use.
type Clock struct {
	real func() time.Time

	mu      sync.Mutex
	ahead   time.Duration
	waiting timers
	wake    *time.Timer
	running int       // of what fell due by itself, what has not returned yet
	idle    sync.Cond // signalled when none is left
}

// New is a clock that runs with the machine's.
func New() *Clock {
	return with(time.Now)
}

// with is a clock that runs with another one.
func with(real func() time.Time) *Clock {
	c := &Clock{real: real}
	c.idle.L = &c.mu
	return c
}

// Now is the local cloud's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time { return c.real().Add(c.ahead) }

// Advance moves the time ahead, and runs what falls due on the way, in its order and each at its own time: to what
// runs, Now is the time that it was due. It returns when all of it has returned, and what fell due before it was
// called; so what runs must not call it. A length that is not positive moves nothing.
func (c *Clock) Advance(length time.Duration) {
	c.mu.Lock()
	until := c.now().Add(length)
	c.mu.Unlock()
	for {
		c.mu.Lock()
		if length <= 0 {
			c.mu.Unlock()
			return
		}
		for c.running > 0 {
			c.idle.Wait()
		}
		if len(c.waiting) == 0 || c.waiting[0].due.After(until) {
			c.ahead = max(c.ahead, until.Sub(c.real()))
			c.schedule()
			c.mu.Unlock()
			return
		}
		next := heap.Pop(&c.waiting).(*timer)
		c.ahead = max(c.ahead, next.due.Sub(c.real()))
		c.mu.Unlock()
		next.run()
	}
}

// After runs a function, in a goroutine of its own unless Advance does, when the given time has passed on this clock.
// Stop takes it back, unless it has begun.
func (c *Clock) After(length time.Duration, run func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	added := &timer{due: c.now().Add(length), run: run}
	heap.Push(&c.waiting, added)
	c.schedule()
	return func() { c.remove(added) }
}

func (c *Clock) remove(gone *timer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gone.index >= 0 {
		heap.Remove(&c.waiting, gone.index)
		c.schedule()
	}
}

// schedule makes the machine's clock wake this one when the next timer is due.
func (c *Clock) schedule() {
	if c.wake != nil {
		c.wake.Stop()
	}
	if len(c.waiting) > 0 {
		c.wake = time.AfterFunc(c.waiting[0].due.Sub(c.now()), c.fire)
	}
}

// fire runs what is due by now.
func (c *Clock) fire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.waiting) > 0 && !c.waiting[0].due.After(c.now()) {
		c.running++
		go c.finish(heap.Pop(&c.waiting).(*timer).run)
	}
	c.schedule()
}

// finish runs something to its end, and counts it out.
func (c *Clock) finish(run func()) {
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.running--; c.running == 0 {
			c.idle.Broadcast()
		}
	}()
	run()
}
