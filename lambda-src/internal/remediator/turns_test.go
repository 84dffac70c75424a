package remediator_test

import "pgregory.net/rapid"

// turns lets several invocations run at once, one call at a time, in an order that a property test draws. So every order
// can come about, and a failing one is found again.
type turns struct {
	asking  chan chan struct{}
	running int
}

// run runs all invocations to their ends.
func (o *turns) run(t *rapid.T, w *world, invocations ...func()) {
	o.asking, o.running = make(chan chan struct{}), len(invocations)
	ended := make(chan struct{})
	w.turn = func() {
		mine := make(chan struct{})
		o.asking <- mine
		<-mine
	}
	for _, invocation := range invocations {
		go func() {
			defer func() { ended <- struct{}{} }()
			invocation()
		}()
	}
	var waiting []chan struct{}
	for o.running > 0 {
		for len(waiting) < o.running {
			select {
			case asks := <-o.asking:
				waiting = append(waiting, asks)
			case <-ended:
				o.running--
			}
		}
		if o.running == 0 {
			break
		}
		next := rapid.IntRange(0, len(waiting)-1).Draw(t, "next")
		close(waiting[next])
		waiting = append(waiting[:next], waiting[next+1:]...)
	}
	w.turn = nil
}
