// Package toolchain installs what a deployment needs besides Go: the Pulumi CLI, the AWS provider plugin and, for a
// deployment to a local AWS, moto. Each is installed once per user into a cache folder and found there by every
// checkout of the same sources.
package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Component is one thing to install.
type Component string

// The components, named as their folders under the cache folder.
const (
	Pulumi      Component = "pulumi"       // the Pulumi CLI
	ProviderAWS Component = "provider-aws" // Pulumi's AWS provider plugin; brings the CLI with it
	Moto        Component = "moto"         // the AWS emulator behind localcloud
)

// All lists every component.
func All() []Component { return []Component{Moto, Pulumi, ProviderAWS} }

// Mode says where the AWS provider plugin may come from.
type Mode string

// The modes. EnvMode sets one; ModeAuto is the default.
const (
	ModeAuto     Mode = "auto"     // the official release if it can be downloaded, else built from Go modules
	ModeDownload Mode = "download" // the official release or an error
	ModeBuild    Mode = "build"    // built from Go modules
)

// EnvMode is the environment variable that sets the Mode.
const EnvMode = "COMPLIANCE_TOOLCHAIN"

// Options say what to install, and where.
type Options struct {
	Root     string      // the checkout, whose tools folder has the sources
	CacheDir string      // DefaultCacheDir if empty
	Out      io.Writer   // gets explanations and progress; nobody if nil
	Need     []Component // All if empty
	Mode     Mode        // that of EnvMode if empty
}

// Installed tells where things are. The fields of components that were not needed are empty.
type Installed struct {
	Pulumi         string // path of the Pulumi CLI
	PulumiHome     string // a PULUMI_HOME whose plugins folder has the AWS provider
	ProviderSource Source // where that provider came from
	MotoPython     string // path of a Python interpreter that can import moto and its server
}

// ErrNotInstalled says that Find met a component that Ensure has yet to install.
var ErrNotInstalled = errors.New("not installed")

// DefaultCacheDir is ${XDG_CACHE_HOME:-~/.cache}/compliance-monitor on every system.
func DefaultCacheDir() (string, error) {
	const folder = "compliance-monitor"
	if xdg := os.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(xdg) {
		return filepath.Join(xdg, folder), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache folder: %w; set XDG_CACHE_HOME to an absolute path", err)
	}
	return filepath.Join(home, ".cache", folder), nil
}

// Ensure installs what is needed and is not there yet, and returns where everything is. When everything is there it
// takes milliseconds and starts no process. It may be called by several processes at once: one installs, the others
// wait. Its errors say what to do.
func Ensure(ctx context.Context, opts Options) (Installed, error) {
	installer, err := newInstaller(opts, newSystem())
	if err != nil {
		return Installed{}, err
	}
	return installer.ensure(ctx)
}

// Find returns where everything is without installing anything; the error wraps ErrNotInstalled and names each
// component that is missing.
func Find(opts Options) (Installed, error) {
	installer, err := newInstaller(opts, newSystem())
	if err != nil {
		return Installed{}, err
	}
	return installer.find()
}

// settle fills in the defaults. The order of Need is that of All: a missing Python is told before a long build.
func (o Options) settle() (Options, error) {
	if o.CacheDir == "" {
		folder, err := DefaultCacheDir()
		if err != nil {
			return Options{}, err
		}
		o.CacheDir = folder
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Mode == "" {
		o.Mode = Mode(os.Getenv(EnvMode))
	}
	if o.Mode == "" {
		o.Mode = ModeAuto
	}
	if !slices.Contains([]Mode{ModeAuto, ModeDownload, ModeBuild}, o.Mode) {
		return Options{}, fmt.Errorf("reading %s: %q is no mode; it must be %s, %s or %s",
			EnvMode, o.Mode, ModeAuto, ModeDownload, ModeBuild)
	}
	need, err := orderNeed(o.Need)
	o.Need = need
	return o, err
}

func orderNeed(need []Component) ([]Component, error) {
	if len(need) == 0 {
		return All(), nil
	}
	for _, component := range need {
		if !slices.Contains(All(), component) {
			return nil, fmt.Errorf("installing %q: there is no such component; there are %q", component, All())
		}
	}
	var ordered []Component
	for _, component := range All() {
		wanted := slices.Contains(need, component)
		if component == Pulumi {
			wanted = wanted || slices.Contains(need, ProviderAWS)
		}
		if wanted {
			ordered = append(ordered, component)
		}
	}
	return ordered, nil
}
