package localcloud

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
)

// requestLogger writes a line for each request, so that people can see what happened.
type requestLogger struct {
	mutex sync.Mutex
	file  *os.File
}

// entry is one request that was answered.
type entry struct {
	start   time.Time
	took    time.Duration
	request *http.Request
	info    awsreq.Info
	status  int
}

// newRequestLogger starts a log anew.
func newRequestLogger(path string) (*requestLogger, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("creating the request log: %w", err)
	}
	return &requestLogger{file: file}, nil
}

// write adds a line: time, method, service, operation, status, milliseconds, path. A line that can't be written is
// lost, and the request is not.
func (l *requestLogger) write(e entry) {
	operation := e.info.Operation
	if operation == "" {
		operation = "-"
	}
	line := fmt.Sprintf("%s %-6s %-10s %-36s %d %7.1fms %s\n", e.start.UTC().Format("2006-01-02T15:04:05.000Z"),
		e.request.Method, e.info.Service, operation, e.status, float64(e.took.Microseconds())/1000, e.request.URL.RequestURI())
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.file.WriteString(line) //nolint:errcheck,gosec // see above
}

func (l *requestLogger) close() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("closing the request log: %w", err)
	}
	return nil
}

// statusRecorder notes the status of an answer on its way out.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements [http.ResponseWriter].
func (s *statusRecorder) WriteHeader(status int) {
	if status >= http.StatusOK { // 1xx come before the answer
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

// Hijack implements [http.Hijacker]: no answer has no status.
func (s *statusRecorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	s.status = 0
	return http.NewResponseController(s.ResponseWriter).Hijack()
}

// Unwrap lets [http.ResponseController] reach what is below.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }
