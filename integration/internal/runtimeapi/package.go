package runtimeapi

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// entry is the executable in the package of a function that brings its own runtime.
const entry = "bootstrap"

// Unpack takes the executable out of a function's package, puts it into a folder and returns its path.
func Unpack(packagePath, folder string) (path string, err error) {
	archive, err := zip.OpenReader(packagePath)
	if err != nil {
		return "", fmt.Errorf("opening the package %s: %w", packagePath, err)
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	packed, err := archive.Open(entry)
	if err != nil {
		return "", fmt.Errorf("finding the executable in the package %s: %w", packagePath, err)
	}
	content, err := io.ReadAll(packed)
	if err != nil {
		return "", fmt.Errorf("unpacking %s: %w", packagePath, err)
	}
	path = filepath.Join(folder, entry)
	if err := os.WriteFile(path, content, 0o755); err != nil {
		return "", fmt.Errorf("unpacking %s: %w", packagePath, err)
	}
	return path, nil
}
