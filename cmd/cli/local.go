package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/localcloud"
	"github.com/compliance-monitor/compliance-monitor/tools/toolchain"
)

const defaultAddress = localcloud.DefaultAddress

func newLocal(o *options) *cobra.Command {
	local := &cobra.Command{Use: "local", Short: "Start and stop the local AWS"}
	var stateDir, python string
	serve := &cobra.Command{
		Use: "serve", Short: "Run the local AWS in the foreground", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return localcloud.Serve(cmd.Context(), localcloud.Options{
				Addr: o.address, Python: python, StateDir: stateDir, Log: cmd.ErrOrStderr(),
			})
		},
	}
	serve.Flags().StringVar(&stateDir, "state-dir", "", "folder for logs (default: a temporary one)")
	serve.Flags().StringVar(&python, "python", "python3", "Python interpreter that can import moto")
	up := &cobra.Command{
		Use: "up", Short: "Start the local AWS in the background; it is ready when this ends", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			up, err := o.localUp(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(cmd.OutOrStdout(), "local AWS on %s (%s, instance %s)\n", up.Endpoint, up.Outcome, up.Instance)
			return nil
		},
	}
	down := &cobra.Command{
		Use: "down", Short: "Stop the local AWS; everything in it is gone", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.localDown(cmd) },
	}
	local.AddCommand(up, down, serve)
	return local
}

func (o *options) localDown(cmd *cobra.Command) error {
	if err := o.checkOwner(cmd.Context()); err != nil {
		return err
	}
	ran, err := localcloud.Down(cmd.Context(), localcloud.DownOptions{
		Addr: o.address, StateDir: o.localStateDir(), Log: cmd.ErrOrStderr(),
	})
	if err != nil {
		return err
	}
	answer := "the local AWS was not running"
	if ran {
		answer = "the local AWS is stopped"
	}
	_, _ = fmt.Fprintln(cmd.OutOrStdout(), answer)
	return nil
}

// checkOwner fails where the local AWS on the address is that of another checkout, whose deployments would be lost.
func (o *options) checkOwner(ctx context.Context) error {
	health, err := localcloud.Ask(ctx, o.address)
	if err != nil || sameFolder(health.StateDir, o.localStateDir()) {
		return nil //nolint:nilerr // what is not there, or does not answer, has no owner; stopping deals with it
	}
	return fmt.Errorf("the local AWS on %s is that of another checkout, with its files in %s: stop it there, "+
		"or name another address with --local-address", o.address, health.StateDir)
}

func sameFolder(one, other string) bool {
	first, err := os.Stat(one)
	if err != nil {
		return false
	}
	second, err := os.Stat(other)
	return err == nil && os.SameFile(first, second)
}

func (o *options) localStateDir() string {
	return filepath.Join(o.root, ".localcloud")
}

// localUp starts the local AWS in the background, with this very program as its server.
func (o *options) localUp(ctx context.Context, out io.Writer) (localcloud.UpResult, error) {
	installed, err := toolchain.Ensure(ctx, toolchain.Options{
		Root: o.root, Out: out, Need: []toolchain.Component{toolchain.Moto},
	})
	if err != nil {
		return localcloud.UpResult{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return localcloud.UpResult{}, fmt.Errorf("finding this program, to start the local AWS with it: %w", err)
	}
	return localcloud.Up(ctx, localcloud.UpOptions{
		Addr: o.address, StateDir: o.localStateDir(), Log: out,
		Command: []string{
			self, "local", "serve", "--root", o.root, "--local-address", o.address,
			"--state-dir", o.localStateDir(), "--python", installed.MotoPython,
		},
	})
}
