// Command covergate fails unless the tests ran every statement that counts.
//
//	covergate -exclude FILE PROFILE...
package main

import (
	"flag"
	"fmt"
	"os"

	"golang.org/x/tools/cover"

	"github.com/compliance-monitor/compliance-monitor/tools/covergate"
)

func main() {
	exclude := flag.String("exclude", "", "file of patterns and reasons for code that need not be covered")
	flag.Parse()
	if err := run(*exclude, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(exclude string, files []string) error {
	list, err := os.Open(exclude)
	if err != nil {
		return fmt.Errorf("opening the exclusions: %w", err)
	}
	defer list.Close() //nolint:errcheck // only read from
	exclusions, err := covergate.ParseExclusions(list)
	if err != nil {
		return err
	}
	var profiles []*cover.Profile
	for _, file := range files {
		parsed, err := cover.ParseProfiles(file)
		if err != nil {
			return fmt.Errorf("reading the coverage profile %s: %w", file, err)
		}
		profiles = append(profiles, parsed...)
	}
	report := covergate.Measure(profiles, exclusions)
	for _, gap := range report.Gaps {
		fmt.Printf("not covered: %s:%d-%d (%d statements)\n", gap.File, gap.From, gap.To, gap.Statements)
	}
	for _, unused := range report.Unused {
		fmt.Printf("exclusion without a file: %s\n", unused.Pattern)
	}
	fmt.Printf("coverage: %.2f%% of %d statements\n", report.Percent(), report.Statements)
	if len(report.Gaps) > 0 || len(report.Unused) > 0 || report.Statements == 0 {
		return fmt.Errorf("every statement must be covered by a test, and every exclusion have a file; see above")
	}
	return nil
}
