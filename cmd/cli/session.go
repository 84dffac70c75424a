package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/cmd/preflight"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
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

// open checks the settings of the layers, sees to the tools, and starts the local AWS where the stack stands on it.
func (o *options) open(cmd *cobra.Command, check []stacks.Layer) (*session, error) {
	ctx, out := cmd.Context(), cmd.ErrOrStderr()
	target := o.target()
	if err := target.CheckSettings(check); err != nil {
		return nil, err
	}
	s := &session{target: target}
	need := []toolchain.Component{toolchain.Pulumi, toolchain.ProviderAWS}
	if o.stack == deploy.LocalStack {
		need = append(need, toolchain.Moto)
	} else if os.Getenv("PULUMI_BACKEND_URL") == "" {
		return nil, errNoBackend(o.stack)
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
	} else if endpoint := os.Getenv("AWS_ENDPOINT_URL"); endpoint != "" {
		_, _ = fmt.Fprintf(out, "! AWS_ENDPOINT_URL is set: stack %s goes to %s instead of AWS\n", o.stack, endpoint)
	}
	s.runner, err = deploy.NewRunner(ctx, s.target, out)
	return s, err
}

func errNoBackend(stack string) error {
	return fmt.Errorf("PULUMI_BACKEND_URL is not set, and the state of stack %s is never kept in a checkout: "+
		"set it to where your state lives, for example s3://BUCKET?region=us-east-1, or https://api.pulumi.com after "+
		"'pulumi login'", stack)
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

// preflight asks AWS whether the layers can be deployed, before anything is changed.
func (s *session) preflight(ctx context.Context) error {
	clients, err := preflight.NewClients(ctx, s.endpoint)
	if err != nil {
		return err
	}
	demands, err := stacks.Demand(func(name string) (map[string]string, error) {
		layer, _ := stacks.Find(name)
		return s.target.Settings(layer)
	})
	if err != nil {
		return err
	}
	if err := preflight.Check(ctx, clients.Identity, clients.Config, preflight.Expectations{
		Stack: s.target.Stack, AccountID: demands.AccountID,
		Prefix: names.RulePrefix(demands.Prefix), Rules: demands.Rules,
	}); err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	return nil
}

// chosen are the layers that the arguments name, in the order of deployment; all without arguments.
func chosen(args []string) ([]stacks.Layer, error) {
	all := stacks.Layers()
	var known []string
	for _, layer := range all {
		known = append(known, layer.Name)
	}
	var faults []error
	for _, name := range args {
		if _, found := stacks.Find(name); !found {
			faults = append(faults, fmt.Errorf("there is no layer %q; layers are %s", name, strings.Join(known, ", ")))
		}
	}
	if len(args) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(l stacks.Layer) bool { return !slices.Contains(args, l.Name) }),
		errors.Join(faults...)
}
