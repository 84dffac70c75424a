package aggregator

import (
	"runtime"
	"runtime/debug"
)

// memoryLimit is the memory of Go's run time, in bytes, above which the garbage collector works more rather than later.
// What is in use at a time is less, however many results there are, and so is what a process has resident beside it.
const memoryLimit = 14 << 20

// Limit makes the process collect garbage before it takes more memory than it needs, and run on one processor: up to
// 1,769 MB of memory Lambda gives no more than one, and work that is handed to a second one costs time on both.
func Limit() {
	debug.SetMemoryLimit(memoryLimit)
	runtime.GOMAXPROCS(1)
}
