package runtimeapi

import (
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// api is the Lambda Runtime API for one event.
type api struct {
	function Function
	event    Event
	handed   atomic.Bool // whether the function has the event
	answers  chan Answer
}

func (a *api) routes() http.Handler {
	const version = "/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+version+"invocation/next", a.next)
	payload := func(body string) Answer { return Answer{Payload: body} }
	fault := func(body string) Answer { return Answer{Fault: body} }
	mux.HandleFunc("POST "+version+"invocation/{id}/response", a.take(payload))
	mux.HandleFunc("POST "+version+"invocation/{id}/error", a.take(fault))
	mux.HandleFunc("POST "+version+"init/error", a.take(fault))
	return mux
}

// next hands out the event; whoever asks again waits for as long as the function lives.
func (a *api) next(w http.ResponseWriter, r *http.Request) {
	if a.handed.Swap(true) {
		<-r.Context().Done()
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Lambda-Runtime-Aws-Request-Id", a.event.RequestID)
	header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(a.function.Timeout).UnixMilli(), 10))
	header.Set("Lambda-Runtime-Invoked-Function-Arn", a.function.ARN)
	_, _ = w.Write(a.event.Payload) // a function that has gone is noticed by the end of its process
}

// take makes an answer of a request's body.
func (a *api) take(answer func(body string) Answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		select {
		case a.answers <- answer(string(body)):
		default: // one answer is enough
		}
	}
}
