// Command generate writes the catalogue's Go form beside its YAML; 'go generate' runs it in that folder.
package main

import (
	"fmt"
	"os"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/source"
)

func main() {
	if err := run("rules.yaml", "rules_generated.go"); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("reading the catalogue: %w", err)
	}
	catalogue, err := source.Parse(text)
	if err != nil {
		return err
	}
	code, err := source.Go(catalogue)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, code, 0o644); err != nil {
		return fmt.Errorf("writing the catalogue's Go form: %w", err)
	}
	return nil
}
