package functions

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// unpack takes the executable out of a function's package.
func unpack(packagePath, folder string) (path string, err error) {
	archive, err := zip.OpenReader(packagePath)
	if err != nil {
		return "", fmt.Errorf("opening the package %s: %w", packagePath, err)
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	packed, err := archive.Open("bootstrap")
	if err != nil {
		return "", fmt.Errorf("finding the executable in %s: %w", packagePath, err)
	}
	content, err := io.ReadAll(packed)
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	path = filepath.Join(folder, "bootstrap")
	if err == nil {
		err = os.WriteFile(path, content, 0o755)
	}
	if err != nil {
		return "", fmt.Errorf("unpacking %s: %w", packagePath, err)
	}
	return path, nil
}

// installNode installs the Node.js peer's dependencies, as its lock file has them, unless they are there.
func installNode(ctx context.Context, folder string) error {
	if _, err := os.Stat(filepath.Join(folder, "node_modules", ".package-lock.json")); err == nil {
		return nil
	}
	return install(ctx, folder, "Node.js 20 with npm", "npm", "ci")
}

// installPython makes a virtual environment with the Python peer's dependencies in the user's cache, unless it is there,
// and returns its interpreter.
func installPython(ctx context.Context, folder string) (string, error) {
	requirements, err := os.ReadFile(filepath.Join(folder, "requirements.txt"))
	if err != nil {
		return "", fmt.Errorf("reading the Python peer's requirements: %w", err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache: %w", err)
	}
	sum := sha256.Sum256(requirements)
	home := filepath.Join(cache, "compliance-monitor-bench", "python-"+hex.EncodeToString(sum[:6]))
	interpreter, done := filepath.Join(home, "bin", "python"), filepath.Join(home, "installed")
	if _, err := os.Stat(done); err == nil {
		return interpreter, nil
	}
	if err := install(ctx, folder, "Python 3.10 or newer with venv", "python3", "-m", "venv", home); err != nil {
		return "", err
	}
	if err := install(ctx, folder, "pip", interpreter, "-m", "pip", "install", "-q", "-r", "requirements.txt"); err != nil {
		return "", err
	}
	return interpreter, os.WriteFile(done, nil, 0o644)
}

func install(ctx context.Context, folder, needed string, command ...string) error {
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	run.Dir = folder
	if output, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("installing a peer (it needs %s): %v: %w\n%s", needed, command, err, output)
	}
	return nil
}
