// Package functions measures the built functions beside the same functions in Node.js and Python: on one machine, in one
// run, started by the same Runtime API, against the same endpoint. What counts are ratios; the machine is whatever it is.
package functions

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Options say what to measure.
type Options struct {
	Packages string // folder of the functions' packages
	Peers    string // folder of the peers
	Out      string // file for the results
	Runs     int
	Events   int // of one run of a processor
	Results  int // of one run of an aggregator
	Check    bool
}

// errMissed says that a limit was missed, where that was to be an error.
var errMissed = errors.New("a limit was missed")

// Main is the command 'bench functions'.
func Main(ctx context.Context, arguments []string, out io.Writer) error {
	var o Options
	flags := flag.NewFlagSet("functions", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.Packages, "packages", "build/lambdas/"+architecture(), "folder of the functions' packages")
	flags.StringVar(&o.Peers, "peers", "bench/peers", "folder of the peers")
	flags.StringVar(&o.Out, "out", "bench/functions.json", "file for the results")
	flags.IntVar(&o.Runs, "runs", 20, "runs, of which the medians count")
	flags.IntVar(&o.Events, "events", 500, "events in a run of a processor")
	flags.IntVar(&o.Results, "results", 100_000, "results in a run of an aggregator; whole thousands")
	flags.BoolVar(&o.Check, "check", false, "fail when a limit is missed")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if o.Runs < 1 || o.Events < 2 || o.Results < resultsPerRule || o.Results%resultsPerRule != 0 {
		return fmt.Errorf("-runs %d, -events %d, -results %d: expected at least 1, 2, and a multiple of %d", o.Runs, o.Events,
			o.Results, resultsPerRule)
	}
	measured, err := measureAll(ctx, o, out)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(measured, "", "  ")
	if err == nil {
		err = os.WriteFile(o.Out, append(text, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	_, err = io.WriteString(out, measured.Table())
	if o.Check && measured.missed() {
		err = errors.Join(err, errMissed)
	}
	return err
}

// architecture is this machine's, as the settings of the functions layer have it.
func architecture() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}

// measureAll carries out the whole run.
func measureAll(ctx context.Context, o Options, out io.Writer) (results Results, err error) {
	scratch, err := os.MkdirTemp("", "bench-functions")
	if err != nil {
		return results, fmt.Errorf("making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e, err := startEndpoint(ctx, o.Results)
	if err != nil {
		return results, err
	}
	defer func() { err = errors.Join(err, e.stop()) }()
	subjects, sizes, err := prepare(ctx, o, scratch, e.url)
	if err != nil {
		return results, err
	}
	b := bench{options: o, endpoint: e, out: out}
	results = Results{
		Went: time.Now().UTC().Format(time.RFC3339), Cores: runtime.NumCPU(), Runs: o.Runs, Events: o.Events, ResultsRead: o.Results,
		PackageBytes: sizes, Processors: map[string]Processor{}, Aggregators: map[string]Aggregator{},
	}
	if err := b.processors(ctx, subjects.processors, &results); err != nil {
		return results, err
	}
	if err := b.aggregators(ctx, subjects.aggregators, &results); err != nil {
		return results, err
	}
	return results.judged(), nil
}

// endpoint is the endpoint's process.
type endpoint struct {
	command *exec.Cmd
	input   io.Closer
	url     string
	control string
}

// startEndpoint starts this program once more, as an endpoint.
func startEndpoint(ctx context.Context, results int) (*endpoint, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	command := exec.CommandContext(ctx, program, "endpoint", fmt.Sprint(results))
	command.Stderr = os.Stderr
	input, inErr := command.StdinPipe()
	output, outErr := command.StdoutPipe()
	if err := errors.Join(inErr, outErr, command.Start()); err != nil {
		return nil, fmt.Errorf("starting the endpoint: %w", err)
	}
	e := &endpoint{command: command, input: input}
	line, err := bufio.NewReader(output).ReadString('\n')
	addresses := strings.Fields(line)
	if err != nil || len(addresses) != 2 {
		return nil, errors.Join(fmt.Errorf("reading the endpoint's addresses from %q: %w", line, err), e.stop())
	}
	e.url, e.control = "http://"+addresses[0], "http://"+addresses[1]
	return e, nil
}

func (e *endpoint) stop() error {
	return errors.Join(e.input.Close(), e.command.Wait())
}

// reset makes the endpoint forget everything, and gives it what a deployment has.
func (e *endpoint) reset() error {
	answer, err := http.Post(e.control, "", nil)
	if err != nil {
		return fmt.Errorf("resetting the endpoint: %w", err)
	}
	return answer.Body.Close()
}

func (e *endpoint) counts() (counts Counts, err error) {
	answer, err := http.Get(e.control)
	if err != nil {
		return counts, fmt.Errorf("asking the endpoint what it counted: %w", err)
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	return counts, json.NewDecoder(answer.Body).Decode(&counts)
}

// subjects are all that is measured, ours first.
type subjects struct{ processors, aggregators []Subject }

// prepare unpacks ours, installs the peers, and says how large ours are.
func prepare(ctx context.Context, o Options, scratch, url string) (s subjects, sizes map[string]int64, err error) {
	environment := environment(url)
	sizes = map[string]int64{}
	programs := map[string]string{}
	for _, function := range []string{"processor", "aggregator", "remediator"} {
		path := filepath.Join(o.Packages, function+".zip")
		info, err := os.Stat(path)
		if err != nil {
			return s, nil, fmt.Errorf("looking for the package of the %s; build it with 'go tool task build-lambdas': %w", function, err)
		}
		sizes[function] = info.Size()
		if programs[function], err = unpack(path, filepath.Join(scratch, function)); err != nil {
			return s, nil, err
		}
	}
	peers, err := filepath.Abs(o.Peers)
	if err != nil {
		return s, nil, fmt.Errorf("finding the peers: %w", err)
	}
	node, python := filepath.Join(peers, "node"), filepath.Join(peers, "python")
	if err := installNode(ctx, node); err != nil {
		return s, nil, err
	}
	interpreter, err := installPython(ctx, python)
	if err != nil {
		return s, nil, err
	}
	ours := func(function string) Subject {
		return Subject{Name: Ours, Command: []string{programs[function]}, Folder: scratch, Env: environment}
	}
	inPython := func(module string) Subject {
		return Subject{Name: Python, Command: []string{interpreter, "bootstrap.py", module}, Folder: python, Env: environment}
	}
	s.processors = []Subject{
		ours("processor"), {Name: Node, Command: []string{"node", "bootstrap.mjs"}, Folder: node, Env: environment}, inPython("processor"),
	}
	s.aggregators = []Subject{ours("aggregator"), inPython("aggregator")}
	return s, sizes, nil
}

// environment is what a function is told: all that any of them reads.
func environment(url string) []string {
	const topic = "arn:aws:sns:" + region + ":" + account + ":"
	return []string{
		"AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region, "AWS_ACCESS_KEY_ID=AKIDBENCH", "AWS_SECRET_ACCESS_KEY=secret",
		"AWS_SESSION_TOKEN=token", "AWS_ENDPOINT_URL=" + url, "AWS_LAMBDA_FUNCTION_NAME=" + prefix, "AWS_LAMBDA_LOG_FORMAT=JSON",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_EC2_METADATA_DISABLED=true",
		"COMPLIANCE_PREFIX=" + prefix, "COMPLIANCE_REPORTS_BUCKET=" + bucket, "COMPLIANCE_VIOLATIONS_TOPIC=" + topic + "violations",
		"COMPLIANCE_OPERATIONS_TOPIC=" + topic + "operations", "COMPLIANCE_REMEDIATION_MODE=plan", "COMPLIANCE_REMEDIATIONS={}",
		"COMPLIANCE_FLOOD_LIMIT=0", "COMPLIANCE_KEY_ARN=arn:aws:kms:" + region + ":" + account + ":key/1234abcd-12ab-34cd-56ef-1234567890ab",
	}
}
