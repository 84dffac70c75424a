package toolchain

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Environment of the child process that a spec kills: the checkout and the cache that it installs from and into.
const (
	childEnv      = "TOOLCHAIN_TEST_CHILD_ROOT"
	childCacheEnv = "TOOLCHAIN_TEST_CHILD_CACHE"
	halfWay       = "half-way"
)

// installUntilKilled is what the child does: it gets half-way and stays there.
func installUntilKilled() {
	m := newMachine()
	m.when("go build", func(_ context.Context, c command) (string, error) {
		err := writeOutput(c, "half")
		fmt.Println(halfWay)
		time.Sleep(time.Hour)
		return "", err
	})
	options := Options{
		Root: os.Getenv(childEnv), CacheDir: os.Getenv(childCacheEnv), Need: []Component{Pulumi}, Mode: ModeAuto,
	}
	i, err := newInstaller(options, m.system())
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = i.ensure(context.Background())
	fmt.Println(err)
}

var _ = Describe("An installation that was killed half-way", func() {
	It("should be cleaned up and done again by the next run", func(ctx SpecContext) {
		f := newFixture()
		program, err := os.Executable()
		Expect(err).NotTo(HaveOccurred())
		child := exec.CommandContext(ctx, program)
		child.Env = append(os.Environ(), childEnv+"="+f.root, childCacheEnv+"="+f.cache)
		output, err := child.StdoutPipe()
		Expect(err).NotTo(HaveOccurred())
		Expect(child.Start()).To(Succeed())
		Expect(bufio.NewReader(output).ReadString('\n')).To(Equal(halfWay + "\n"))
		Expect(child.Process.Kill()).To(Succeed())
		Expect(child.Wait()).NotTo(Succeed())
		Expect(f.leftovers()).NotTo(BeEmpty())

		_, err = f.installer(Pulumi).find()
		Expect(err).To(MatchError(ErrNotInstalled), "what the child left must not be trusted")
		installed, err := f.ensure(ctx, Pulumi)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.ReadFile(installed.Pulumi)).To(BeEquivalentTo("a binary"))
		Expect(f.leftovers()).To(BeEmpty())
	}, SpecTimeout(30*time.Second))
})

var _ = Describe("A lock", func() {
	var path string

	BeforeEach(func() { path = filepath.Join(GinkgoT().TempDir(), "lock") })

	It("should stay with a program that outlives the process that started it", func(ctx SpecContext) {
		held, err := acquire(ctx, path, func(string) {})
		Expect(err).NotTo(HaveOccurred())
		program, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		started := make(chan struct{})
		go func() {
			defer close(ended)
			// It ends when the spec stops it, and then with an error.
			_, _ = processes{}.Run(program, command{
				name: "sh", args: []string{"-c", "echo started; exec sleep 60"}, held: held.file,
				line: func(string) { close(started) },
			})
		}()
		Eventually(started).Should(BeClosed())
		Expect(held.release()).To(Succeed())

		brief, cancel := context.WithTimeout(ctx, 3*lockPoll)
		defer cancel()
		_, err = acquire(brief, path, func(string) {})
		Expect(err).To(MatchError(context.DeadlineExceeded))

		stop()
		Eventually(ended).Should(BeClosed())
		again, err := acquire(ctx, path, func(string) {})
		Expect(err).NotTo(HaveOccurred())
		Expect(again.release()).To(Succeed())
	}, SpecTimeout(30*time.Second))

	It("should say who holds it", func(ctx SpecContext) {
		held, err := acquire(ctx, path, func(string) {})
		Expect(err).NotTo(HaveOccurred())
		Expect(held.sign()).To(Succeed())
		Expect(holder(path)).To(Equal(fmt.Sprintf("process %d", os.Getpid())))
		Expect(held.release()).To(Succeed())
	})

	It("should not be had where its file can't be made", func(ctx SpecContext) {
		_, err := acquire(ctx, filepath.Join(path, "missing", "lock"), func(string) {})
		Expect(err).To(MatchError(os.ErrNotExist))
	})
})
