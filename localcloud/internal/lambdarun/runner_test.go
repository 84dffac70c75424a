package lambdarun

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// program is the folder of a function whose bootstrap is the program of testdata.
var program = sync.OnceValue(func() string {
	folder, err := os.MkdirTemp("", "lambdarun-")
	Expect(err).NotTo(HaveOccurred())
	said, err := exec.Command("go", "build", "-o", filepath.Join(folder, "bootstrap"), "./testdata/bootstrap").CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(said))
	return folder
})

var _ = AfterSuite(func() { Expect(os.RemoveAll(program())).To(Succeed()) })

// lasting is a clock on which nothing ever falls due.
type lasting struct{}

func (lasting) After(time.Duration, func()) func() { return func() {} }

// nobody gives out no credentials, or fails.
type nobody struct{ err error }

func (n nobody) Assume(context.Context, string, string, string) (Credentials, error) {
	return Credentials{}, n.err
}

var _ = Describe("The runner", func() {
	var (
		runner  *Runner
		options Options
		f       *Function
	)

	BeforeEach(func() {
		options = Options{Folder: filepath.Join(GinkgoT().TempDir(), "functions"), Clock: lasting{}, Roles: nobody{}, Journal: &notebook{}, Limit: 3}
		f = &Function{
			ARN: "arn:f", Name: "f", Version: "$LATEST", Revision: "1", Root: program(), Runtime: "provided.al2023", Architecture: MachineArchitecture(),
			MemoryMB: 256, Timeout: 30 * time.Second, Logging: Logging{Group: "g", Format: "Text"},
		}
	})

	JustBeforeEach(func() {
		runner = New(options)
		DeferCleanup(func() { runner.Close() })
	})

	run := func(f *Function, payload string) (*Outcome, error) {
		return runner.Invoke(context.Background(), f, &Event{RequestID: "id", Payload: []byte(payload)})
	}
	another := func(name string) *Function {
		other := *f
		other.ARN, other.Name = "arn:"+name, name
		return &other
	}

	It("should have no more environments than may be: the idle make room", func() {
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			Expect(run(another(name), `1`)).To(HaveField("Status", Success))
		}
		Expect(len(runner.live)).To(BeNumerically("<=", 3))
		Expect(os.ReadDir(options.Folder)).To(HaveLen(len(runner.live)))
	})

	It("should kill what works on an event when it is told to", func() {
		ended := make(chan *Outcome)
		go func() {
			defer GinkgoRecover()
			outcome, err := run(f, `{"Do":"sleep"}`)
			Expect(err).NotTo(HaveOccurred())
			ended <- outcome
		}()
		Eventually(func() (int, error) { return runner.Recycle("arn:f") }).WithTimeout(time.Minute).Should(Equal(1))
		Expect(<-ended).To(And(HaveField("Status", Fault), HaveField("Payload", ContainSubstring("signal: killed"))))
		Expect(runner.Recycle("")).To(BeZero())
	})

	It("should not use an environment again whose process has ended while it was idle", func() {
		first, err := run(f, `{"Do":"pid"}`)
		Expect(err).NotTo(HaveOccurred())
		Expect(exec.Command("kill", "-9", string(first.Payload)).Run()).To(Succeed())
		Eventually(runner.idle[f.key()][0].process.Load().exited).WithTimeout(time.Minute).Should(BeClosed())
		second, err := run(f, `{"Do":"pid"}`)
		Expect(err).NotTo(HaveOccurred())
		Expect(second).To(And(HaveField("Status", Success), HaveField("Init", BeNumerically(">", 0)), HaveField("Payload", Not(Equal(first.Payload)))))
	})

	It("should give up an initialisation that takes too long", func() {
		f.Timeout = 100 * time.Millisecond
		f.Environment = map[string]string{"INIT": "sleep"}
		made, err := runner.create(context.Background(), f)
		Expect(err).NotTo(HaveOccurred())
		_, failed := made.initialise(phaseInit, 100*time.Millisecond)
		Expect(failed.status).To(Equal(TimedOut))
		Expect(string(made.diary.end())).To(MatchRegexp(`^INIT_REPORT Init Duration: [0-9.]+ ms\tPhase: init\tStatus: timeout\n$`))
		Expect(runner.end(made)).To(Succeed())
	})

	It("should refuse when it has ended", func() {
		Expect(runner.Close()).To(Succeed())
		_, err := run(f, `1`)
		Expect(err).To(MatchError(ErrClosed))
		runner = New(options)
	})

	Context("when the role can't be assumed", func() {
		BeforeEach(func() { options.Roles = nobody{err: errors.New("no such role")} })

		It("should say so, and give the place back", func() {
			for range 5 {
				_, err := run(f, `1`)
				Expect(err).To(MatchError("no such role"))
			}
			Expect(runner.places.busy).To(BeZero())
		})
	})

	Context("when there is no room for environments", func() {
		BeforeEach(func() { options.Folder = "/dev/null/none" })

		It("should say so", func() {
			_, err := run(f, `1`)
			Expect(err).To(MatchError(ContainSubstring("making a folder for environments")))
		})
	})
})

var _ = Describe("The Runtime API", func() {
	var (
		api   *runtimeAPI
		ready chan struct{}
		given *task
	)

	BeforeEach(func() {
		ready = make(chan struct{})
		var err error
		api, err = serveRuntimeAPI(func() { close(ready) }, func(answer) {})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() { api.close() })
		given = newTask(&Event{RequestID: "one", Payload: []byte(`{}`)}, time.Minute)
	})

	call := func(method, path, body string) int {
		GinkgoHelper()
		request, err := http.NewRequest(method, "http://"+api.address()+"/2018-06-01/runtime/"+path, strings.NewReader(body))
		Expect(err).NotTo(HaveOccurred())
		response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
		Expect(err).NotTo(HaveOccurred())
		defer response.Body.Close()
		return response.StatusCode
	}
	next := func() int {
		go func() { api.work <- given }()
		return call(http.MethodGet, "invocation/next", "")
	}

	It("should take one answer for each event", func() {
		Expect(call(http.MethodPost, "invocation/one/response", `1`)).To(Equal(http.StatusBadRequest), "nobody asked")
		Expect(next()).To(Equal(http.StatusOK))
		Expect(ready).To(BeClosed())
		Expect(call(http.MethodGet, "invocation/next", "")).To(Equal(http.StatusForbidden), "the event before is not answered")
		Expect(call(http.MethodPost, "invocation/two/response", `1`)).To(Equal(http.StatusBadRequest))
		Expect(call(http.MethodPost, "invocation/one/response", `1`)).To(Equal(http.StatusAccepted))
		Expect(call(http.MethodPost, "invocation/one/error", `{}`)).To(Equal(http.StatusForbidden), "it is answered")
		Expect(given.result()).To(Equal(&answer{payload: []byte(`1`)}))
		Expect(given.finished).NotTo(BeClosed())
		finished := given.finished
		given = newTask(&Event{RequestID: "two", Payload: []byte(`{}`)}, time.Minute)
		Expect(next()).To(Equal(http.StatusOK))
		Expect(finished).To(BeClosed())
	})

	It("should take the type of an error from the error itself where the header does not tell", func() {
		Expect(next()).To(Equal(http.StatusOK))
		Expect(call(http.MethodPost, "invocation/one/error", `{"errorType":"Mine"}`)).To(Equal(http.StatusAccepted))
		Expect(given.result().errorType).To(Equal("Mine"))
	})

	It("should refuse a response that is too large, and give the event an error instead", func() {
		Expect(next()).To(Equal(http.StatusOK))
		Expect(call(http.MethodPost, "invocation/one/response", strings.Repeat("x", responseLimit+1))).To(Equal(http.StatusRequestEntityTooLarge))
		Expect(given.result().errorType).To(Equal("Function.ResponseSizeTooLarge"))
	})

	It("should refuse an error that is too large", func() {
		Expect(call(http.MethodPost, "init/error", strings.Repeat("x", responseLimit+1))).To(Equal(http.StatusBadRequest))
	})

	It("should have nothing else", func() {
		Expect(call(http.MethodGet, "restore/next", "")).To(Equal(http.StatusNotFound))
	})
})
