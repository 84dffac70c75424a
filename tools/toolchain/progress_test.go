package toolchain

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
)

var _ = Describe("Progress", func() {
	It("should be a line now and then where there is no terminal", func() {
		out := gbytes.NewBuffer()
		p := newProgress(out)
		Expect(p.every).To(Equal(15 * time.Second))
		p.every = 5 * time.Millisecond
		end := p.begin("building the plugin")
		p.set("%d of at most %d packages compiled", 3, 9)
		Eventually(out).Should(gbytes.Say(`  building the plugin: 0s elapsed, 3 of at most 9 packages compiled\n`))
		end()
		length := len(out.Contents())
		Consistently(func() int { return len(out.Contents()) }, "50ms").Should(Equal(length))
	})

	It("should redraw one line on a terminal, and take it away in the end", func() {
		out := gbytes.NewBuffer()
		p := newProgress(out)
		p.terminal, p.every = true, 5*time.Millisecond
		end := p.begin("building the plugin")
		Eventually(out).Should(gbytes.Say(`\r\x1b\[K  building the plugin: 0s elapsed`))
		end()
		Expect(string(out.Contents())).To(HaveSuffix("\r\x1b[K"))
		Expect(string(out.Contents())).NotTo(ContainSubstring("\n"))
	})

	It("should know that a file is no terminal", func() {
		file, err := os.Create(filepath.Join(GinkgoT().TempDir(), "log"))
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(file.Close)
		Expect(isTerminal(file)).To(BeFalse())
	})

	It("should count the packages as the compiler names them, and tell when it links", func(ctx SpecContext) {
		f := newFixture()
		i := f.installer(Pulumi)
		i.progress.every = 5 * time.Millisecond
		f.when("go build", func(_ context.Context, c command) (string, error) {
			c.line("go: downloading example.com v1.0.0")
			c.line("one")
			c.line("two")
			Eventually(f.out).Should(gbytes.Say("2 of at most 3 packages compiled"))
			c.line(pulumiProgram)
			Eventually(f.out).Should(gbytes.Say("linking"))
			return "", writeOutput(c, "a binary")
		})
		_, err := i.ensure(ctx)
		Expect(err).NotTo(HaveOccurred())
	})
})

var _ = Describe("The output of a program", func() {
	It("should be split into lines, whether they end in a line feed, a carriage return or not at all", func() {
		var got []string
		var mutex sync.Mutex
		l := newLines(&mutex, func(line string) { got = append(got, line) })
		for _, piece := range []string{"on", "e\ntwo\r", "\nthree\rfo", "ur"} {
			_, err := l.Write([]byte(piece))
			Expect(err).NotTo(HaveOccurred())
		}
		l.flush()
		Expect(got).To(Equal([]string{"one", "two", "three", "four"}))
	})

	It("should come back, standard output apart from errors, with the program's own environment", func(ctx SpecContext) {
		var seen []string
		output, err := processes{}.Run(ctx, command{
			name: "sh", args: []string{"-c", "echo $WORD; echo oops >&2; pwd"}, dir: os.TempDir(),
			env: []string{"WORD=hello"}, line: func(line string) { seen = append(seen, line) },
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(output).To(HavePrefix("hello\n"))
		Expect(output).NotTo(ContainSubstring("oops"))
		Expect(seen).To(ContainElements("hello", "oops"))
	})

	It("should end with an error when the program fails", func(ctx SpecContext) {
		_, err := processes{}.Run(ctx, command{name: "sh", args: []string{"-c", "exit 3"}})
		Expect(err).To(MatchError("exit status 3"))
	})
})
