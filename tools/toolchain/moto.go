package toolchain

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

const (
	venvPython = "venv/bin/python"
	motoSpace  = 500 * megabyte
)

// motoPart is a virtual environment with moto and everything that it needs, each at its pinned version and hash.
func (i *installer) motoPart() (part, error) {
	requirements := i.requirements()
	key, err := recipe{sources: []string{requirements}, facts: platform()[1:]}.key()
	if err != nil {
		return part{}, err
	}
	return part{
		component: Moto,
		title:     "moto",
		folder:    filepath.Join(i.opts.CacheDir, string(Moto)),
		key:       key,
		files:     []string{venvPython},
		bytes:     motoSpace,
		install: func(ctx context.Context, j *job) (Source, error) {
			return Downloaded, j.installMoto(ctx, requirements)
		},
	}, nil
}

func (i *installer) requirements() string {
	return filepath.Join(i.module("moto"), "requirements.txt")
}

func (j *job) installMoto(ctx context.Context, requirements string) error {
	python, err := j.findPython(ctx)
	if err != nil {
		return err
	}
	j.say("Installing moto, the AWS emulator for local deployments, with %s: about a minute, %s in %s.",
		python, gigabytes(motoSpace), j.part.folder)
	end := j.begin("installing moto")
	defer end()
	if err := j.makeVenv(ctx, python); err != nil {
		return err
	}
	packages := 0
	observe := func(line string) {
		if name, ok := strings.CutPrefix(line, "Collecting "); ok {
			packages++
			j.set("package %d, %s", packages, strings.Fields(name)[0])
		}
	}
	_, err = j.execute(ctx, command{
		name: filepath.Join(j.work, venvPython),
		args: []string{
			"-m", "pip", "install", "--disable-pip-version-check", "--no-input",
			"--require-hashes", "--requirement", requirements,
		},
	}, observe)
	if err != nil {
		f := j.failed(ErrPip, err)
		f.advice = "Check the network, and that pip's index (pip config list) has these packages"
		return f.explain(ctx)
	}
	return nil
}

func (j *job) makeVenv(ctx context.Context, python string) error {
	_, err := j.execute(ctx, command{name: python, args: []string{"-m", "venv", filepath.Join(j.work, "venv")}}, nil)
	if err == nil {
		return nil
	}
	f := j.failed(fmt.Errorf("%w: making a virtual environment with %s", ErrNoPython, python), err)
	f.advice = "It may lack the module venv: on Debian and Ubuntu, apt install python3-venv"
	return f.explain(ctx)
}
