package aggregator

import "runtime/debug"

// memoryLimit is the memory of Go's run time, in bytes, above which the garbage collector works more rather than later.
// What is in use at a time is less, however many results there are, and so is what a process has resident beside it.
const memoryLimit = 14 << 20

// LimitMemory makes the process collect garbage before it takes more memory than it needs.
func LimitMemory() { debug.SetMemoryLimit(memoryLimit) }
