package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// system is the machine as far as installing depends on it, so that tests can put another in its place.
type system struct {
	runner   runner
	lookPath func(name string) (string, error)
	volume   func(path string) (volume, error)
	// patience ticks whenever a download must have brought something since the last time.
	patience func() (ticks <-chan time.Time, stop func())
	// arrived is how many bytes are in folders.
	arrived func(folders ...string) int64
}

// downloadPatience lets Pulumi's own attempts run out first, which takes 10 s where its server can't be reached.
const downloadPatience = 15 * time.Second

func newSystem() system {
	patience := func() (<-chan time.Time, func()) {
		ticker := time.NewTicker(downloadPatience)
		return ticker.C, ticker.Stop
	}
	return system{
		runner: processes{}, lookPath: exec.LookPath, volume: volumeOf, patience: patience, arrived: bytesIn,
	}
}

// installer installs what one set of options asks for.
type installer struct {
	system
	opts     Options
	progress *progress
}

func newInstaller(opts Options, s system) (*installer, error) {
	settled, err := opts.settle()
	if err != nil {
		return nil, err
	}
	return &installer{system: s, opts: settled, progress: newProgress(settled.Out)}, nil
}

// module is the folder of one of the tools.
func (i *installer) module(name string) string { return filepath.Join(i.opts.Root, "tools", name) }

func (i *installer) ensure(ctx context.Context) (Installed, error) {
	var result Installed
	for _, component := range i.opts.Need {
		if err := i.ensureOne(ctx, component, &result); err != nil {
			return Installed{}, fmt.Errorf("installing the toolchain: %w", err)
		}
	}
	return result, nil
}

func (i *installer) ensureOne(ctx context.Context, component Component, result *Installed) error {
	if component == Moto {
		if python, ok := i.findMotoOnPath(ctx); ok {
			result.MotoPython = python
			return nil
		}
	}
	target, err := i.part(component, result)
	if err != nil {
		return err
	}
	m, err := i.provide(ctx, target)
	if err != nil {
		return err
	}
	target.describe(m, result)
	return nil
}

// find looks for every component, and reports all that are missing.
func (i *installer) find() (Installed, error) {
	var result Installed
	var errs []error
	for _, component := range i.opts.Need {
		if component == Moto {
			if python, ok := i.recallMotoOnPath(); ok {
				result.MotoPython = python
				continue
			}
		}
		target, err := i.part(component, &result)
		if err != nil {
			return Installed{}, err
		}
		m, err := target.installed()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		target.describe(m, &result)
	}
	if err := errors.Join(errs...); err != nil {
		return Installed{}, err
	}
	return result, nil
}

func (i *installer) part(component Component, so *Installed) (part, error) {
	switch component {
	case Pulumi:
		return i.pulumiPart()
	case ProviderAWS:
		return i.providerPart(so.Pulumi)
	default:
		return i.motoPart()
	}
}

// describe fills in the fields of Installed that the part stands for.
func (p part) describe(m manifest, result *Installed) {
	switch p.component {
	case Pulumi:
		result.Pulumi = p.path(pulumiBinary)
	case ProviderAWS:
		result.PulumiHome, result.ProviderSource = p.result(), m.Source
	case Moto:
		result.MotoPython = p.path(venvPython)
	}
}

// provide returns the part's manifest, and installs the part first if nobody has.
func (i *installer) provide(ctx context.Context, target part) (manifest, error) {
	if m, err := target.installed(); err == nil {
		target.noteUse(time.Now())
		return m, nil
	}
	if err := os.MkdirAll(target.folder, 0o755); err != nil {
		return manifest{}, fmt.Errorf("making the cache folder: %w; set XDG_CACHE_HOME to a folder that you can write to", err)
	}
	held, err := acquire(ctx, filepath.Join(target.folder, "lock"), func(holder string) {
		i.progress.say("Waiting for %s, which installs %s; its progress is in %s.",
			holder, target.title, filepath.Join(target.folder, "install.log"))
	})
	if err != nil {
		return manifest{}, err
	}
	m, err := i.installLocked(ctx, target, held)
	return m, errors.Join(err, held.release())
}

func (i *installer) installLocked(ctx context.Context, target part, held *lock) (manifest, error) {
	if m, err := target.installed(); err == nil {
		return m, nil
	}
	if err := held.sign(); err != nil {
		return manifest{}, err
	}
	if err := target.clean(time.Now()); err != nil {
		return manifest{}, err
	}
	if err := checkSpace([]demand{{target.folder, target.bytes}}, i.volume); err != nil {
		return manifest{}, fmt.Errorf("installing %s: %w", target.title, err)
	}
	work, err := newJob(i.system, i.progress, target, held)
	if err != nil {
		return manifest{}, err
	}
	m, err := work.run(ctx)
	if err != nil {
		err = fmt.Errorf("installing %s: %w", target.title, err)
	}
	return m, errors.Join(err, work.close())
}
