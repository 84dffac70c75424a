// Command bench times what people wait for: deploying everything, deploying again without a change, and deploying one
// function's new code, on a fresh local AWS. It drives the operator's command as a user does, and writes ratios of one
// run to a file. Timings are never assertions: a limit that is missed is shown, and fails nothing.
//
//	bench -compliance build/compliance -out bench/results.json
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	os.Exit(mainCode())
}

// mainCode is the process's exit code.
func mainCode() int {
	compliance := flag.String("compliance", "build/compliance", "the operator's command")
	out := flag.String("out", "bench/results.json", "file for the results")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *compliance, *out); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	return 0
}

func run(ctx context.Context, compliance, out string) error {
	results, err := measure(ctx, compliance)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return fmt.Errorf("writing results as JSON: %w", err)
	}
	if err := os.WriteFile(out, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	_, err = fmt.Print(results.table())
	return err
}
