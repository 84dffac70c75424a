package toolchain

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
)

const (
	pulumiModule  = "github.com/pulumi/pulumi/pkg/v3"
	pulumiProgram = pulumiModule + "/cmd/pulumi"
	pulumiBinary  = "bin/pulumi"
	// pulumiVersionVariable holds the version that the CLI reports; the Automation API refuses a CLI without one.
	pulumiVersionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
	pulumiGoCache         = 1500 * megabyte
	pulumiSpace           = 300 * megabyte
)

// pulumiPart is the Pulumi CLI, built from its Go module: that works wherever Go modules can be had, and it is the
// same program as the release.
func (i *installer) pulumiPart() (part, error) {
	module := i.module("pulumi")
	version, err := requiredVersion(filepath.Join(module, "go.mod"), pulumiModule)
	if err != nil {
		return part{}, err
	}
	sources, err := moduleSources(module)
	if err != nil {
		return part{}, err
	}
	build := goBuild{
		module:  module,
		program: pulumiProgram,
		output:  pulumiBinary,
		flags:   []string{"-ldflags=-s -w -X " + pulumiVersionVariable + "=" + version},
		cache:   pulumiGoCache,
	}
	key, err := recipe{sources: sources, facts: append(build.facts(), platform()...)}.key()
	if err != nil {
		return part{}, err
	}
	return part{
		component: Pulumi,
		title:     "the Pulumi CLI",
		folder:    filepath.Join(i.opts.CacheDir, string(Pulumi)),
		key:       key,
		files:     []string{pulumiBinary},
		bytes:     pulumiSpace,
		install: func(ctx context.Context, j *job) (Source, error) {
			j.say("Building the Pulumi CLI %s from Go modules, once for all checkouts: about 3 minutes on 2 cores the\n"+
				"first time, %s of Go's build cache and %s in %s.",
				version, gigabytes(pulumiGoCache), gigabytes(pulumiSpace), j.part.folder)
			if err := j.compile(ctx, build); err != nil {
				return "", err
			}
			return Built, j.checkPulumi(ctx, version)
		},
	}, nil
}

// checkPulumi runs the new binary once.
func (j *job) checkPulumi(ctx context.Context, version string) error {
	binary := filepath.Join(j.work, pulumiBinary)
	answer, err := j.execute(ctx, command{name: binary, args: []string{"version"}, env: quietPulumi()}, nil)
	if err != nil {
		return j.failed(ErrBuild, err).explain(ctx)
	}
	if answer != version+"\n" {
		return fmt.Errorf("%w: the Pulumi CLI says that it is version %q, and %s was to be built", ErrBuild, answer, version)
	}
	return nil
}

// quietPulumi keeps the CLI from asking its server for news.
func quietPulumi() []string {
	return []string{"PULUMI_SKIP_UPDATE_CHECK=1"}
}

// platform is what a binary depends on besides its sources. The Go that runs this package is the one on PATH,
// or close enough that asking would cost more than it is worth.
func platform() []string {
	return []string{runtime.Version(), runtime.GOOS, runtime.GOARCH}
}
