package toolchain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
)

// What goes wrong on people's machines. Each error that wraps one of these says what to do.
var (
	ErrDiskFull = errors.New("not enough disk space")
	ErrNoGo     = errors.New("no Go compiler")
	ErrNoPython = errors.New("no suitable Python")
	ErrModules  = errors.New("fetching Go modules")
	ErrBuild    = errors.New("compiling")
	ErrPip      = errors.New("installing Python packages")
	ErrDownload = errors.New("downloading the official release")
)

const moveAdvice = "Free some space, or move the caches to a larger disk: set XDG_CACHE_HOME for ours, " +
	"GOCACHE for Go's, TMPDIR for temporary files"

// diskFullSigns are what programs print when a disk or a quota is full, in lower case.
var diskFullSigns = []string{"no space left on device", "disk quota exceeded", "not enough space"}

// networkSigns are what Go prints when it can't reach a module proxy, in lower case.
var networkSigns = []string{
	"dial tcp", "no such host", "i/o timeout", "connection refused", "connection reset", "tls handshake",
	"module lookup disabled", "proxyconnect", "certificate", "502 bad gateway", "503 service", "403 forbidden",
	"407 proxy",
}

// failure is what is known about a step that failed.
type failure struct {
	kind     error    // ErrBuild, ErrPip, …
	err      error    // of the program
	tail     []string // its last lines
	log      string   // path of all its lines
	advice   string   // what to do if nothing better is known
	proxy    string   // the GOPROXY in use, if it matters
	demanded []demand
}

// explain turns a failure into an error that says what happened and what to do.
func (f failure) explain(ctx context.Context) error {
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("%w: %w; the next run starts where this one stopped", f.kind, cause)
	}
	text := strings.ToLower(strings.Join(f.tail, "\n"))
	switch {
	case errors.Is(f.err, syscall.ENOSPC), containsAny(text, diskFullSigns):
		return fmt.Errorf("%w: %w: it needs about %s. %s; the log is %s",
			f.kind, ErrDiskFull, describe(f.demanded), moveAdvice, f.log)
	case f.proxy != "" && containsAny(text, networkSigns):
		return fmt.Errorf("%w: the module proxy can't be reached (GOPROXY=%s): %w\n%s\n"+
			"Check the network, or set GOPROXY to a proxy that you can reach; the log is %s",
			ErrModules, f.proxy, f.err, indent(f.tail), f.log)
	default:
		return fmt.Errorf("%w: %w\n%s\n%s; the log is %s", f.kind, f.err, indent(f.tail), f.advice, f.log)
	}
}

func containsAny(text string, signs []string) bool {
	return slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(text, sign) })
}

func describe(demands []demand) string {
	var parts []string
	for _, d := range demands {
		parts = append(parts, gigabytes(d.bytes)+" in "+d.folder)
	}
	return strings.Join(parts, " and ")
}

func indent(lines []string) string {
	return "    " + strings.Join(lines, "\n    ")
}
