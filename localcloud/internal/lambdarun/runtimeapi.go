package lambdarun

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
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

// runtimeAPI is the Lambda Runtime API of one process, on an address of its own.
type runtimeAPI struct {
	listener net.Listener
	server   *http.Server
	ready    func()       // called when the runtime first asks for an event
	refused  func(answer) // called when the runtime could not initialise
	work     chan *task

	mu      sync.Mutex
	current *task
}

// serveRuntimeAPI serves it on a free port of the loopback interface.
func serveRuntimeAPI(ready func(), refused func(answer)) (*runtimeAPI, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for a function's runtime: %w", err)
	}
	a := &runtimeAPI{listener: listener, ready: sync.OnceFunc(ready), refused: refused, work: make(chan *task)}
	const base = "/2018-06-01/runtime/"
	routes := http.NewServeMux()
	routes.HandleFunc("GET "+base+"invocation/next", a.next)
	routes.HandleFunc("POST "+base+"invocation/{id}/response", a.response)
	routes.HandleFunc("POST "+base+"invocation/{id}/error", a.failure)
	routes.HandleFunc("POST "+base+"init/error", a.initFailure)
	a.server = &http.Server{Handler: routes, ReadHeaderTimeout: time.Minute}
	go a.server.Serve(listener) //nolint:errcheck // it ends when the server is closed
	return a, nil
}

func (a *runtimeAPI) address() string { return a.listener.Addr().String() }

func (a *runtimeAPI) close() {
	a.server.Close()   //nolint:errcheck,gosec // whoever is connected has ended
	a.listener.Close() //nolint:errcheck,gosec // the server may have closed it
}

// next hands the runtime its next event, when there is one.
func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	done := a.current
	if done != nil && done.result() == nil {
		a.mu.Unlock()
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the event before has not been answered")
		return
	}
	a.current = nil
	a.mu.Unlock()
	if done != nil {
		close(done.finished)
	}
	a.ready()
	select {
	case given := <-a.work:
		a.mu.Lock()
		a.current = given
		a.mu.Unlock()
		writeEvent(w, given)
	case <-r.Context().Done():
	}
}

func writeEvent(w http.ResponseWriter, t *task) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Lambda-Runtime-Aws-Request-Id", t.event.RequestID)
	header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(t.deadline.UnixMilli(), 10))
	header.Set("Lambda-Runtime-Invoked-Function-Arn", t.event.InvokedARN)
	header.Set("Lambda-Runtime-Trace-Id", t.event.TraceID)
	if t.event.ClientContext != "" {
		header.Set("Lambda-Runtime-Client-Context", t.event.ClientContext)
	}
	header.Set("Content-Length", strconv.Itoa(len(t.event.Payload)))
	w.Write(t.event.Payload) //nolint:errcheck,gosec // a runtime that has gone is noticed by its exit
}

func (a *runtimeAPI) response(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, responseLimit+1))
	if err != nil {
		refuse(w, http.StatusInternalServerError, "Runtime.TruncatedResponse", err.Error())
		return
	}
	if len(body) > responseLimit {
		message := fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", responseLimit)
		a.take(w, r, &answer{payload: faultDocument(errResponseTooLarge, message), errorType: errResponseTooLarge}, http.StatusRequestEntityTooLarge)
		return
	}
	a.take(w, r, &answer{payload: body}, http.StatusAccepted)
}

func (a *runtimeAPI) failure(w http.ResponseWriter, r *http.Request) {
	given, err := readFailure(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	a.take(w, r, &given, http.StatusAccepted)
}

// take gives the answer to the invocation that it is for.
func (a *runtimeAPI) take(w http.ResponseWriter, r *http.Request, given *answer, status int) {
	a.mu.Lock()
	current := a.current
	a.mu.Unlock()
	switch {
	case current == nil || current.event.RequestID != r.PathValue("id"):
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
	case !current.set(given):
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the event has been answered")
	case status == http.StatusRequestEntityTooLarge:
		refuse(w, status, "RequestEntityTooLarge", fmt.Sprintf("Exceeded maximum allowed payload size (%d bytes).", responseLimit))
	default:
		accept(w)
	}
}

func (a *runtimeAPI) initFailure(w http.ResponseWriter, r *http.Request) {
	given, err := readFailure(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	a.refused(given)
	accept(w)
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
