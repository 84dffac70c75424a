package toolchain

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
)

const (
	testPulumi   = "v3.1.2"
	testProvider = "v6.5.4"
	testMoto     = "5.2.1"
	pluginPath   = "plugins/resource-aws-" + testProvider + "/pulumi-resource-aws"
)

// machine runs no program: it answers as programs on a healthy machine would, unless a spec says otherwise.
type machine struct {
	mutex   sync.Mutex
	ran     []string
	onPath  map[string]string
	free    uint64
	answers []answer
	ticks   chan time.Time // at each, a download must have brought something; none unless a spec sends them
	rate    int64          // bytes that a download brings from one look to the next
	arrived atomic.Int64
}

// answer replaces what a program does when its command line contains the words.
type answer struct {
	words string
	do    func(ctx context.Context, c command) (string, error)
}

func newMachine() *machine {
	return &machine{
		onPath: map[string]string{"go": "/bin/go", "python3": "/bin/python3"},
		free:   100 * gigabyte,
		ticks:  make(chan time.Time),
	}
}

func (m *machine) system() system {
	return system{
		runner: m,
		lookPath: func(name string) (string, error) {
			if path, ok := m.onPath[name]; ok {
				return path, nil
			}
			return "", exec.ErrNotFound
		},
		volume:   func(string) (volume, error) { return volume{id: 1, free: m.free}, nil },
		patience: func() (<-chan time.Time, func()) { return m.ticks, func() {} },
		arrived:  func(...string) int64 { return m.arrived.Add(m.rate) },
	}
}

// when makes the last matching answer win.
func (m *machine) when(words string, do func(ctx context.Context, c command) (string, error)) {
	m.answers = append([]answer{{words, do}}, m.answers...)
}

// fails makes a program print lines and fail.
func (m *machine) fails(words string, lines ...string) {
	m.when(words, func(_ context.Context, c command) (string, error) {
		for _, line := range lines {
			c.line(line)
		}
		return "", errors.New("exit status 1")
	})
}

// times counts how often a program ran.
func (m *machine) times(words string) int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	count := 0
	for _, line := range m.ran {
		if strings.Contains(line, words) {
			count++
		}
	}
	return count
}

func (m *machine) Run(ctx context.Context, c command) (string, error) {
	line := c.name + " " + strings.Join(c.args, " ")
	m.mutex.Lock()
	m.ran = append(m.ran, line)
	m.mutex.Unlock()
	for _, a := range m.answers {
		if strings.Contains(line, a.words) {
			return a.do(ctx, c)
		}
	}
	return healthy(line, c)
}

func healthy(line string, c command) (string, error) {
	switch {
	case strings.Contains(line, "go env"):
		return `{"GOCACHE":"/gocache","GOPROXY":"https://proxy.example"}`, nil
	case strings.Contains(line, "go list"):
		return "one\ntwo\nthree\n", nil
	case strings.Contains(line, "go build"):
		return "", writeOutput(c, "a binary")
	case strings.HasSuffix(line, "pulumi version"):
		return testPulumi + "\n", nil
	case strings.Contains(line, "plugin install"):
		return "", errors.New("exit status 255")
	case strings.Contains(line, askMoto):
		return "", errors.New("exit status 1")
	case strings.Contains(line, printVersion):
		return "3.11\n", nil
	case strings.Contains(line, "-m venv"):
		return "", put(filepath.Join(c.args[2], "bin", "python"), "an interpreter")
	case strings.Contains(line, "-m pip"):
		return "", nil
	default:
		return "", errors.New("no such program on the test's machine: " + line)
	}
}

// writeOutput writes what a compiler was asked for with -o.
func writeOutput(c command, content string) error {
	return put(c.args[slices.Index(c.args, "-o")+1], content)
}

func put(path, content string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o755)
}

// fixture is a checkout with the tools' sources, an empty cache and a machine.
type fixture struct {
	*machine
	root, cache string
	out         *gbytes.Buffer
	mode        Mode
}

func newFixture() *fixture {
	f := &fixture{
		machine: newMachine(), root: GinkgoT().TempDir(), cache: GinkgoT().TempDir(),
		out: gbytes.NewBuffer(), mode: ModeAuto,
	}
	for path, content := range map[string]string{
		"tools/pulumi/go.mod":         "module pulumi\nrequire github.com/pulumi/pulumi/pkg/v3 " + testPulumi + " // indirect\n",
		"tools/pulumi/go.sum":         "sums\n",
		"tools/provider-aws/go.mod":   "module provider\n",
		"tools/provider-aws/go.sum":   "sums\n",
		"tools/provider-aws/main.go":  "package main\n",
		"tools/moto/requirements.txt": "moto==" + testMoto + " \\\n    --hash=sha256:00\n",
		"stacks/go.mod":               "module stacks\nrequire (\n\tgithub.com/pulumi/pulumi-aws/sdk/v6 " + testProvider + "\n)\n",
	} {
		f.write(path, content)
	}
	return f
}

func (f *fixture) write(path, content string) {
	GinkgoHelper()
	Expect(put(filepath.Join(f.root, path), content)).To(Succeed())
}

func (f *fixture) options(need ...Component) Options {
	return Options{Root: f.root, CacheDir: f.cache, Out: f.out, Need: need, Mode: f.mode}
}

func (f *fixture) installer(need ...Component) *installer {
	GinkgoHelper()
	i, err := newInstaller(f.options(need...), f.system())
	Expect(err).NotTo(HaveOccurred())
	return i
}

func (f *fixture) ensure(ctx context.Context, need ...Component) (Installed, error) {
	GinkgoHelper()
	return f.installer(need...).ensure(ctx)
}

// leftovers lists the folders that installations worked in and should have removed.
func (f *fixture) leftovers() []string {
	GinkgoHelper()
	found, err := filepath.Glob(filepath.Join(f.cache, "*", workPrefix+"*"))
	Expect(err).NotTo(HaveOccurred())
	return found
}
