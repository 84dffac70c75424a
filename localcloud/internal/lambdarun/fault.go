package lambdarun

import (
	"fmt"
	"time"
)

// fault is why an event could not be handled.
type fault struct {
	status    Status
	errorType string
	message   string // without the request; empty where the runtime has written the whole document
	document  []byte
}

// broke says what an event is answered with whose process has ended, or been ended.
func (e *environment) broke(how ending) *fault {
	e.broken = true
	process := e.process.Load()
	switch how {
	case endedTimeout:
		return &fault{
			status: TimedOut, errorType: errTimedOut,
			message: fmt.Sprintf("Task timed out after %.2f seconds", e.function.Timeout.Seconds()),
		}
	case endedMemory:
		return &fault{status: Fault, errorType: errOutOfMemory, message: process.exitMessage()}
	default:
		process.signal()
		return &fault{status: Fault, errorType: errExit, message: process.exitMessage()}
	}
}

// complain logs Lambda's own complaint, and gives the document that the caller gets. A function that ran out of memory
// was killed, and that is all that its caller is told.
func (e *environment) complain(event *Event, failed *fault) []byte {
	answered := failed.errorType
	if answered == errOutOfMemory {
		answered = errExit
	}
	message := "RequestId: " + event.RequestID + " Error: " + failed.message
	switch {
	case e.diary.logging.Format == FormatJSON: // the events tell
	case failed.status == TimedOut:
		e.diary.write(time.Now().UTC().Format("2006-01-02T15:04:05.000Z") + " " + event.RequestID + " " + failed.message)
	default:
		e.diary.write(message)
		e.diary.write(answered)
	}
	return faultDocument(answered, message)
}
