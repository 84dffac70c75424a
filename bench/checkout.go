package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// checkout is a copy of the checkout in which the functions' code may be changed. All else is linked.
type checkout struct {
	folder string
}

// newCheckout makes the copy; the current folder is the checkout.
func newCheckout() (checkout, error) {
	root, err := os.Getwd()
	if err != nil {
		return checkout{}, fmt.Errorf("finding the checkout: %w", err)
	}
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return checkout{}, fmt.Errorf("making a folder for the benchmark: %w", err)
	}
	c := checkout{folder: folder}
	for _, name := range []string{"stacks", "contract", "tools", "go.work"} {
		if err := os.Symlink(filepath.Join(root, name), filepath.Join(folder, name)); err != nil {
			return c, fmt.Errorf("linking %s: %w", name, err)
		}
	}
	if err := os.CopyFS(filepath.Join(folder, functionsFolder), os.DirFS(filepath.Join(root, functionsFolder))); err != nil {
		return c, fmt.Errorf("copying the functions: %w", err)
	}
	return c, nil
}

const functionsFolder = "lambda-src"

// changeFunction gives the function called name code that it did not have.
func (c checkout) changeFunction(name string) error {
	file := filepath.Join(c.folder, functionsFolder, name, "changed.go")
	code := "package main\n\nimport \"os\"\n\nfunc init() { os.Args[0] = \"changed\" }\n"
	if err := os.WriteFile(file, []byte(code), 0o644); err != nil {
		return fmt.Errorf("changing function %s: %w", name, err)
	}
	return nil
}

func (c checkout) remove() error {
	return os.RemoveAll(c.folder)
}
