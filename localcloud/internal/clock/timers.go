package clock

import "time"

// timer is something to run at a time.
type timer struct {
	due   time.Time
	run   func()
	index int // in the heap, or -1 when it is not in it
}

// timers is a heap of timers, the next one first.
type timers []*timer

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].due.Before(t[j].due) }

func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].index, t[j].index = i, j
}

// Push implements [container/heap.Interface].
func (t *timers) Push(added any) {
	timer := added.(*timer)
	timer.index = len(*t)
	*t = append(*t, timer)
}

// Pop implements [container/heap.Interface].
func (t *timers) Pop() any {
	last := len(*t) - 1
	gone := (*t)[last]
	gone.index = -1
	(*t)[last] = nil
	*t = (*t)[:last]
	return gone
}
