package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// engineGrace is how long an interrupted engine may take to end what is under way before it is killed. The provider
// waits up to 40 s for a queue or a lifecycle configuration, and does not hear the interruption meanwhile.
const engineGrace = 2 * time.Minute

// engine runs the Pulumi CLI in a process group of its own. A Ctrl-C in a terminal goes to every process of the group in
// the foreground, and Pulumi takes a second signal as "end at once, and forget what is under way": it must get ours only.
type engine struct {
	auto.PulumiCommand // knows the CLI's version
	binary             string
	grace              time.Duration
}

// newEngine finds the Pulumi CLI below the root, or on PATH where there is none.
func newEngine(root string) (*engine, error) {
	binary := filepath.Join(root, "bin", "pulumi")
	if root == "" {
		found, err := exec.LookPath("pulumi")
		if err != nil {
			return nil, fmt.Errorf("finding the Pulumi CLI: %w; install it with 'go tool task toolchain'", err)
		}
		binary = found
	}
	command, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: root, SkipVersionCheck: true})
	if err != nil {
		return nil, fmt.Errorf("starting the Pulumi CLI: %w; install it with 'go tool task toolchain'", err)
	}
	return &engine{PulumiCommand: command, binary: binary, grace: engineGrace}, nil
}

// Run implements [auto.PulumiCommand]. When the context ends, the CLI is interrupted once, and killed where it has not
// ended within the grace.
func (e *engine) Run(
	ctx context.Context, dir string, in io.Reader, outs, errs []io.Writer, env []string, args ...string,
) (stdout, stderr string, code int, err error) {
	var outText, errText bytes.Buffer
	cmd := exec.CommandContext(ctx, e.binary, append([]string{"--non-interactive"}, args...)...)
	cmd.Dir, cmd.Stdin = dir, in
	cmd.Env = append(append(os.Environ(), env...), "PULUMI_AUTOMATION_API=true")
	cmd.Stdout = io.MultiWriter(append(outs, &outText)...)
	cmd.Stderr = io.MultiWriter(append(errs, &errText)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = e.grace
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit):
		code = exit.ExitCode()
	default:
		code = -1
	}
	return outText.String(), errText.String(), code, err
}
