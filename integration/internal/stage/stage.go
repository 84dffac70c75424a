// Package stage is where deployed suites play: a local AWS of their own, on a free port and with its own folder, so that
// suites run side by side, and the real Pulumi engine and AWS provider on top of it.
package stage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/localcloud"
	"github.com/compliance-monitor/compliance-monitor/tools/toolchain"
)

// Credentials of every client on a local AWS, which knows nobody.
const (
	AccessKey = "localcloud"
	SecretKey = "localcloud"
)

// Account is the one account that a local AWS knows.
const Account = "123456789012"

// Prefix is what the name of every resource of the stage starts with.
func Prefix() string {
	return names.Prefix(names.DefaultProject, deploy.LocalStack)
}

// ARN is the ARN of a regional resource of the stage.
func ARN(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, names.Region, Account, resource)
}

// RoleARN is the ARN of the IAM role of that name.
func RoleARN(name string) string {
	return "arn:aws:iam::" + Account + ":role/" + name
}

// Stage is one local AWS with everything that a suite needs to deploy on it.
type Stage struct {
	Root   string // the checkout
	Cloud  *localcloud.Cloud
	AWS    aws.Config // for clients that read back what was deployed
	Target deploy.Target

	folder string
	out    io.Writer
	build  func(context.Context) error // builds the functions' packages, once
}

// New installs the toolchain where it is missing, which may take a quarter of an hour, and starts a local AWS.
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
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	s := &Stage{Root: root, Cloud: cloud, folder: folder, out: out}
	s.build = once(s.buildPackages)
	if err := s.prepare(ctx, installed); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Stage) prepare(ctx context.Context, installed toolchain.Installed) error {
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
	s.Target.Overrides[Functions]["codePath"] = s.packages()
	s.Target.Overrides[ConfigRules] = map[string]string{"packs": everyPack}
	if installed.ProviderSource == toolchain.Built {
		s.Target.Env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
	}
	var err error
	s.AWS, err = config.LoadDefaultConfig(ctx, config.WithRegion(names.Region), config.WithBaseEndpoint(s.Cloud.Endpoint()),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(AccessKey, SecretKey, "")))
	if err != nil {
		return fmt.Errorf("configuring the AWS clients: %w", err)
	}
	return nil
}

// Close stops the local AWS and removes the stage's folder.
func (s *Stage) Close() error {
	err := s.Cloud.Close()
	if removed := os.RemoveAll(s.folder); removed != nil {
		err = errors.Join(err, fmt.Errorf("removing the stage's folder: %w", removed))
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
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("finding the checkout: there is no go.work here or above")
		}
		folder = parent
	}
}

// once is do, done by the first who asks; the others get its error.
func once(do func(context.Context) error) func(context.Context) error {
	var first sync.Once
	var err error
	return func(ctx context.Context) error {
		first.Do(func() { err = do(ctx) })
		return err
	}
}

// everyPack lets suites deploy the whole catalogue, not only the default pack.
const everyPack = `["essentials", "cis", "data-protection", "identity", "network", "operations"]`
