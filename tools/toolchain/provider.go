package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	awsSDKModule    = "github.com/pulumi/pulumi-aws/sdk/v6"
	providerProgram = "github.com/compliance-monitor/compliance-monitor/tools/provider-aws"
	providerBinary  = "pulumi-resource-aws"
	providerGoCache = 4500 * megabyte
	providerSpace   = 1700 * megabyte // the binary, twice while it is linked
	providerMemory  = 7 * gigabyte    // in the linker
)

// providerPart is the AWS provider plugin of the version of the stacks' SDK. Its result is a PULUMI_HOME of ours,
// because the engine warns at every run about plugins on PATH.
func (i *installer) providerPart(pulumi string) (part, error) {
	module := i.module("provider-aws")
	version, err := requiredVersion(filepath.Join(i.opts.Root, "stacks", "go.mod"), awsSDKModule)
	if err != nil {
		return part{}, err
	}
	sources, err := moduleSources(module)
	if err != nil {
		return part{}, err
	}
	plugin := filepath.Join("plugins", "resource-aws-"+version, providerBinary)
	build := goBuild{
		module:  module,
		program: providerProgram,
		output:  plugin,
		// Without optimisation and with a lazier collector in the compiler it builds in half the time, and
		// deployments take as long.
		flags: []string{"-gcflags=all=-N -l", "-ldflags=-s -w"},
		env:   []string{"GOGC=400"},
		cache: providerGoCache,
	}
	facts := append(build.facts(), platform()...)
	key, err := recipe{sources: sources, facts: append(facts, version)}.key()
	if err != nil {
		return part{}, err
	}
	return part{
		component: ProviderAWS,
		title:     "the AWS provider plugin",
		folder:    filepath.Join(i.opts.CacheDir, string(ProviderAWS)),
		key:       key,
		files:     []string{plugin},
		refuse:    refused(i.opts.Mode),
		bytes:     providerSpace,
		install: func(ctx context.Context, j *job) (Source, error) {
			return j.installProvider(ctx, i.opts.Mode, download{pulumi: pulumi, version: version, plugin: plugin}, build)
		},
	}, nil
}

// refused is the source that a mode does not accept, if any.
func refused(mode Mode) Source {
	switch mode {
	case ModeBuild:
		return Downloaded
	case ModeDownload:
		return Built
	default:
		return ""
	}
}

func (j *job) installProvider(ctx context.Context, mode Mode, official download, build goBuild) (Source, error) {
	if mode != ModeBuild {
		err := j.download(ctx, official)
		if err == nil {
			return Downloaded, nil
		}
		if mode == ModeDownload || ctx.Err() != nil {
			return "", err
		}
		j.say("The release can't be downloaded here.")
	}
	j.say("Building the AWS provider plugin from Go modules, once for all checkouts: about 12 minutes on 2 cores the\n"+
		"first time, %s of memory at the end, %s of Go's build cache and %s in %s.",
		gigabytes(providerMemory), gigabytes(providerGoCache), gigabytes(providerSpace), j.part.folder)
	return Built, j.compile(ctx, build)
}

// download is the official release of the plugin.
type download struct {
	pulumi  string // path of the CLI, which knows where releases are
	version string // such as "v6.83.2"
	plugin  string // path in the result that it must end up at
}

// download has the CLI fetch the release into the result. It gives up when nothing arrives for a while; a slow
// download may take its time.
func (j *job) download(ctx context.Context, official download) error {
	end := j.begin("downloading " + j.part.title + " " + official.version)
	defer end()
	arriving, stop := j.whileArriving(ctx)
	defer stop()
	_, err := j.execute(arriving, command{
		name: official.pulumi,
		args: []string{"plugin", "install", "resource", "aws", official.version},
		env:  append(quietPulumi(), "PULUMI_HOME="+j.work),
	}, nil)
	if err == nil {
		_, err = os.Stat(filepath.Join(j.work, official.plugin))
	}
	if err == nil {
		return nil
	}
	if cause := context.Cause(arriving); errors.Is(cause, errStalled) {
		err = cause
	}
	f := j.failed(ErrDownload, err)
	f.advice = fmt.Sprintf("Where Pulumi's plugin server can't be reached, set %s=%s", EnvMode, ModeBuild)
	return errors.Join(f.explain(ctx), j.empty())
}

// empty removes what a failed download left in the work folder.
func (j *job) empty() error {
	if err := os.RemoveAll(j.work); err != nil {
		return fmt.Errorf("removing a failed download: %w", err)
	}
	if err := os.Mkdir(j.work, 0o755); err != nil {
		return fmt.Errorf("removing a failed download: %w", err)
	}
	return nil
}

var errStalled = errors.New("nothing arrived in time")

// whileArriving returns a context that ends when nothing has changed in the job's folders for as long as patience
// lasts.
func (j *job) whileArriving(ctx context.Context) (context.Context, func()) {
	arriving, cancel := context.WithCancelCause(ctx)
	before := j.arrived(j.work, j.scratch)
	go func() {
		ticks, stop := j.patience()
		defer stop()
		for {
			select {
			case <-arriving.Done():
				return
			case <-ticks:
			}
			now := j.arrived(j.work, j.scratch)
			if now == before {
				cancel(fmt.Errorf("%w: not a byte for %s", errStalled, downloadPatience))
				return
			}
			j.set("%d MB", now/int64(megabyte))
			before = now
		}
	}()
	return arriving, func() { cancel(nil) }
}

// bytesIn is the size of all files in folders. Files come and go meanwhile; what can't be seen counts as nothing.
func bytesIn(folders ...string) int64 {
	var total int64
	for _, folder := range folders {
		_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				if info, err := entry.Info(); err == nil {
					total += info.Size()
				}
			}
			return nil
		})
	}
	return total
}
