package deploy

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// deadPID is the id of a process that has ended.
func deadPID() int {
	command := exec.Command("true")
	Expect(command.Run()).To(Succeed())
	return command.Process.Pid
}

var _ = Describe("The lock of a layer", func() {
	layer := stacks.Layer{Name: "foundation", Project: "compliance-monitor-foundation"}
	var (
		target Target
		locks  string
		here   string
	)

	BeforeEach(func() {
		backend := GinkgoT().TempDir()
		target = Target{Stack: "prod", Env: map[string]string{envBackend: "file://" + backend}}
		locks = filepath.Join(backend, ".pulumi", "locks", "organization", layer.Project, "prod")
		Expect(os.MkdirAll(locks, 0o755)).To(Succeed())
		var err error
		here, err = os.Hostname()
		Expect(err).NotTo(HaveOccurred())
	})

	held := func(pid int, host string) string {
		text, err := json.Marshal(lockHolder{PID: pid, Username: "ada", Hostname: host, Timestamp: time.Now()})
		Expect(err).NotTo(HaveOccurred())
		file := filepath.Join(locks, "lock.json")
		Expect(os.WriteFile(file, text, 0o600)).To(Succeed())
		return file
	}

	It("should be free where nobody has ever locked", func() {
		Expect(os.RemoveAll(locks)).To(Succeed())
		Expect(target.unlock(layer)).To(Succeed())
	})

	It("should be taken away from a process that has ended", func() {
		file := held(deadPID(), here)
		Expect(target.unlock(layer)).To(Succeed())
		Expect(file).NotTo(BeAnExistingFile())
	})

	It("should be taken away from a process that has ended and that nobody has collected", func() {
		command := exec.Command("true")
		Expect(command.Start()).To(Succeed())
		DeferCleanup(command.Wait)
		file := held(command.Process.Pid, here)
		Eventually(func() error { return target.unlock(layer) }).Should(Succeed())
		Expect(file).NotTo(BeAnExistingFile())
	})

	It("should be taken away where it was half written", func() {
		file := filepath.Join(locks, "lock.json")
		Expect(os.WriteFile(file, []byte(`{"pid":`), 0o600)).To(Succeed())
		Expect(target.unlock(layer)).To(Succeed())
		Expect(file).NotTo(BeAnExistingFile())
	})

	It("should stay with a process that is alive, and the error should say who and which file", func() {
		file := held(os.Getpid(), here)
		err := target.unlock(layer)
		Expect(err).To(MatchError(And(ContainSubstring("in use by process"), ContainSubstring("of ada on "+here), ContainSubstring(file))))
		Expect(file).To(BeAnExistingFile())
	})

	It("should stay with a process of another machine", func() {
		file := held(deadPID(), "elsewhere")
		Expect(target.unlock(layer)).To(MatchError(ContainSubstring("on elsewhere")))
		Expect(file).To(BeAnExistingFile())
	})

	It("should leave files of others alone", func() {
		file := filepath.Join(locks, "lock.json.attrs")
		Expect(os.WriteFile(file, nil, 0o600)).To(Succeed())
		Expect(target.unlock(layer)).To(Succeed())
		Expect(file).To(BeAnExistingFile())
	})

	It("should be none of our business on a backend that is no folder", func() {
		held(os.Getpid(), here)
		target.Env[envBackend] = "s3://bucket"
		Expect(target.unlock(layer)).To(Succeed())
	})

	Context("when another process of this machine has it", func() {
		var said []string
		say := func(format string, _ ...any) { said = append(said, format) }

		BeforeEach(func() { said = nil })

		It("should be waited for, and said so once", func(ctx context.Context) {
			file := held(os.Getpid(), here)
			go func() {
				defer GinkgoRecover()
				time.Sleep(3 * lockPoll)
				Expect(os.Remove(file)).To(Succeed())
			}()
			Expect(target.awaitLock(ctx, layer, time.Minute, say)).To(Succeed())
			Expect(said).To(ConsistOf(ContainSubstring("waiting for process")))
		}, SpecTimeout(time.Minute))

		It("should be waited for as long as patience lasts", func(ctx context.Context) {
			held(os.Getpid(), here)
			Expect(target.awaitLock(ctx, layer, lockPoll, say)).To(BeAssignableToTypeOf(&LockedError{}))
		}, SpecTimeout(time.Minute))

		It("should not be waited for after an interruption", func(ctx context.Context) {
			held(os.Getpid(), here)
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			Expect(target.awaitLock(ctx, layer, time.Hour, say)).To(BeAssignableToTypeOf(&LockedError{}))
		}, SpecTimeout(time.Minute))

		It("should not be waited for on another machine", func(ctx context.Context) {
			held(1, "elsewhere")
			Expect(target.awaitLock(ctx, layer, time.Hour, say)).To(BeAssignableToTypeOf(&LockedError{}))
			Expect(said).To(BeEmpty())
		}, SpecTimeout(time.Minute))
	})
})
