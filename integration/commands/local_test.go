package commands_test

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud"
)

// processes are the command lines of this machine's processes that name the folder.
func processes(ctx SpecContext, folder string) []string {
	GinkgoHelper()
	all, err := exec.CommandContext(ctx, "ps", "-axww", "-o", "pid=,command=").Output()
	Expect(err).NotTo(HaveOccurred())
	return lines(string(all), folder)
}

// stopLocal stops the local AWS of the command's checkout, where a spec has left it running.
func (c command) stopLocal(ctx SpecContext) {
	_, err := localcloud.Down(ctx, localcloud.DownOptions{
		Addr: c.env["COMPLIANCE_LOCAL_ADDRESS"], StateDir: c.path(".localcloud"),
	})
	Expect(err).NotTo(HaveOccurred())
}

// children are the processes that a process has started.
func children(ctx SpecContext, parent int) []int {
	GinkgoHelper()
	all, err := exec.CommandContext(ctx, "ps", "-ax", "-o", "pid=,ppid=").Output()
	Expect(err).NotTo(HaveOccurred())
	var found []int
	for line := range strings.Lines(string(all)) {
		if ids := strings.Fields(line); ids[1] == strconv.Itoa(parent) {
			pid, err := strconv.Atoi(ids[0])
			Expect(err).NotTo(HaveOccurred())
			found = append(found, pid)
		}
	}
	return found
}

var _ = Describe("The local AWS", func() {
	var (
		c       command
		address string
	)

	BeforeEach(func() {
		address = freeAddress()
		c = command{checkout: newCheckout(), env: map[string]string{"COMPLIANCE_LOCAL_ADDRESS": address}}
	})

	It("should start and stop twice, and leave no process behind", func(ctx SpecContext) {
		DeferCleanup(c.stopLocal)
		Expect(c.succeed("local", "up").Out).To(ContainSubstring("local AWS on http://" + address + " (started, instance "))
		first, err := localcloud.Ask(ctx, address)
		Expect(err).NotTo(HaveOccurred())
		Expect(c.succeed("local", "up").Out).To(ContainSubstring("(reused, instance " + first.Instance + ")"))
		Expect(processes(ctx, c.root)).NotTo(BeEmpty())
		Expect(c.succeed("local", "down").Out).To(Equal("the local AWS is stopped\n"))
		Expect(c.succeed("local", "down").Out).To(Equal("the local AWS was not running\n"))
		Expect(processes(ctx, c.root)).To(BeEmpty())
		Expect(processes(ctx, strconv.Itoa(first.MotoPID)+" ")).NotTo(ContainElement(HavePrefix(strconv.Itoa(first.MotoPID) + " ")))
	})

	It("should not be stopped from another checkout", func(ctx SpecContext) {
		DeferCleanup(c.stopLocal)
		c.succeed("local", "up")
		other := command{checkout: newCheckout(), env: c.env}
		other.fail([]string{"local", "down"}, "the local AWS on "+address+" is that of another checkout", c.path(".localcloud"), "stop it there")
		_, err := localcloud.Ask(ctx, address)
		Expect(err).NotTo(HaveOccurred())
	})

	It("should refuse a port that another program listens on, and say which", func(ctx SpecContext) {
		listener, err := net.Listen("tcp", address)
		Expect(err).NotTo(HaveOccurred())
		server := &http.Server{Handler: http.NotFoundHandler()}
		DeferCleanup(server.Close)
		go func() { _ = server.Serve(listener) }()
		for _, args := range [][]string{{"local", "up"}, {"up", "foundation"}} {
			c.fail(args, "listening on "+address, "the port is taken by process "+strconv.Itoa(os.Getpid()), "use another address")
		}
		Expect(processes(ctx, c.root)).To(BeEmpty())
	})

	It("should need Python, and say so before anything long begins", func(ctx SpecContext) {
		c = c.with("PATH", GinkgoT().TempDir()).with("XDG_CACHE_HOME", GinkgoT().TempDir())
		c.fail([]string{"up", "foundation"}, "no suitable Python", "moto needs Python 3.10 or newer", "PATH has none", "apt install python3")
		Expect(filepath.Glob(filepath.Join(c.env["XDG_CACHE_HOME"], "compliance-monitor", "*"))).To(HaveEach(HaveSuffix("/moto")))
		Expect(processes(ctx, c.root)).To(BeEmpty())
	})
})

var _ = Describe("A stack on a fresh local AWS", Ordered, ContinueOnFailure, func() {
	var c command

	BeforeAll(func() {
		c = command{checkout: newCheckout(), env: map[string]string{"COMPLIANCE_LOCAL_ADDRESS": freeAddress()}}
		DeferCleanup(c.stopLocal)
		c.succeed("local", "up")
	})

	It("should not get a layer whose upstream is missing", func() {
		c.fail([]string{"up", "config-rules"}, "nothing was changed", "layer config-rules needs layer foundation",
			"which has not been deployed to stack local", "'go tool task deploy-foundation'")
		c.fail([]string{"preview", "config-rules"}, "layer config-rules needs layer foundation")
	})

	It("should show in a preview what would be made, as far as that can be said", func() {
		r := c.succeed("preview", "foundation", "config-rules")
		Expect(lines(r.ErrOut, "+ aws:")).To(And(
			ContainElement(ContainSubstring("aws:kms:Key ")), ContainElement(ContainSubstring("aws:s3:BucketV2 "))))
		Expect(r.ErrOut).To(MatchRegexp(`\d+ to create in`))
		Expect(r.Out).To(MatchRegexp(`^config-rules and the layers after it can be shown once foundation is deployed\n\d+ changes\n$`))
	})

	It("should have no outputs", func() {
		r := c.succeed("outputs")
		Expect(r.Out).To(MatchJSON(`{"Stacks":[]}`))
		Expect(os.ReadFile(c.path("outputs/local.json"))).To(BeEquivalentTo(r.Out))
	})

	It("should have nothing to destroy, and not ask", func() {
		r := c.succeed("destroy")
		Expect(r.Out).To(ContainSubstring("Nothing is left of observability, functions, config-rules, foundation in stack local."))
	})

	AfterAll(func() {
		states, err := filepath.Glob(c.path(".localcloud/pulumi/*/backend/.pulumi/stacks/*/*.json"))
		Expect(err).NotTo(HaveOccurred())
		Expect(states).To(BeEmpty())
	})

	It("should leave the checkout's settings alone", func() {
		for name, text := range files(c.path("stacks")) {
			Expect(os.ReadFile(filepath.Join(realCheckout(), "stacks", name))).To(BeEquivalentTo(text), strings.TrimPrefix(name, "/"))
		}
	})
})
