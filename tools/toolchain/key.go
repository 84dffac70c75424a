package toolchain

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// keyLength is in hexadecimal digits: short enough for a path, long enough that two keys never meet.
const keyLength = 16

// recipe is everything that decides what comes out of installing a component.
type recipe struct {
	sources []string // paths of files whose bytes count
	facts   []string // versions, flags and the like
}

// key names the result of a recipe: the same recipe has the same key, on any machine and in any checkout.
func (r recipe) key() (string, error) {
	hash := sha256.New()
	for _, path := range r.sources {
		content, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("reading the toolchain's sources: %w; is the checkout complete?", err)
		}
		hash.Write(fmt.Appendf(nil, "file %q %d\n", filepath.Base(path), len(content)))
		hash.Write(content)
	}
	for _, fact := range r.facts {
		hash.Write(fmt.Appendf(nil, "fact %q\n", fact))
	}
	return hex.EncodeToString(hash.Sum(nil))[:keyLength], nil
}

// moduleSources lists the files of one of the Go modules under tools that decide what is built from it.
func moduleSources(folder string) ([]string, error) {
	programs, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("listing the sources in %s: %w", folder, err)
	}
	sources := []string{filepath.Join(folder, "go.mod"), filepath.Join(folder, "go.sum")}
	for _, program := range programs {
		if !strings.HasSuffix(program, "_test.go") {
			sources = append(sources, program)
		}
	}
	return sources, nil
}

// requiredVersion reads the version of a module from a go.mod file, such as "v3.250.0".
func requiredVersion(goMod, module string) (string, error) {
	content, err := os.ReadFile(goMod)
	if err != nil {
		return "", fmt.Errorf("reading the version of %s: %w", module, err)
	}
	for line := range strings.Lines(string(content)) {
		words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(words) >= 2 && words[0] == module {
			return words[1], nil
		}
	}
	return "", fmt.Errorf("reading the version of %s: %s does not require it", module, goMod)
}

// pinnedVersion reads the version of a package from a requirements file, such as "5.2.1".
func pinnedVersion(requirements, name string) (string, error) {
	content, err := os.ReadFile(requirements)
	if err != nil {
		return "", fmt.Errorf("reading the version of %s: %w", name, err)
	}
	for line := range strings.Lines(string(content)) {
		if version, ok := strings.CutPrefix(line, name+"=="); ok {
			return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(version), `\`)), nil
		}
	}
	return "", fmt.Errorf("reading the version of %s: %s does not pin it", name, requirements)
}
