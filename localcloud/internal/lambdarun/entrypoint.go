package lambdarun

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// The architectures that functions have.
const (
	ArchitectureX8664 = "x86_64"
	ArchitectureARM64 = "arm64"
)

// entrypoint is the program that a function's zip has at its root.
const entrypoint = "bootstrap"

// taskRoot is where Lambda unpacks functions; its messages name it.
const taskRoot = "/var/task/"

// Types of the errors that Lambda itself answers with.
const (
	errInvalidEntrypoint = "Runtime.InvalidEntrypoint"
	errExit              = "Runtime.ExitError"
	errOutOfMemory       = "Runtime.OutOfMemory"
	errTimedOut          = "Sandbox.Timedout"
	errResponseTooLarge  = "Function.ResponseSizeTooLarge"
)

// MachineArchitecture is the architecture of this machine in Lambda's words.
func MachineArchitecture() string {
	if runtime.GOARCH == "amd64" {
		return ArchitectureX8664
	}
	return runtime.GOARCH
}

// checkEntrypoint finds out why a function can't start; the error is in Lambda's words.
func checkEntrypoint(f *Function, machine string) error {
	file, err := os.Open(filepath.Join(f.Root, entrypoint))
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]") //nolint:revive,staticcheck // Lambda's words
	}
	if err != nil {
		return fmt.Errorf("opening %s: %w", taskRoot+entrypoint, errors.Unwrap(err))
	}
	defer file.Close() //nolint:errcheck // read only
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0 {
		return errors.New("fork/exec " + taskRoot + entrypoint + ": permission denied")
	}
	if f.Architecture != machine {
		return fmt.Errorf("fork/exec %s: exec format error; localcloud runs functions on this machine, which is %s, and this one is "+
			"deployed for %s: build its bootstrap for %s (GOARCH=%s) and deploy it with Architectures [%s]",
			taskRoot+entrypoint, machine, f.Architecture, machine, goArchitecture(machine), machine)
	}
	program, err := elf.NewFile(file)
	if err != nil {
		return nil //nolint:nilerr // a script; whether it runs the kernel decides
	}
	if built := elfArchitecture(program.Machine); built != f.Architecture {
		return fmt.Errorf("fork/exec %s: exec format error; it is built for %s, and the function is deployed for %s",
			taskRoot+entrypoint, built, f.Architecture)
	}
	return nil
}

func goArchitecture(architecture string) string {
	if architecture == ArchitectureX8664 {
		return "amd64"
	}
	return architecture
}

func elfArchitecture(machine elf.Machine) string {
	switch machine {
	case elf.EM_X86_64:
		return ArchitectureX8664
	case elf.EM_AARCH64:
		return ArchitectureARM64
	default:
		return machine.String()
	}
}
