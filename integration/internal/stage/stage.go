// Package stage is where deployed suites play: a local AWS of their own, on a free port and with its own folder, so that
// suites run side by side, and the real Pulumi engine and AWS provider on top of it.
package stage

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/localcloud"
	"github.com/compliance-monitor/compliance-monitor/stacks"
	"github.com/compliance-monitor/compliance-monitor/tools/lambdazip"
	"github.com/compliance-monitor/compliance-monitor/tools/toolchain"
)

// Stage is one local AWS with everything that a suite needs to deploy on it.
type Stage struct {
	Root   string // the checkout
	Cloud  *localcloud.Cloud
	AWS    aws.Config // for clients that read back what was deployed
	Target deploy.Target

	folder string
	out    io.Writer
}

// New installs the toolchain where it is missing, starts a local AWS, and builds the functions' packages.
func New(ctx context.Context, out io.Writer) (*Stage, error) {
	root, err := checkout()
	if err != nil {
		return nil, err
	}
	installed, err := toolchain.Ensure(ctx, toolchain.Options{Root: root, Out: out})
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "stage")
	if err != nil {
		return nil, fmt.Errorf("making the stage's folder: %w", err)
	}
	cloud, err := localcloud.Start(ctx, localcloud.Options{
		Addr: "127.0.0.1:0", Python: installed.MotoPython, StateDir: filepath.Join(folder, "localcloud"), Log: out,
	})
	if err != nil {
		return nil, err
	}
	s := &Stage{Root: root, Cloud: cloud, folder: folder, out: out}
	if err := s.prepare(ctx, installed); err != nil {
		return nil, fmt.Errorf("%w (closing: %v)", err, s.Close()) //nolint:errorlint // the first error is the cause
	}
	return s, nil
}

func (s *Stage) prepare(ctx context.Context, installed toolchain.Installed) error {
	for _, function := range names.Functions() {
		if _, _, err := lambdazip.Build(ctx, lambdazip.Options{
			Root: s.Root, Function: function, GOARCH: runtime.GOARCH, OutDir: deploy.PackageFolder(s.Packages(), runtime.GOARCH),
		}); err != nil {
			return err
		}
	}
	backend := filepath.Join(s.folder, "backend")
	if err := os.MkdirAll(backend, 0o755); err != nil {
		return fmt.Errorf("making the folder for Pulumi's state: %w", err)
	}
	s.Target = deploy.Target{
		Stack: deploy.LocalStack, Root: s.Root, StateDir: filepath.Join(s.folder, "projects"),
		Pulumi: filepath.Dir(filepath.Dir(installed.Pulumi)), PulumiHome: installed.PulumiHome,
		Env:       deploy.LocalEnv(s.Cloud.Endpoint(), backend),
		Overrides: deploy.LocalOverrides(runtime.GOARCH),
	}
	s.Target.Overrides["functions"]["codePath"] = s.Packages()
	var err error
	s.AWS, err = config.LoadDefaultConfig(ctx, config.WithRegion(names.Region), config.WithBaseEndpoint(s.Cloud.Endpoint()),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("localcloud", "localcloud", "")))
	if err != nil {
		return fmt.Errorf("configuring the AWS clients: %w", err)
	}
	return nil
}

// Packages is the folder of the functions' packages.
func (s *Stage) Packages() string {
	return filepath.Join(s.folder, "lambdas")
}

// With is the stage's target with one setting of a layer changed.
func (s *Stage) With(layer, key, value string) deploy.Target {
	target := s.Target
	target.Overrides = map[string]map[string]string{}
	for name, settings := range s.Target.Overrides {
		target.Overrides[name] = maps.Clone(settings)
	}
	if target.Overrides[layer] == nil {
		target.Overrides[layer] = map[string]string{}
	}
	target.Overrides[layer][key] = value
	return target
}

// Up deploys the named layers, in order, and says what was done to each.
func (s *Stage) Up(ctx context.Context, target deploy.Target, layers ...string) ([]deploy.Result, error) {
	return s.each(ctx, target, layers, (*deploy.Runner).Up)
}

// Refresh compares the state of the named layers with what is there, and says what had changed.
func (s *Stage) Refresh(ctx context.Context, layers ...string) ([]deploy.Result, error) {
	return s.each(ctx, s.Target, layers, (*deploy.Runner).Refresh)
}

// Destroy removes the named layers in the order given.
func (s *Stage) Destroy(ctx context.Context, layers ...string) ([]deploy.Result, error) {
	return s.each(ctx, s.Target, layers, (*deploy.Runner).Destroy)
}

// Outputs are the outputs of a layer as Pulumi keeps them.
func (s *Stage) Outputs(ctx context.Context, name string) (map[string]any, error) {
	runner, err := deploy.NewRunner(ctx, s.Target, s.out)
	if err != nil {
		return nil, err
	}
	layer, _ := stacks.Find(name)
	state, err := runner.State(ctx, layer)
	return state.Outputs, err
}

func (s *Stage) each(
	ctx context.Context, target deploy.Target, layers []string,
	do func(*deploy.Runner, context.Context, stacks.Layer) (deploy.Result, error),
) ([]deploy.Result, error) {
	runner, err := deploy.NewRunner(ctx, target, s.out)
	if err != nil {
		return nil, err
	}
	var results []deploy.Result
	for _, name := range layers {
		layer, found := stacks.Find(name)
		if !found {
			return results, fmt.Errorf("there is no layer %s", name)
		}
		result, err := do(runner, ctx, layer)
		if err != nil {
			return results, err
		}
		results = append(results, result)
	}
	return results, nil
}

// Close stops the local AWS and removes the stage's folder.
func (s *Stage) Close() error {
	err := s.Cloud.Close()
	if removed := os.RemoveAll(s.folder); err == nil && removed != nil {
		err = fmt.Errorf("removing the stage's folder: %w", removed)
	}
	return err
}

// checkout is the folder with go.work, here or above.
func checkout() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the checkout: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.work")); err == nil {
			return folder, nil
		}
		if parent := filepath.Dir(folder); parent != folder {
			folder = parent
			continue
		}
		return "", fmt.Errorf("finding the checkout: there is no go.work here or above")
	}
}
