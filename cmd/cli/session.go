package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/stacks"
	"github.com/compliance-monitor/compliance-monitor/tools/toolchain"
)

// session is what a command that talks to AWS works with.
type session struct {
	target   deploy.Target
	runner   *deploy.Runner
	endpoint string // of the local AWS; empty for AWS itself
}

// target is where the stack of the command is deployed to, as far as that can be said without starting anything.
func (o *options) target() deploy.Target {
	target := deploy.Target{
		Stack: o.stack, Root: o.root, StateDir: filepath.Join(o.root, "build", "stacks", o.stack),
		Env: map[string]string{"PULUMI_SKIP_UPDATE_CHECK": "true"},
	}
	if o.stack == deploy.LocalStack {
		target.Overrides = deploy.LocalOverrides(runtime.GOARCH)
	}
	return target
}

// open checks the settings of the layers, puts the question, sees to the tools, and starts the local AWS where the stack
// stands on it. AWS itself is asked first, since installing the tools may take long.
func (o *options) open(cmd *cobra.Command, check []stacks.Layer, ask question) (*session, error) {
	ctx, out := cmd.Context(), cmd.ErrOrStderr()
	s := &session{target: o.target()}
	if err := s.target.CheckSettings(check); err != nil {
		return nil, err
	}
	need := []toolchain.Component{toolchain.Pulumi, toolchain.ProviderAWS}
	if o.stack == deploy.LocalStack {
		need = append(need, toolchain.Moto)
	} else if err := s.reachAWS(ctx, out, ask); err != nil {
		return nil, err
	}
	installed, err := toolchain.Ensure(ctx, toolchain.Options{Root: o.root, Out: out, Need: need})
	if err != nil {
		return nil, err
	}
	s.target.Pulumi = filepath.Dir(filepath.Dir(installed.Pulumi))
	s.target.PulumiHome = installed.PulumiHome
	if installed.ProviderSource == toolchain.Built {
		s.target.Env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
	}
	if o.stack == deploy.LocalStack {
		if err := s.startLocal(ctx, o, out); err != nil {
			return nil, err
		}
		if err := ask(ctx, s); err != nil {
			return nil, err
		}
	}
	s.runner, err = deploy.NewRunner(ctx, s.target, out)
	return s, err
}

// reachAWS finds the state of a stack that stands on AWS, and puts the question.
func (s *session) reachAWS(ctx context.Context, out io.Writer, ask question) error {
	backend := os.Getenv("PULUMI_BACKEND_URL")
	if backend == "" {
		return errNoBackend(s.target.Stack)
	}
	env, err := deploy.BackendEnv(backend)
	if err != nil {
		return err
	}
	maps.Copy(s.target.Env, env)
	if endpoint := os.Getenv("AWS_ENDPOINT_URL"); endpoint != "" {
		_, _ = fmt.Fprintf(out, "! AWS_ENDPOINT_URL is set: stack %s goes to %s instead of AWS\n", s.target.Stack, endpoint)
	}
	return ask(ctx, s)
}

func errNoBackend(stack string) error {
	return fmt.Errorf("PULUMI_BACKEND_URL is not set, and the state of stack %s is never kept in a checkout: "+
		"set it to where your state lives, for example s3://BUCKET?region=us-east-1, or https://api.pulumi.com with "+
		"PULUMI_ACCESS_TOKEN", stack)
}

// startLocal sees that a local AWS runs, and keeps Pulumi's state beside it: it lives as long as the instance does.
func (s *session) startLocal(ctx context.Context, o *options, out io.Writer) error {
	up, err := o.localUp(ctx, out)
	if err != nil {
		return err
	}
	s.endpoint = up.Endpoint
	home := filepath.Join(up.StateDir, "pulumi")
	state := filepath.Join(home, up.Instance)
	s.target.StateDir = filepath.Join(state, "projects")
	backend := filepath.Join(state, "backend")
	if err := os.MkdirAll(backend, 0o755); err != nil {
		return fmt.Errorf("making the folder for the local stack's state: %w", err)
	}
	if err := removeOthers(home, up.Instance); err != nil {
		return err
	}
	maps.Copy(s.target.Env, deploy.LocalEnv(up.Endpoint, backend))
	return nil
}

// removeOthers removes the states of instances that are gone, and with them all that they describe.
func removeOthers(home, instance string) error {
	entries, err := os.ReadDir(home)
	if err != nil {
		return fmt.Errorf("looking for states of earlier local instances: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() == instance {
			continue
		}
		if err := os.RemoveAll(filepath.Join(home, entry.Name())); err != nil {
			return fmt.Errorf("removing the state of an earlier local instance: %w", err)
		}
	}
	return nil
}
