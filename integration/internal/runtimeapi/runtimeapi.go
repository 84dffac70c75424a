// Package runtimeapi runs a function's executable as Lambda does: a process of its own that asks the Lambda Runtime API
// for an event and answers it there.
package runtimeapi

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"time"
)

// Function is one deployed function.
type Function struct {
	Executable  string
	ARN         string
	Environment map[string]string // all that the process gets
	Timeout     time.Duration
}

// Event is one event for a function.
type Event struct {
	RequestID string // Lambda's retries of an event keep it
	Payload   []byte
}

// Answer is what a function made of an event.
type Answer struct {
	Payload string // what it returned
	Fault   string // JSON of its error; empty where it succeeded
	Output  string // everything that it wrote to standard output and standard error
}

// Invoke starts the function for one event and ends it when it has answered. An error means that there is no answer: the
// function could not be started, ended by itself, or the context was over first.
func (f Function) Invoke(ctx context.Context, event Event) (Answer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return Answer{}, fmt.Errorf("opening the Runtime API: %w", err)
	}
	api := &api{function: f, event: event, answers: make(chan Answer, 1)}
	server := &http.Server{Handler: api.routes(), ReadHeaderTimeout: time.Minute}
	go server.Serve(listener) //nolint:errcheck // it ends when the server is closed
	defer server.Close()      //nolint:errcheck // there is nothing left to answer
	ctx, end := context.WithCancel(ctx)
	defer end()

	var output bytes.Buffer
	process := exec.CommandContext(ctx, f.Executable)
	process.Stdout, process.Stderr = &output, &output
	process.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String()}
	for name, value := range f.Environment {
		process.Env = append(process.Env, name+"="+value)
	}
	if err := process.Start(); err != nil {
		return Answer{}, fmt.Errorf("starting the function: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = process.Wait() // its state tells how it ended
	}()
	select {
	case answer := <-api.answers:
		end()
		<-ended // by the end of the process all of its output is here
		answer.Output = output.String()
		return answer, nil
	case <-ended:
		return Answer{}, fmt.Errorf("the function ended before it answered: %s\n%s", process.ProcessState, output.String())
	}
}
