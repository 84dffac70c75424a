package toolchain

import (
	"context"
	"fmt"
	"strings"
)

// The oldest Python that the pinned moto runs on.
const (
	pythonMajor = 3
	pythonMinor = 10
)

// pythonNames are tried in this order. Systems with an old python3 often have a newer one beside it.
var pythonNames = []string{
	"python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10",
}

// printVersion is a program that any Python understands.
const printVersion = "import sys; print('%d.%d' % sys.version_info[:2])"

// findPython returns the first interpreter on PATH that is new enough.
func (j *job) findPython(ctx context.Context) (string, error) {
	var seen []string
	for _, name := range pythonNames {
		path, err := j.lookPath(name)
		if err != nil {
			continue
		}
		answer, err := j.execute(ctx, command{name: path, args: []string{"-c", printVersion}}, nil)
		if err != nil {
			if ctx.Err() != nil {
				return "", fmt.Errorf("looking for Python: %w", ctx.Err())
			}
			seen = append(seen, path+" (does not run)")
			continue
		}
		version := strings.TrimSpace(answer)
		if newEnough(version) {
			return path, nil
		}
		seen = append(seen, path+" ("+version+")")
	}
	found := "PATH has none"
	if len(seen) > 0 {
		found = "PATH has only " + strings.Join(seen, ", ")
	}
	return "", fmt.Errorf("%w: moto needs Python %d.%d or newer, and %s. Install it (apt install python3 python3-venv, "+
		"dnf install python3, brew install python) and put it on PATH", ErrNoPython, pythonMajor, pythonMinor, found)
}

func newEnough(version string) bool {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil {
		return false
	}
	return major > pythonMajor || major == pythonMajor && minor >= pythonMinor
}
