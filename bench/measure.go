package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// bench is one run.
type bench struct {
	compliance string
	checkout   checkout
	address    string
}

// timing is how long one command took, and how much processor time each of the programs behind it had.
type timing struct {
	Seconds float64            `json:"seconds"`
	CPU     map[string]float64 `json:"cpuSeconds"` // by program
}

// measure carries out the whole run and leaves nothing behind.
func measure(ctx context.Context, compliance string) (results results, err error) {
	absolute, err := filepath.Abs(compliance)
	if err != nil {
		return results, fmt.Errorf("finding %s: %w", compliance, err)
	}
	address, err := freeAddress()
	if err != nil {
		return results, err
	}
	copied, err := newCheckout()
	defer func() { err = errors.Join(err, copied.remove()) }()
	if err != nil {
		return results, err
	}
	b := bench{compliance: absolute, checkout: copied, address: address}
	defer func() {
		_, downErr := b.command(context.WithoutCancel(ctx), "local", "down")
		err = errors.Join(err, downErr)
	}()
	return b.run(ctx)
}

func (b bench) run(ctx context.Context) (results, error) {
	r := results{Cores: runtime.NumCPU(), Went: time.Now().UTC().Format(time.RFC3339)}
	steps := []struct {
		into      *timing
		arguments []string
	}{
		{nil, []string{"build-lambdas"}},
		{&r.LocalUp, []string{"local", "up"}},
		{&r.DeployAll, []string{"up"}},
		{&r.Unchanged, []string{"up"}},
	}
	for _, step := range steps {
		took, err := b.command(ctx, step.arguments...)
		if err != nil {
			return r, err
		}
		if step.into != nil {
			*step.into = took
		}
	}
	chain, err := b.chain()
	if err != nil {
		return r, err
	}
	r.Chain = chain
	if err := b.checkout.changeFunction("processor"); err != nil {
		return r, err
	}
	if r.BuildFunction, err = b.command(ctx, "build-lambdas"); err != nil {
		return r, err
	}
	if r.OneFunction, err = b.command(ctx, "up", "functions"); err != nil {
		return r, err
	}
	if r.DestroyAll, err = b.command(ctx, "destroy"); err != nil {
		return r, err
	}
	return r.judged(), nil
}

// command runs the operator's command in the copied checkout, and times it.
func (b bench) command(ctx context.Context, arguments ...string) (timing, error) {
	full := append([]string{"--root", b.checkout.folder, "--local-address", b.address, "--stack", "local"}, arguments...)
	command := exec.CommandContext(ctx, b.compliance, full...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	started := time.Now()
	if err := command.Start(); err != nil {
		return timing{}, fmt.Errorf("starting compliance %v: %w", arguments, err)
	}
	watch := watchTree(append(b.localProcesses(ctx), command.Process.Pid)...)
	err := command.Wait()
	took := timing{Seconds: round(time.Since(started).Seconds()), CPU: watch.stop()}
	if err != nil {
		return took, fmt.Errorf("compliance %v: %w\n%s", arguments, err, output.Bytes())
	}
	fmt.Printf("compliance %v: %.1f s\n", arguments, took.Seconds)
	return took, nil
}

// localProcesses are those of the local AWS: its gateway, which is the operator's command as well, and moto. There are none
// before it is started.
func (b bench) localProcesses(ctx context.Context) []int {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.address+"/_localcloud/health", nil)
	if err != nil {
		return nil
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil
	}
	defer answer.Body.Close() //nolint:errcheck // only read from
	var health struct {
		PID     int `json:"pid"`
		MotoPID int `json:"motoPid"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&health); err != nil {
		return nil
	}
	return []int{health.PID, health.MotoPID}
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("looking for a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}
