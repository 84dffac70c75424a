package deploy

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// script is a Pulumi CLI that runs a shell script for every command but "version".
func script(text string) *engine {
	GinkgoHelper()
	root := GinkgoT().TempDir()
	Expect(os.Mkdir(filepath.Join(root, "bin"), 0o755)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(root, "bin", "pulumi"),
		[]byte("#!/bin/sh\nif [ \"$1\" = version ]; then echo v3.250.0; exit; fi\n"+text), 0o755)).To(Succeed())
	e, err := newEngine(root)
	Expect(err).NotTo(HaveOccurred())
	return e
}

var _ = Describe("The Pulumi CLI", func() {
	run := func(ctx context.Context, e *engine, out io.Writer) (string, string, int, error) {
		return e.Run(ctx, GinkgoT().TempDir(), nil, []io.Writer{out}, nil, []string{"WHO=me"}, "up")
	}

	It("should say its version", func() {
		Expect(script("").Version().String()).To(Equal("3.250.0"))
	})

	It("should get its arguments and environment, and have its output kept and passed on", func(ctx context.Context) {
		var seen bytes.Buffer
		stdout, stderr, code, err := run(ctx, script(`echo "$@ $WHO $PULUMI_AUTOMATION_API"; echo wrong >&2`), &seen)
		Expect(err).NotTo(HaveOccurred())
		Expect(code).To(BeZero())
		Expect(stdout).To(Equal("--non-interactive up me true\n"))
		Expect(seen.String()).To(Equal(stdout))
		Expect(stderr).To(Equal("wrong\n"))
	}, SpecTimeout(time30))

	It("should have its exit code told", func(ctx context.Context) {
		_, _, code, err := run(ctx, script(`exit 7`), io.Discard)
		Expect(err).To(HaveOccurred())
		Expect(code).To(Equal(7))
	}, SpecTimeout(time30))

	It("should run in a process group of its own, where the terminal's Ctrl-C does not reach it", func(ctx context.Context) {
		stdout, _, _, err := run(ctx, script(`echo $$; ps -o pgid= -p $$`), io.Discard)
		Expect(err).NotTo(HaveOccurred())
		lines := strings.Fields(stdout)
		Expect(lines).To(HaveLen(2))
		Expect(lines[1]).To(Equal(lines[0]))
		Expect(lines[1]).NotTo(Equal(strconv.Itoa(syscall.Getpgrp())))
	}, SpecTimeout(time30))

	Context("when it is interrupted", func() {
		interrupted := func(ctx context.Context, e *engine) (string, error) {
			ctx, interrupt := context.WithCancel(ctx)
			defer interrupt()
			reader, writer := io.Pipe()
			go func() {
				line := make([]byte, 1)
				_, _ = reader.Read(line) // it is ready
				interrupt()
				_, _ = io.Copy(io.Discard, reader)
			}()
			stdout, _, _, err := run(ctx, e, writer)
			return stdout, err
		}

		It("should get one signal, and the time to end what is under way", func(ctx context.Context) {
			stdout, err := interrupted(ctx, script(`trap 'count=$((count+1))' INT
echo ready; i=0; while [ $i -lt 5 ]; do sleep 0.1; i=$((i+1)); done; echo "signals: $count"; exit 1`))
			Expect(err).To(HaveOccurred())
			Expect(stdout).To(HaveSuffix("signals: 1\n"))
		}, SpecTimeout(time30))

		It("should be killed when it does not end", func(ctx context.Context) {
			e := script(`trap '' INT; echo ready; while true; do sleep 0.1; done`)
			e.grace = 300 * time.Millisecond
			_, err := interrupted(ctx, e)
			Expect(err).To(HaveOccurred())
		}, SpecTimeout(time30))
	})
})

var _ = Describe("The questions that the Automation API asks after an update", func() {
	var asked *fakeCLI

	BeforeEach(func() { asked = &fakeCLI{} })

	ask := func(args ...string) string {
		answer, _, code, err := frugal{asked}.Run(context.Background(), "/x/foundation", nil, nil, nil, nil, args...)
		Expect(err).NotTo(HaveOccurred())
		Expect(code).To(BeZero())
		return answer
	}

	It("should be answered without starting a process", func() {
		Expect(ask("stack", "output", "--json", "--stack", "prod")).To(Equal("{}"))
		Expect(ask("stack", "output", "--json", "--show-secrets")).To(Equal("{}"))
		Expect(ask("stack", "history", "--json")).To(Equal("[]"))
		Expect(asked.commands).To(BeEmpty())
	})

	It("should not be mistaken for others", func() {
		ask("stack", "ls", "--json")
		Expect(asked.commands).To(Equal([]string{"foundation: stack ls"}))
	})

	It("should be those of a Pulumi CLI", func() {
		var _ auto.PulumiCommand = frugal{asked}
		Expect(frugal{asked}.Version().Major).To(BeEquivalentTo(3))
	})
})
