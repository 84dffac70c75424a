package functions

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Subject is one program that is measured: how it is started, and where.
type Subject struct {
	Name    string
	Command []string
	Folder  string
	Env     []string
}

// process is a subject that runs under a Runtime API of its own.
type process struct {
	command *exec.Cmd
	server  *http.Server
	began   time.Time
	ready   chan time.Time // when it first asked for an event
	events  chan event
	answers chan answer
	ended   chan struct{}
	output  *tail
}

type event struct {
	id      string
	payload []byte
}

type answer struct {
	at     time.Time
	failed bool
	body   string
}

// start starts the subject, as Lambda does.
func (s Subject) start(ctx context.Context) (*process, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening the Runtime API: %w", err)
	}
	p := &process{
		ready: make(chan time.Time, 1), events: make(chan event), answers: make(chan answer, 1), ended: make(chan struct{}),
		output: &tail{},
	}
	p.server = &http.Server{Handler: p.routes(), ReadHeaderTimeout: time.Minute}
	go p.server.Serve(listener) //nolint:errcheck // it serves until it is closed
	p.command = exec.CommandContext(ctx, s.Command[0], s.Command[1:]...)
	p.command.Dir = s.Folder
	p.command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String()}, s.Env...)
	p.command.Stdout, p.command.Stderr = p.output, p.output
	p.began = time.Now()
	if err := p.command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", s.Name, err), p.server.Close())
	}
	go func() {
		_ = p.command.Wait() // its state tells how it ended
		close(p.ended)
	}()
	return p, nil
}

func (p *process) routes() http.Handler {
	const version = "/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+version+"invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case p.ready <- time.Now():
		default:
		}
		select {
		case next := <-p.events:
			header := w.Header()
			header.Set("Content-Type", "application/json")
			header.Set("Lambda-Runtime-Aws-Request-Id", next.id)
			header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(15*time.Minute).UnixMilli(), 10))
			header.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:"+region+":"+account+":function:"+prefix)
			_, _ = w.Write(next.payload)
		case <-r.Context().Done():
		}
	})
	finish := func(failed bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			at := time.Now()
			w.WriteHeader(http.StatusAccepted)
			p.answers <- answer{at: at, failed: failed, body: string(body)}
		}
	}
	mux.HandleFunc("POST "+version+"invocation/{id}/response", finish(false))
	mux.HandleFunc("POST "+version+"invocation/{id}/error", finish(true))
	mux.HandleFunc("POST "+version+"init/error", finish(true))
	return mux
}

// patience is how long a subject may take for an event.
const patience = 10 * time.Minute

// handle hands over an event, and returns when its answer came.
func (p *process) handle(next event) (time.Time, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case p.events <- next:
	case failure := <-p.answers:
		return time.Time{}, fmt.Errorf("the function failed to start: %s\n%s", failure.body, p.output)
	case <-p.ended:
		return time.Time{}, fmt.Errorf("the function ended: %s\n%s", p.command.ProcessState, p.output)
	case <-timer.C:
		return time.Time{}, fmt.Errorf("the function does not ask for an event:\n%s", p.output)
	}
	select {
	case got := <-p.answers:
		if got.failed {
			return got.at, fmt.Errorf("the function failed: %s\n%s", got.body, p.output)
		}
		return got.at, nil
	case <-p.ended:
		return time.Time{}, fmt.Errorf("the function ended: %s\n%s", p.command.ProcessState, p.output)
	case <-timer.C:
		return time.Time{}, fmt.Errorf("the function does not answer:\n%s", p.output)
	}
}

// cpu is how much processor time the process has had, to the nanosecond: Linux has a clock of each process's.
func (p *process) cpu() (time.Duration, error) {
	const scheduler = 2 // CPUCLOCK_SCHED
	var spent unix.Timespec
	if err := unix.ClockGettime(int32(^p.command.Process.Pid<<3|scheduler), &spent); err != nil { //nolint:gosec // a pid fits
		return 0, fmt.Errorf("reading processor time: %w", err)
	}
	return time.Duration(spent.Nano()), nil
}

// resident is how much memory the process holds, in bytes.
func (p *process) resident() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("reading memory: %w", err)
	}
	return parseResident(string(text))
}

func parseResident(status string) (int, error) {
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("reading memory: there is no VmRSS")
}

// stop ends the process.
func (p *process) stop() {
	_ = p.command.Process.Kill()
	<-p.ended
	_ = p.server.Close()
}

// tail keeps the last of what a process says.
type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

const keptOutput = 16 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.text.Len() > keptOutput {
		t.text.Reset()
	}
	return t.text.Write(p)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}
