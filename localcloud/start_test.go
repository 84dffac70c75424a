package localcloud_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud"
)

// script writes a program that stands for Python.
func script(text string) string {
	GinkgoHelper()
	path := filepath.Join(GinkgoT().TempDir(), "python")
	Expect(os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700)).To(Succeed())
	return path
}

// alive says whether a process runs.
func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !contains(string(stat), ") Z ")
}

var _ = Describe("Starting an instance", func() {
	start := func(ctx context.Context, options localcloud.Options) error {
		if options.Addr == "" {
			options.Addr = "127.0.0.1:0"
		}
		started, err := localcloud.Start(ctx, options)
		if err == nil {
			defer started.Close()
		}
		return err
	}

	DescribeTable("should be refused on an address that others can reach",
		func(ctx SpecContext, address, reason string) {
			Expect(start(ctx, localcloud.Options{Addr: address})).To(MatchError(ContainSubstring(reason)))
		},
		Entry("being all of them", "0.0.0.0:4566", "not a loopback address"),
		Entry("being all of them, without a host", ":4566", "not a loopback address"),
		Entry("being one of them", "192.0.2.1:4566", "not a loopback address"),
		Entry("being a name", "example.com:4566", "not a loopback address"),
		Entry("having no port", "127.0.0.1", "it must look like 127.0.0.1:4566"),
	)

	It("should name the process that has the port, and say what to do", func(ctx SpecContext) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(taken.Close)
		err = start(ctx, localcloud.Options{Addr: taken.Addr().String()})
		Expect(err).To(MatchError(localcloud.ErrPortTaken))
		Expect(err).To(MatchError(And(
			ContainSubstring(taken.Addr().String()), ContainSubstring("process "+strconv.Itoa(os.Getpid())), ContainSubstring("use another address"))))
	})

	It("should say what to do without Python", func(ctx SpecContext) {
		Expect(start(ctx, localcloud.Options{Python: "no-such-python"})).To(MatchError(And(
			ContainSubstring(`finding the Python interpreter "no-such-python"`), ContainSubstring("install Python 3"))))
	})

	It("should say what to do when Python has no moto", func(ctx SpecContext) {
		python := script(`exec python3 -I -S "$@"`)
		Expect(start(ctx, localcloud.Options{Python: python})).To(MatchError(And(
			ContainSubstring("importing moto with "+python), ContainSubstring("No module named 'moto'"), ContainSubstring("pip install 'moto[server]==5.2.1'"))))
	})

	It("should show the end of moto's log when moto dies", func(ctx SpecContext) {
		state := GinkgoT().TempDir()
		python := script(`for i in $(seq 1 20); do echo "line $i" >&2; done; exit 1`)
		Expect(start(ctx, localcloud.Options{Python: python, StateDir: state})).To(MatchError(And(
			ContainSubstring("it ended before it accepted connections"), ContainSubstring(filepath.Join(state, "moto.log")),
			ContainSubstring("line 20"), Not(ContainSubstring("line 8\n")))))
	})

	It("should not take anything for moto's word", func(ctx SpecContext) {
		Expect(start(ctx, localcloud.Options{Python: script(`echo hello; sleep 60`)})).To(MatchError(ContainSubstring(`reading what moto's wrapper said ("hello\n")`)))
	})

	It("should end with its context, and leave no process", func(ctx SpecContext) {
		pidFile := filepath.Join(GinkgoT().TempDir(), "pid")
		short, cancel := context.WithCancel(ctx)
		go func() {
			defer cancel()
			Eventually(pidFile, 10*time.Second).Should(BeAnExistingFile())
		}()
		err := start(short, localcloud.Options{Python: script(`echo $$ > ` + pidFile + `.new; mv ` + pidFile + `.new ` + pidFile + `; exec sleep 60`)})
		Expect(err).To(MatchError(context.Canceled))
		content, err := os.ReadFile(pidFile)
		Expect(err).NotTo(HaveOccurred())
		pid, err := strconv.Atoi(string(content[:len(content)-1]))
		Expect(err).NotTo(HaveOccurred())
		Expect(alive(pid)).To(BeFalse())
	}, SpecTimeout(time.Minute))

	It("should be refused in a state folder that is in use", func(ctx SpecContext) {
		Expect(start(ctx, localcloud.Options{StateDir: filepath.Join(folder, "state")})).To(MatchError(And(
			ContainSubstring("using the state folder"), ContainSubstring("the localcloud of process "+strconv.Itoa(os.Getpid())))))
	})
})

var _ = Describe("An instance", func() {
	It("should leave nothing when it closes, and close twice", func(ctx SpecContext) {
		state := GinkgoT().TempDir()
		own, err := localcloud.Start(ctx, localcloud.Options{Addr: "127.0.0.1:0", StateDir: state})
		Expect(err).NotTo(HaveOccurred())
		health := own.Health()
		Expect(health.Instance).NotTo(Equal(cloud.Instance()))
		Expect(alive(health.MotoPID)).To(BeTrue())
		Expect(own.Close()).To(Succeed())
		Expect(own.Close()).To(Succeed())
		Expect(alive(health.MotoPID)).To(BeFalse())
		Expect(filepath.Join(state, "instance.json")).NotTo(BeAnExistingFile())
		_, err = localcloud.Ask(ctx, health.Address)
		Expect(err).To(MatchError(localcloud.ErrNotRunning))
	}, SpecTimeout(time.Minute))

	It("should notice when moto dies, and say so", func(ctx SpecContext) {
		own, err := localcloud.Start(ctx, localcloud.Options{Addr: "127.0.0.1:0"})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(own.Close)
		moto, err := os.FindProcess(own.Health().MotoPID)
		Expect(err).NotTo(HaveOccurred())
		Expect(moto.Kill()).To(Succeed())
		Eventually(own.Done(), 10*time.Second).Should(BeClosed())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, own.Endpoint()+"/bucket", nil)
		Expect(err).NotTo(HaveOccurred())
		request.Header = authorization("s3")
		response, err := plain.Do(request)
		Expect(err).NotTo(HaveOccurred())
		Expect(response.Body.Close()).To(Succeed())
		Expect(response.StatusCode).To(Equal(http.StatusServiceUnavailable), "which an SDK tries again")
	}, SpecTimeout(time.Minute))
})
