// Package lambdazip builds the deployment packages of the Lambda functions: a zip with one executable called
// bootstrap, as the runtime provided.al2023 starts it. The same source gives the same bytes, on any machine and in any
// folder, so that a deployment changes a function only when its code changed.
package lambdazip

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// Entry is the name of the only file in the package.
	Entry = "bootstrap"
	// sourceFolder is the module of the functions, each in a folder of its own name.
	sourceFolder = "lambda-src"
)

// modified is the time stamp of the entry: the earliest that a zip can hold, since any other would say when it was
// built.
var modified = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// Architectures that Lambda runs Go on, by their names in Go.
const (
	ARM64 = "arm64"
	AMD64 = "amd64"
)

// Options say what to build.
type Options struct {
	Root     string    // the checkout
	Function string    // folder under lambda-src with the function's main package
	GOARCH   string    // ARM64 or AMD64
	OutDir   string    // where <function>.zip goes; it is made if it is not there
	Out      io.Writer // gets what the compiler says; nobody if nil
}

// Path is where the package of these options is, or will be.
func (o Options) Path() string { return filepath.Join(o.OutDir, o.Function+".zip") }

// Build compiles the function and writes its package. It returns the package's path, and whether its bytes differ
// from those that were there; equal ones are left untouched.
func Build(ctx context.Context, opts Options) (path string, changed bool, err error) {
	if err := opts.validate(); err != nil {
		return "", false, err
	}
	scratch, err := os.MkdirTemp("", "lambdazip-")
	if err != nil {
		return "", false, fmt.Errorf("building %s: %w", opts.Function, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	program := filepath.Join(scratch, Entry)
	if err := compile(ctx, opts, program); err != nil {
		return "", false, err
	}
	executable, err := os.ReadFile(program)
	if err != nil {
		return "", false, fmt.Errorf("reading the compiled %s: %w", opts.Function, err)
	}
	content, err := pack(executable)
	if err != nil {
		return "", false, fmt.Errorf("packing %s: %w", opts.Function, err)
	}
	changed, err = replace(opts.Path(), content)
	return opts.Path(), changed, err
}

func (o Options) validate() error {
	var errs []error
	if !slices.Contains([]string{ARM64, AMD64}, o.GOARCH) {
		errs = append(errs, fmt.Errorf("GOARCH is %q; Lambda runs %s and %s", o.GOARCH, ARM64, AMD64))
	}
	folder := filepath.Join(o.Root, sourceFolder, o.Function)
	if o.Function == "" || filepath.Base(o.Function) != o.Function {
		errs = append(errs, fmt.Errorf("the function is %q; it must be the name of a folder in %s", o.Function, sourceFolder))
	} else if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		errs = append(errs, fmt.Errorf("the function %q has no folder %s", o.Function, folder))
	}
	if o.OutDir == "" {
		errs = append(errs, errors.New("the output folder is empty"))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("building a Lambda package: %w", err)
	}
	return nil
}

// compile builds without anything that depends on this machine: no paths, no build id, no C library, no version
// control stamp.
func compile(ctx context.Context, opts Options, output string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false",
		"-ldflags=-s -w -buildid=", "-o", output, "./"+opts.Function)
	cmd.Dir = filepath.Join(opts.Root, sourceFolder)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+opts.GOARCH, "GOARM64=v8.0", "GOAMD64=v1", "CGO_ENABLED=0",
		"GOFLAGS=-mod=readonly", "GOWORK=off")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if opts.Out != nil {
		cmd.Stdout = io.MultiWriter(&said, opts.Out)
		cmd.Stderr = cmd.Stdout
	}
	if err := cmd.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return fmt.Errorf("compiling %s: %w; install Go from https://go.dev/dl and put it on PATH", opts.Function, err)
		}
		return fmt.Errorf("compiling %s: %w\n%s", opts.Function, err, strings.TrimSpace(said.String()))
	}
	return nil
}

// pack zips one executable.
func pack(executable []byte) ([]byte, error) {
	var content bytes.Buffer
	archive := zip.NewWriter(&content)
	header := &zip.FileHeader{Name: Entry, Method: zip.Deflate, Modified: modified}
	header.SetMode(0o755)
	entry, err := archive.CreateHeader(header)
	if err != nil {
		return nil, fmt.Errorf("adding %s: %w", Entry, err)
	}
	if _, err := entry.Write(executable); err != nil {
		return nil, fmt.Errorf("compressing %s: %w", Entry, err)
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("closing the zip: %w", err)
	}
	return content.Bytes(), nil
}

// replace writes the file in one step, unless it has these bytes already.
func replace(path string, content []byte) (changed bool, err error) {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, fmt.Errorf("making the output folder: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return false, fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = temporary.Write(content)
	err = errors.Join(err, temporary.Chmod(0o644), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return false, errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(temporary.Name()))
	}
	return true, nil
}
