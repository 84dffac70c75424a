package live_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const functionARN = "arn:aws:lambda:us-east-1:123456789012:function:monitor-live-"

// output is what a process writes, safe to read while it does.
type output struct {
	mu      sync.Mutex
	content bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.content.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.content.String()
}

// program is a function's program that runs under a Runtime API.
type program struct {
	process *exec.Cmd
	said    *output
	events  chan []byte
	answers chan answer
}

// answer is what a function made of an event.
type answer struct {
	failed bool
	body   string
}

// start starts the program of a function, as Lambda does.
func start(name string, environment ...string) *program {
	f := &program{said: &output{}, events: make(chan []byte), answers: make(chan answer)}
	number := 0
	over := make(chan struct{})
	api := http.NewServeMux()
	api.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case event := <-f.events:
			number++
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("request-%d", number))
			w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", functionARN+name)
			_, _ = w.Write(event)
		case <-over:
		case <-r.Context().Done():
		}
	})
	finish := func(failed bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(http.StatusAccepted)
			f.answers <- answer{failed: failed, body: string(body)}
		}
	}
	api.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", finish(false))
	api.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", finish(true))
	server := httptest.NewServer(api)
	DeferCleanup(server.Close)
	DeferCleanup(func() { close(over) })

	process := command(name, f.said, append(environment, "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(server.URL, "http://"))...)
	f.process = process
	Expect(process.Start()).To(Succeed())
	DeferCleanup(func() {
		_ = process.Process.Kill()
		_ = process.Wait()
	})
	return f
}

func command(name string, said io.Writer, environment ...string) *exec.Cmd {
	process := exec.Command(filepath.Join(bootstraps, name))
	process.Env = append([]string{"AWS_LAMBDA_FUNCTION_NAME=monitor-live-" + name, "AWS_LAMBDA_LOG_FORMAT=JSON"}, environment...)
	process.Stdout, process.Stderr = said, said
	return process
}

// invoke hands an event to the function and waits for its answer.
func (f *program) invoke(event []byte) answer {
	GinkgoHelper()
	Eventually(f.events, "30s").Should(BeSent(event), "the function does not take an event: %s", f.said)
	var got answer
	Eventually(f.answers, "60s").Should(Receive(&got), "the function does not answer: %s", f.said)
	return got
}
