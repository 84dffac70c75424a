package functions

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// packageFile is one function's zip file.
type packageFile struct {
	path string // absolute, because Pulumi's engine runs in a folder of its own
	hash string // SHA-256 in base64, as Lambda has it: only a package that has changed is deployed again
}

// readPackages finds the packages of all functions for the architecture, which has a folder of its own; the error names
// each that is missing, and how to make it.
func readPackages(folder, architecture string) (map[string]packageFile, error) {
	packages := map[string]packageFile{}
	var faults []error
	for _, function := range names.Functions() {
		found, err := readPackage(filepath.Join(folder, architecture, function+".zip"))
		if err != nil {
			faults = append(faults, fmt.Errorf(
				"reading the package of the function %s (make it with 'go tool task build-lambdas'): %w", function, err))
		}
		packages[function] = found
	}
	return packages, errors.Join(faults...)
}

func readPackage(path string) (packageFile, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return packageFile{}, err
	}
	absolute, err := filepath.Abs(path)
	sum := sha256.Sum256(content)
	return packageFile{path: absolute, hash: base64.StdEncoding.EncodeToString(sum[:])}, err
}
