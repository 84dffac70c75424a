package lambdarun

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// responseLimit is how many bytes a function may answer with.
const responseLimit = 6<<20 + 100

// task is an invocation that a process works on.
type task struct {
	event    *Event
	deadline time.Time
	finished chan struct{} // closed when the runtime has answered and asks for the next event

	mu     sync.Mutex
	answer *answer
}

// answer is what a runtime answers an event with.
type answer struct {
	payload   []byte
	errorType string // empty for a response
}

func newTask(event *Event, timeout time.Duration) *task {
	return &task{event: event, deadline: time.Now().Add(timeout), finished: make(chan struct{})}
}

// result is the answer, or nil where there is none.
func (t *task) result() *answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.answer
}

// set takes the first answer; another one is refused.
func (t *task) set(given *answer) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.answer != nil {
		return false
	}
	t.answer = given
	return true
}

// readFailure reads an error that a runtime reports. Its type is in a header, or else in the error itself.
func readFailure(r *http.Request) (answer, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, responseLimit+1))
	if err != nil {
		return answer{}, err
	}
	if len(body) > responseLimit {
		return answer{}, errors.New("the error is too large")
	}
	given := answer{payload: body, errorType: r.Header.Get("Lambda-Runtime-Function-Error-Type")}
	var document struct{ ErrorType string }
	if given.errorType == "" && json.Unmarshal(body, &document) == nil {
		given.errorType = document.ErrorType
	}
	if given.errorType == "" {
		given.errorType = "Runtime.Unknown"
	}
	return given, nil
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	io.WriteString(w, `{"status":"OK"}`+"\n") //nolint:errcheck,gosec // a runtime that has gone is noticed by its exit
}

func refuse(w http.ResponseWriter, status int, errorType, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(faultDocument(errorType, message)) //nolint:errcheck,gosec // a runtime that has gone is noticed by its exit
}

// faultDocument is an error as Lambda writes it.
func faultDocument(errorType, message string) []byte {
	//nolint:errchkjson // strings marshal
	document, _ := json.Marshal(struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{errorType, message})
	return document
}
