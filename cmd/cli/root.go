// Package cli is the operator's command line.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
)

// Exit codes.
const (
	exitFailed      = 1
	exitInterrupted = 130
)

// options are the flags that every command has.
type options struct {
	stack   string
	root    string
	address string
	in      io.Reader
}

// Main runs the command line and returns the process's exit code.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the process at once
	}()
	command := newRoot(in)
	command.SetArgs(args)
	command.SetIn(in)
	command.SetOut(out)
	command.SetErr(errOut)
	err := command.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var interrupted *deploy.InterruptedError
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = errors.New("interrupted; what was done is kept: run the same command again to go on")
	}
	_, _ = fmt.Fprintf(errOut, "\nerror: %v\n", err)
	if errors.As(err, &interrupted) || ctx.Err() != nil {
		return exitInterrupted
	}
	return exitFailed
}

func newRoot(in io.Reader) *cobra.Command {
	o := &options{in: in}
	root := &cobra.Command{
		Use:   "compliance",
		Short: "Deploy and operate the compliance monitor",
		Long: "Deploys and operates the compliance monitor: four layers in AWS, or on a local AWS (stack local).\n" +
			"Layers, in the order in which they are deployed: foundation, config-rules, functions, observability.",
		SilenceUsage: true, SilenceErrors: true,
	}
	flags := root.PersistentFlags()
	flags.StringVar(&o.stack, "stack", envOr("STACK", deploy.LocalStack), "stack to work on (environment: STACK)")
	flags.StringVar(&o.root, "root", "", "the checkout, or a folder in it (default: the current folder)")
	flags.StringVar(&o.address, "local-address", envOr("COMPLIANCE_LOCAL_ADDRESS", defaultAddress),
		"where the local AWS listens (environment: COMPLIANCE_LOCAL_ADDRESS)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see '%s --help'", err, cmd.CommandPath())
	})
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return o.findRoot() }
	root.AddCommand(newUp(o), newPreview(o), newRefresh(o), newDestroy(o), newOutputs(o), newCheck(o), newUndo(o),
		newDemo(o), newLocal(o), newToolchain(o), newBuildLambdas(o))
	return root
}

// findRoot looks for the checkout in the named or the current folder, and above.
func (o *options) findRoot() error {
	start, err := filepath.Abs(o.root)
	if err != nil {
		return fmt.Errorf("finding the checkout: %w", err)
	}
	for folder := start; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "stacks", "stacks.go")); err == nil {
			o.root = folder
			return nil
		}
		if folder == filepath.Dir(folder) {
			return fmt.Errorf("%s is not in a checkout of the compliance monitor: change into one, or name it with --root", start)
		}
	}
}

func envOr(name, def string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return def
}
