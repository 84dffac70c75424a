package toolchain

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
)

// goBuild is a program to compile from one of the modules under tools, which are outside the workspace.
type goBuild struct {
	module  string   // folder of the module
	program string   // import path of its main package
	output  string   // path of the binary in the result
	flags   []string // that decide what comes out
	env     []string
	cache   uint64 // bytes that it adds to Go's build cache, from empty
}

// facts are what decides the binary besides the sources.
func (b goBuild) facts() []string {
	return append(append([]string{b.program}, b.flags...), b.env...)
}

// goSettings are the answers of `go env`.
type goSettings struct {
	Cache string `json:"GOCACHE"`
	Proxy string `json:"GOPROXY"`
}

// compile builds the program and shows how many packages are done.
func (j *job) compile(ctx context.Context, b goBuild) error {
	settings, err := j.goSettings(ctx, b)
	if err != nil {
		return err
	}
	demands := []demand{{settings.Cache, b.cache}, {j.part.folder, j.part.bytes}}
	if err := checkSpace(demands, j.volume); err != nil {
		return err
	}
	end := j.begin("building " + j.part.title)
	defer end()
	packages, err := j.countPackages(ctx, b, settings)
	if err != nil {
		return err
	}
	compiled := 0
	observe := func(line string) {
		switch {
		case strings.HasPrefix(line, "go: "):
		case line == b.program:
			j.set("linking")
		default:
			compiled++
			j.set("%d of at most %d packages compiled", compiled, packages)
		}
	}
	args := append([]string{"build", "-v", "-o", filepath.Join(j.work, b.output)}, b.flags...)
	if _, err := j.execute(ctx, b.command(append(args, b.program)...), observe); err != nil {
		f := j.failed(ErrBuild, err)
		f.proxy, f.demanded = settings.Proxy, demands
		return f.explain(ctx)
	}
	return nil
}

// command runs go in the module, with nothing of the user's settings that could change what comes out.
func (b goBuild) command(args ...string) command {
	env := append([]string{"GOWORK=off", "GOFLAGS=-mod=readonly", "GO111MODULE=on"}, b.env...)
	return command{dir: b.module, env: env, name: "go", args: args}
}

func (j *job) goSettings(ctx context.Context, b goBuild) (goSettings, error) {
	if _, err := j.lookPath("go"); err != nil {
		return goSettings{}, fmt.Errorf("%w: %w; install it from https://go.dev/dl and put it on PATH", ErrNoGo, err)
	}
	answer, err := j.execute(ctx, b.command("env", "-json", "GOCACHE", "GOPROXY"), nil)
	if err != nil {
		return goSettings{}, j.failed(ErrBuild, err).explain(ctx)
	}
	var settings goSettings
	if err := json.Unmarshal([]byte(answer), &settings); err != nil {
		return goSettings{}, fmt.Errorf("reading the answer of go env: %w", err)
	}
	return settings, nil
}

// countPackages also brings the modules onto this machine, so the network's faults show here.
func (j *job) countPackages(ctx context.Context, b goBuild, settings goSettings) (int, error) {
	j.set("fetching modules")
	observe := func(line string) {
		if fetched, ok := strings.CutPrefix(line, "go: downloading "); ok {
			j.set("fetching %s", fetched)
		}
	}
	list, err := j.execute(ctx, b.command("list", "-deps", b.program), observe)
	if err != nil {
		f := j.failed(ErrModules, err)
		f.proxy = settings.Proxy
		f.advice = "Check that the checkout is complete and that GOPROXY (" + settings.Proxy + ") serves these modules"
		return 0, f.explain(ctx)
	}
	return strings.Count(list, "\n"), nil
}
