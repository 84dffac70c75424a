package commands_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// patience is how long one run of the command may take: a foundation takes 40 s alone.
const patience = 4 * time.Minute

// command is one way to call the operator's command: in a checkout, with an environment.
type command struct {
	checkout
	env   map[string]string
	stdin string
}

// with is the command with one more variable in its environment.
func (c command) with(name, value string) command {
	env := map[string]string{}
	maps.Copy(env, c.env)
	env[name] = value
	c.env = env
	return c
}

// without is the command without a variable of its environment.
func (c command) without(name string) command {
	c.env = maps.Clone(c.env)
	delete(c.env, name)
	return c
}

// answering is the command with somebody who types.
func (c command) answering(text string) command {
	c.stdin = text
	return c
}

// environment is the process's own, without what would decide where a deployment goes.
func (c command) environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		_, ours := c.env[name]
		return ours || name == "STACK" || strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "PULUMI_") ||
			strings.HasPrefix(name, "COMPLIANCE_LOCAL")
	})
	for name, value := range c.env {
		env = append(env, name+"="+value)
	}
	return env
}

// result is how a run ended.
type result struct {
	Code        int
	Out, ErrOut string
}

// session is a run that goes on.
type session struct {
	process     *exec.Cmd
	out, errOut *text
	ended       chan struct{}
}

// start starts the command in a process group of its own, as a shell does.
func (c command) start(args ...string) *session {
	GinkgoHelper()
	s := &session{
		process: exec.Command(binary, append(args, "--root", c.root)...),
		out:     &text{}, errOut: &text{}, ended: make(chan struct{}),
	}
	s.process.Env = c.environment()
	s.process.Stdin = strings.NewReader(c.stdin)
	s.process.Stdout = io.MultiWriter(s.out, GinkgoWriter)
	s.process.Stderr = io.MultiWriter(s.errOut, GinkgoWriter)
	s.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	Expect(s.process.Start()).To(Succeed())
	go func() {
		defer close(s.ended)
		_ = s.process.Wait()
	}()
	DeferCleanup(func() {
		s.signal(syscall.SIGKILL)
		<-s.ended
	})
	return s
}

// signal sends a signal to the whole process group, as a terminal does; a group that has ended is no error.
func (s *session) signal(signal syscall.Signal) {
	GinkgoHelper()
	if err := syscall.Kill(-s.process.Process.Pid, signal); !errors.Is(err, syscall.ESRCH) {
		Expect(err).NotTo(HaveOccurred())
	}
}

// end waits for the run to end.
func (s *session) end() result {
	GinkgoHelper()
	Eventually(s.ended).WithTimeout(patience).Should(BeClosed())
	return result{Code: s.process.ProcessState.ExitCode(), Out: s.out.String(), ErrOut: s.errOut.String()}
}

// run runs the command to its end.
func (c command) run(args ...string) result {
	GinkgoHelper()
	return c.start(args...).end()
}

// succeed runs the command, which must succeed.
func (c command) succeed(args ...string) result {
	GinkgoHelper()
	r := c.run(args...)
	Expect(r.Code).To(BeZero(), r.ErrOut)
	return r
}

// traces are what a program's innards look like.
var traces = regexp.MustCompile(`goroutine \d|panic:|\.go:\d+|runtime error|SIGSEGV`)

// fail runs the command, which must fail with one error that holds each of the texts once.
func (c command) fail(args []string, texts ...string) result {
	GinkgoHelper()
	r := c.run(args...)
	Expect(r).To(failWith(1, texts...))
	return r
}

// failWith matches a run that ended with the code and one error, without a trace, that holds each of the texts once.
func failWith(code int, texts ...string) OmegaMatcher {
	matchers := []OmegaMatcher{
		HaveField("Code", code),
		HaveField("ErrOut", WithTransform(func(text string) int { return strings.Count(text, "error: ") }, Equal(1))),
		HaveField("ErrOut", Not(MatchRegexp(traces.String()))),
	}
	for _, text := range texts {
		matchers = append(matchers, WithTransform(func(r result) int { return strings.Count(theError(r), text) },
			Equal(1)))
	}
	return And(matchers...)
}

// theError is what a run said last.
func theError(r result) string {
	_, text, _ := strings.Cut(r.ErrOut, "\nerror: ")
	return text
}

// text is what a running process has written so far.
type text struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

// Write implements [io.Writer].
func (t *text) Write(p []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.buffer.Write(p)
}

// String implements [fmt.Stringer].
func (t *text) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.buffer.String()
}
