package localcloud_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

// serveOld is an instance of another version: it tells its health and shuts down when asked to.
func serveOld(address string) {
	health := localcloud.Health{Name: "localcloud", Status: "ready", Instance: "old", PID: os.Getpid(), Version: "another", Address: address}
	http.HandleFunc("/_localcloud/health", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(health)
	})
	http.HandleFunc("/_localcloud/shutdown", func(http.ResponseWriter, *http.Request) { os.Exit(0) })
	http.ListenAndServe(address, nil)
}

// freeAddress is an address that nobody listens on.
func freeAddress() string {
	GinkgoHelper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	defer listener.Close()
	return listener.Addr().String()
}

// play starts a copy of this test binary that plays a role, and gives its process.
func play(role, address, state string) *os.Process {
	GinkgoHelper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = roleEnvironment(role, address, state)
	cmd.Stdout, cmd.Stderr = GinkgoWriter, GinkgoWriter
	Expect(cmd.Start()).To(Succeed())
	go cmd.Wait()
	DeferCleanup(func() { cmd.Process.Kill() })
	return cmd.Process
}

func roleEnvironment(role, address, state string) []string {
	return append(os.Environ(), envRole+"="+role, envAddr+"="+address, envState+"="+state)
}

var _ = Describe("An instance in the background", func() {
	var (
		address, state string
		options        localcloud.UpOptions
		said           strings.Builder
	)

	BeforeEach(func() {
		address, state = freeAddress(), GinkgoT().TempDir()
		said.Reset()
		options = localcloud.UpOptions{
			Addr: address, StateDir: state, Command: []string{os.Args[0]}, Env: roleEnvironment(roleServe, address, state), Log: &said,
		}
		DeferCleanup(func(ctx SpecContext) {
			_, err := localcloud.Down(ctx, localcloud.DownOptions{Addr: address, StateDir: state})
			Expect(err).NotTo(HaveOccurred())
		})
	})

	up := func(ctx context.Context) localcloud.UpResult {
		GinkgoHelper()
		result, err := localcloud.Up(ctx, options)
		Expect(err).NotTo(HaveOccurred())
		return result
	}
	ready := func(ctx context.Context) func() string {
		return func() string {
			health, _ := localcloud.Ask(ctx, address)
			return health.Status
		}
	}

	It("should be started, used again, and stopped with its moto", func(ctx SpecContext) {
		first := up(ctx)
		Expect(first.Outcome).To(Equal(localcloud.OutcomeStarted))
		Expect(first.Endpoint).To(Equal("http://" + address))
		took := fmt.Sprintf("it was ready after %d ms, of which moto's own start took %d ms", first.StartTimes.Total, first.StartTimes.Moto)
		Expect(said.String()).To(ContainSubstring(took))
		said.Reset()
		second := up(ctx)
		Expect(second.Outcome).To(Equal(localcloud.OutcomeReused))
		Expect(said.String()).NotTo(ContainSubstring("it was ready after"))
		Expect(second.Instance).To(Equal(first.Instance))
		Expect(said.String()).To(ContainSubstring("localcloud reused on http://" + address))

		Expect(localcloud.Down(ctx, localcloud.DownOptions{Addr: address, StateDir: state, Log: &said})).To(BeTrue())
		Expect(alive(first.PID)).To(BeFalse())
		Expect(alive(first.MotoPID)).To(BeFalse())
		Expect(localcloud.Down(ctx, localcloud.DownOptions{Addr: address, StateDir: state, Log: &said})).To(BeFalse())
		Expect(said.String()).To(ContainSubstring("no localcloud was running on " + address))
	}, SpecTimeout(time.Minute))

	It("should be one, when several are started at once", func(ctx SpecContext) {
		var starts sync.WaitGroup
		results := make([]localcloud.UpResult, 3)
		for i := range results {
			starts.Go(func() {
				defer GinkgoRecover()
				own := options
				own.Log = io.Discard
				var err error
				results[i], err = localcloud.Up(ctx, own)
				Expect(err).NotTo(HaveOccurred())
			})
		}
		starts.Wait()
		var outcomes []string
		for _, result := range results {
			Expect(result.Instance).To(Equal(results[0].Instance))
			outcomes = append(outcomes, result.Outcome)
		}
		Expect(outcomes).To(ConsistOf(localcloud.OutcomeStarted, localcloud.OutcomeReused, localcloud.OutcomeReused))
	}, SpecTimeout(time.Minute))

	It("should take moto with it when it is killed, and be started again", func(ctx SpecContext) {
		first := up(ctx)
		Expect(syscall.Kill(first.PID, syscall.SIGKILL)).To(Succeed())
		Eventually(func() bool { return alive(first.MotoPID) }, 10*time.Second).Should(BeFalse())
		second := up(ctx)
		Expect(second.Outcome).To(Equal(localcloud.OutcomeStarted))
		Expect(second.Instance).NotTo(Equal(first.Instance))
	}, SpecTimeout(time.Minute))

	It("should be replaced when it hangs", func(ctx SpecContext) {
		first := up(ctx)
		Expect(syscall.Kill(first.PID, syscall.SIGSTOP)).To(Succeed())
		second := up(ctx)
		Expect(second.Outcome).To(Equal(localcloud.OutcomeReplaced))
		Expect(alive(first.PID)).To(BeFalse())
		Expect(alive(first.MotoPID)).To(BeFalse())
		Expect(said.String()).To(ContainSubstring("which does not answer"))
	}, SpecTimeout(time.Minute))

	It("should be stopped when it hangs", func(ctx SpecContext) {
		first := up(ctx)
		Expect(syscall.Kill(first.PID, syscall.SIGSTOP)).To(Succeed())
		Expect(localcloud.Down(ctx, localcloud.DownOptions{Addr: address, StateDir: state})).To(BeTrue())
		Expect(alive(first.PID)).To(BeFalse())
		Expect(alive(first.MotoPID)).To(BeFalse())
	}, SpecTimeout(time.Minute))

	It("should be replaced when it is of another version", func(ctx SpecContext) {
		old := play(roleOld, address, state)
		Eventually(ready(ctx), 10*time.Second).Should(Equal("ready"))
		result := up(ctx)
		Expect(result.Outcome).To(Equal(localcloud.OutcomeReplaced))
		Expect(result.Version).To(Equal(localcloud.Version()))
		Expect(alive(old.Pid)).To(BeFalse())
		Expect(said.String()).To(ContainSubstring("of version another"))
	}, SpecTimeout(time.Minute))

	It("should be used when another command started it, with a folder of its own", func(ctx SpecContext) {
		started := play(roleServe, address, GinkgoT().TempDir())
		Eventually(ready(ctx), 20*time.Second).Should(Equal("ready"))
		result := up(ctx)
		Expect(result.Outcome).To(Equal(localcloud.OutcomeReused))
		Expect(result.PID).To(Equal(started.Pid))
	}, SpecTimeout(time.Minute))

	It("should end when it is told to terminate", func(ctx SpecContext) {
		served := play(roleServe, address, state)
		Eventually(ready(ctx), 20*time.Second).Should(Equal("ready"))
		health, err := localcloud.Ask(ctx, address)
		Expect(err).NotTo(HaveOccurred())
		Expect(served.Signal(syscall.SIGTERM)).To(Succeed())
		Eventually(func() bool { return alive(served.Pid) || alive(health.MotoPID) }, 10*time.Second).Should(BeFalse())
	}, SpecTimeout(time.Minute))

	It("should not take the place of another program, nor stop it", func(ctx SpecContext) {
		server := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Minute}
		listener, err := net.Listen("tcp", address)
		Expect(err).NotTo(HaveOccurred())
		go server.Serve(listener)
		DeferCleanup(server.Close)
		_, err = localcloud.Up(ctx, options)
		Expect(err).To(MatchError(localcloud.ErrPortTaken))
		Expect(localcloud.Down(ctx, localcloud.DownOptions{Addr: address, StateDir: state})).To(BeFalse())
		response, err := plain.Get("http://" + address)
		Expect(err).NotTo(HaveOccurred())
		Expect(response.Body.Close()).To(Succeed())
	}, SpecTimeout(time.Minute))

	It("should show the end of its log when it can't start", func(ctx SpecContext) {
		options.Command = []string{script("echo 'no Python here' >&2; exit 1")}
		_, err := localcloud.Up(ctx, options)
		Expect(err).To(MatchError(And(ContainSubstring("it ended before it was ready"), ContainSubstring("no Python here"))))
	}, SpecTimeout(time.Minute))

	It("should name every fault of its options", func(ctx SpecContext) {
		_, err := localcloud.Up(ctx, localcloud.UpOptions{Addr: "0.0.0.0:1"})
		Expect(err).To(MatchError(And(
			ContainSubstring("not a loopback address"), ContainSubstring("StateDir is missing"), ContainSubstring("Command is missing"))))
	})

	It("should not be waited for longer than asked", func(ctx SpecContext) {
		options.Command, options.Timeout = []string{script("exec sleep 60")}, 300*time.Millisecond
		_, err := localcloud.Up(ctx, options)
		Expect(err).To(MatchError(context.DeadlineExceeded))
	}, SpecTimeout(time.Minute))
})
