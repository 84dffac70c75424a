package localcloud

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// wrapper is the Python program that serves moto; it dies with its standard input.
//
//go:embed wrapper.py
var wrapper string

// motoGrace is how long moto may take to leave after its standard input was closed.
const motoGrace = 3 * time.Second

// moto is a running moto process.
type moto struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	ready  motoReady
	exited chan struct{} // closed when the process is gone and has been waited for
}

// motoReady is what the wrapper says when moto accepts connections, or can't.
type motoReady struct {
	Port         int    `json:"port"`
	Version      string `json:"version"`
	ManagedRules string `json:"managedRules"` // path of moto's list of AWS managed rules
	Error        string `json:"error"`
}

// startMoto starts moto on a free port under the given interpreter, with its log in the file at logPath,
// and returns when it accepts connections.
func startMoto(ctx context.Context, python, logPath string) (*moto, error) {
	m, stdout, err := launchMoto(python, logPath)
	if err != nil {
		return nil, err
	}
	heard := make(chan error, 1)
	go func() { heard <- m.listen(stdout) }()
	select {
	case err = <-heard:
	case <-ctx.Done():
		err = fmt.Errorf("waiting for moto to start: %w", ctx.Err())
	}
	if err != nil {
		m.kill()
		return nil, errors.Join(err, logTail(logPath))
	}
	return m, nil
}

// launchMoto starts the process and returns it with its standard output.
func launchMoto(python, logPath string) (*moto, io.Reader, error) {
	interpreter, err := exec.LookPath(python)
	if err != nil {
		return nil, nil, fmt.Errorf("finding the Python interpreter %q: %w; install Python 3 or name another one", python, err)
	}
	log, err := os.Create(logPath)
	if err != nil {
		return nil, nil, fmt.Errorf("creating moto's log: %w", err)
	}
	defer log.Close() //nolint:errcheck // the child has its own handle, nothing was written through this one
	cmd := exec.Command(interpreter, "-c", wrapper)
	cmd.Env = motoEnvironment(os.Environ())
	cmd.Stderr = log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, fmt.Errorf("opening moto's standard input: %w", err)
	}
	// An os.Pipe of our own, and not StdoutPipe, so that waiting for the process never closes what is being read.
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("opening moto's standard output: %w", err)
	}
	cmd.Stdout = writer
	detachFromTerminal(cmd)
	err = cmd.Start()
	writer.Close() //nolint:errcheck,gosec // the child's copy stays open
	if err != nil {
		reader.Close() //nolint:errcheck,gosec // nothing was read
		return nil, nil, fmt.Errorf("starting moto with %s: %w", interpreter, err)
	}
	m := &moto{cmd: cmd, stdin: stdin, exited: make(chan struct{})}
	go func() {
		cmd.Wait() //nolint:errcheck,gosec // how moto ended is in its log; that it ended is what counts
		close(m.exited)
	}()
	return m, reader, nil
}

// listen reads the wrapper's one line.
func (m *moto) listen(stdout io.Reader) error {
	if closer, ok := stdout.(io.Closer); ok {
		defer closer.Close() //nolint:errcheck // read only
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		return errors.New("starting moto: it ended before it accepted connections")
	}
	if err := json.Unmarshal(line, &m.ready); err != nil {
		return fmt.Errorf("reading what moto's wrapper said (%q): %w", line, err)
	}
	if m.ready.Error != "" {
		return fmt.Errorf("importing moto with %s: %s; install it with: %s -m pip install 'moto[server]==5.2.1'",
			m.cmd.Path, m.ready.Error, m.cmd.Path)
	}
	return nil
}

// url is where moto listens.
func (m *moto) url() *url.URL {
	return &url.URL{Scheme: "http", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(m.ready.Port))}
}

// stop ends the process and returns when it is gone.
func (m *moto) stop() {
	m.stdin.Close() //nolint:errcheck,gosec // closing is the signal; the process may have gone already
	select {
	case <-m.exited:
	case <-time.After(motoGrace):
		m.kill()
	}
}

// kill ends the process at once and returns when it is gone.
func (m *moto) kill() {
	m.cmd.Process.Kill() //nolint:errcheck,gosec // it may have left this very moment
	<-m.exited
}

// motoEnvironment is the environment for moto: ours, without what would send its own calls elsewhere, and with
// the managed policies of IAM, which roles attach.
func motoEnvironment(environment []string) []string {
	kept := make([]string, 0, len(environment)+2)
	for _, entry := range environment {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "AWS_ENDPOINT_URL") || strings.HasPrefix(name, "MOTO_") ||
			strings.EqualFold(name, "http_proxy") || strings.EqualFold(name, "https_proxy") {
			continue
		}
		kept = append(kept, entry)
	}
	return append(kept, "PYTHONUNBUFFERED=1", "MOTO_IAM_LOAD_MANAGED_POLICIES=true", "MOTO_DISABLE_GLOBAL_CORS=true")
}
