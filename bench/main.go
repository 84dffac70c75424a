// Command bench times what people wait for: deploying everything, deploying again without a change, and deploying one
// function's new code, on a fresh local AWS. It drives the operator's command as a user does, and writes ratios of one
// run to a file. Timings are never assertions: a limit that is missed is shown, and fails nothing.
//
//	bench -compliance build/compliance -out bench/results.json
//
// 'bench functions' measures the built functions beside peers in other languages (see package functions).
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"

	"github.com/compliance-monitor/compliance-monitor/bench/functions"
)

func main() {
	os.Exit(mainCode())
}

// mainCode is the process's exit code.
func mainCode() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	return 0
}

// command carries out what the arguments ask for.
func command(ctx context.Context, arguments []string) error {
	switch {
	case len(arguments) > 0 && arguments[0] == "functions":
		return functions.Main(ctx, arguments[1:], os.Stdout)
	case len(arguments) == 2 && arguments[0] == "endpoint": // what 'functions' starts
		results, err := strconv.Atoi(arguments[1])
		if err != nil {
			return fmt.Errorf("reading the number of results: %w", err)
		}
		return functions.ServeEndpoint(results, os.Stdin, os.Stdout)
	}
	compliance := flag.String("compliance", "build/compliance", "the operator's command")
	out := flag.String("out", "bench/results.json", "file for the results")
	flag.Parse()
	return run(ctx, *compliance, *out)
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
