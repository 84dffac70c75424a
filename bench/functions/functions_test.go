package functions

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A median", func() {
	itself := func(value float64) float64 { return value }

	DescribeTable("should be what is in the middle", func(values []float64, middle float64) {
		Expect(median(values, itself)).To(Equal(middle))
	},
		Entry("of one", []float64{3}, 3.0),
		Entry("of an odd number, in any order", []float64{9, 1, 2}, 2.0),
		Entry("of an even number", []float64{4, 1, 2, 100}, 3.0),
	)
})

var _ = Describe("Resident memory", func() {
	It("should be read from what Linux says of a process", func() {
		Expect(parseResident("Name:\tbootstrap\nVmRSS:\t   13012 kB\nThreads:\t7\n")).To(Equal(13012 << 10))
	})

	DescribeTable("should not be made up", func(status string) {
		_, err := parseResident(status)
		Expect(err).To(HaveOccurred())
	},
		Entry("where Linux does not say it", "Name:\tbootstrap\n"),
		Entry("where it is no number", "VmRSS:\tmuch kB\n"),
	)
})

var _ = Describe("Results", func() {
	measured := func(ready, cpu float64) Results {
		return Results{
			Runs: 20, Events: 500, ResultsRead: 100_000, PackageBytes: map[string]int64{"processor": 2_900_000},
			Processors: map[string]Processor{
				Ours:   {ReadyMs: ready, FirstEventMs: 10, ResidentMB: 10, EventsPerCPUSecond: 500, CallsPerEvent: 3, BytesPerEvent: 8000},
				Node:   {ReadyMs: 150, FirstEventMs: 100, ResidentMB: 40, EventsPerCPUSecond: 125},
				Python: {ReadyMs: 200, FirstEventMs: 200, ResidentMB: 50, EventsPerCPUSecond: 125},
			},
			Aggregators: map[string]Aggregator{Ours: {CPUSeconds: cpu, CallsPer1000: 10}, Python: {CPUSeconds: 10}},
		}.judged()
	}

	It("should be kept at the limit, and missed beyond it", func() {
		at := measured(9.9, 1)
		Expect(at.missed()).To(BeFalse(), at.Table())
		Expect(at.Table()).To(And(
			MatchRegexp(`(?m)^\| ready ÷ Node.js's \| 0.066 \| ≤ 0.0667 \| kept \|$`),
			MatchRegexp(`(?m)^\| events per CPU-second ÷ Node.js's \| 4 \| ≥ 4 \| kept \|$`),
		))
		Expect(measured(11, 1).missed()).To(BeTrue())
		Expect(measured(10, 1.01).Table()).To(ContainSubstring("| aggregating 100000 results, CPU ÷ Python's | 0.101 | ≤ 0.1 | **missed** |"))
	})

	It("should cost more where there is more, and nothing but what is fixed where there is nothing", func() {
		r := measured(10, 1)
		Expect(r.cost(0).Processor).To(BeZero())
		Expect(r.cost(0).Total).To(BeNumerically(">=", r.cost(0).Fixed))
		Expect(r.cost(100_000).Processor).To(BeNumerically("~", 100*r.cost(1000).Processor, 1))
		Expect(r.Costs).To(HaveLen(3))
	})
})

var _ = Describe("Options", func() {
	DescribeTable("should be refused", func(arguments ...string) {
		Expect(Main(context.Background(), arguments, GinkgoWriter)).NotTo(Succeed())
	},
		Entry("that are unknown", "-colour"),
		Entry("without runs", "-runs", "0"),
		Entry("with too few events for a mean", "-events", "1"),
		Entry("with a part of a rule's results", "-results", "1500"),
	)
})

var _ = Describe("The endpoint", func() {
	var url string
	var e *Endpoint

	BeforeEach(func() {
		e = NewEndpoint(2000)
		server := httptest.NewUnstartedServer(e)
		server.Listener = e.Listener(server.Listener)
		server.Start()
		DeferCleanup(server.Close)
		url = server.URL
	})

	call := func(method, path, body string, header ...string) (int, string, http.Header) {
		GinkgoHelper()
		request, err := http.NewRequest(method, url+path, strings.NewReader(body))
		Expect(err).NotTo(HaveOccurred())
		for i := 0; i < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		answer, err := http.DefaultClient.Do(request)
		Expect(err).NotTo(HaveOccurred())
		defer answer.Body.Close()
		content, err := io.ReadAll(answer.Body)
		Expect(err).NotTo(HaveOccurred())
		return answer.StatusCode, string(content), answer.Header
	}

	It("should keep the conditions of writes, as S3 does", func() {
		status, _, header := call("PUT", "/reports/a", "first", "If-None-Match", "*")
		Expect(status).To(Equal(200))
		status, body, _ := call("PUT", "/reports/a", "second", "If-None-Match", "*")
		Expect(status).To(Equal(412))
		Expect(body).To(ContainSubstring("<Code>PreconditionFailed</Code>"))
		status, _, _ = call("PUT", "/reports/a", "third", "If-Match", header.Get("ETag"))
		Expect(status).To(Equal(200))
		status, _, _ = call("PUT", "/reports/a", "fourth", "If-Match", header.Get("ETag"))
		Expect(status).To(Equal(412))
		_, body, _ = call("GET", "/reports/a", "")
		Expect(body).To(Equal("third"))
		_, body, _ = call("GET", "/reports?list-type=2&prefix=a", "")
		Expect(body).To(ContainSubstring("<Key>a</Key>"))
		status, _, _ = call("DELETE", "/reports/a", "")
		Expect(status).To(Equal(204))
		status, _, _ = call("GET", "/reports/a", "")
		Expect(status).To(Equal(404))
	})

	It("should count calls and bytes, and forget them", func() {
		_, body, _ := call("POST", "/", "Action=Publish")
		Expect(body).To(ContainSubstring("<MessageId>"))
		call("PUT", "/reports/a", strings.Repeat("x", 1000))
		control := httptest.NewRecorder()
		e.Control(control, httptest.NewRequest("GET", "/", nil))
		var counts Counts
		Expect(json.Unmarshal(control.Body.Bytes(), &counts)).To(Succeed())
		Expect(counts.Calls).To(Equal(map[string]int{"sns:Publish": 1, "s3:PUT": 1}))
		Expect(counts.All()).To(Equal(2))
		Expect(counts.Bytes).To(And(BeNumerically(">", 1000), BeNumerically("<", 3000)))
		e.Control(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil))
		status, _, _ := call("GET", "/reports/a", "")
		Expect(status).To(Equal(404))
	})

	It("should have all results of AWS Config, page by page, and know no more", func() {
		_, body, _ := call("POST", "/", "{}", "X-Amz-Target", "StarlingDoveService.DescribeConfigRules")
		Expect(strings.Count(body, "ConfigRuleName")).To(Equal(2))
		read, token := map[string]bool{}, ""
		for {
			_, body, _ := call("POST", "/", `{"ConfigRuleName":"monitor-bench-rule-000","NextToken":"`+token+`"}`,
				"X-Amz-Target", "StarlingDoveService.GetComplianceDetailsByConfigRule")
			var page struct {
				EvaluationResults []struct {
					EvaluationResultIdentifier struct{ EvaluationResultQualifier struct{ ResourceId string } }
				}
				NextToken string
			}
			Expect(json.Unmarshal([]byte(body), &page)).To(Succeed())
			for _, result := range page.EvaluationResults {
				read[result.EvaluationResultIdentifier.EvaluationResultQualifier.ResourceId] = true
			}
			if token = page.NextToken; token == "" {
				break
			}
		}
		Expect(read).To(HaveLen(resultsPerRule))
		status, _, _ := call("POST", "/", "{}", "X-Amz-Target", "StarlingDoveService.PutConfigRule")
		Expect(status).To(Equal(400))
	})

	It("should tell its addresses when it is a process of its own, and end with its input", func() {
		in, end := io.Pipe()
		out, said := io.Pipe()
		ended := make(chan error, 1)
		go func() { ended <- ServeEndpoint(1000, in, said) }()
		line := make([]byte, 100)
		n, err := out.Read(line)
		Expect(err).NotTo(HaveOccurred())
		addresses := strings.Fields(string(line[:n]))
		Expect(addresses).To(HaveLen(2))
		for _, address := range addresses {
			connection, err := net.Dial("tcp", address)
			Expect(err).NotTo(HaveOccurred())
			Expect(connection.Close()).To(Succeed())
		}
		Expect(end.Close()).To(Succeed())
		Eventually(ended, "10s").Should(Receive(BeNil()))
	})
})

var _ = Describe("A subject", func() {
	// script is a function whose program is this test's, doing what it is told (see TestMain).
	script := func(what string) Subject {
		program, err := os.Executable()
		Expect(err).NotTo(HaveOccurred())
		return Subject{Name: what, Command: []string{program}, Folder: GinkgoT().TempDir(), Env: []string{scripted + "=" + what}}
	}

	It("should be handed events, and be measured", func() {
		p, err := script("answer and fail").start(context.Background())
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(p.stop)
		at, err := p.handle(event{id: "1", payload: []byte("one")})
		Expect(err).NotTo(HaveOccurred())
		ready := <-p.ready
		Expect(ready).To(And(BeTemporally(">=", p.began), BeTemporally("<=", at)))
		Expect(p.cpu()).To(BeNumerically(">", time.Duration(0)))
		Expect(p.resident()).To(BeNumerically(">", 1000))
		_, err = p.handle(event{id: "2", payload: []byte("two")})
		Expect(err).To(MatchError(ContainSubstring("the function failed: two")))
	})

	It("should say why it did not start", func() {
		p, err := script("fail to start").start(context.Background())
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(p.stop)
		_, err = p.handle(event{id: "1"})
		Expect(err).To(MatchError(ContainSubstring("failed to start: broken")))
	})

	It("should not be waited for once it has ended", func() {
		limited, end := context.WithCancel(context.Background())
		p, err := script("answer and fail").start(limited)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(p.stop)
		end()
		Eventually(p.ended, "10s").Should(BeClosed())
		_, err = p.handle(event{id: "1"})
		Expect(err).To(MatchError(ContainSubstring("the function ended: signal: killed")))
	})

	It("should say so when there is no such program", func() {
		_, err := Subject{Name: "nothing", Command: []string{"/no/such/program"}}.start(context.Background())
		Expect(err).To(MatchError(ContainSubstring("starting nothing")))
	})

	It("should keep the end of what a program says", func() {
		var said tail
		for range 100 {
			_, _ = said.Write(bytes.Repeat([]byte("x"), 1000))
		}
		_, _ = said.Write([]byte("the end"))
		Expect(said.String()).To(HaveSuffix("the end"))
		Expect(len(said.String())).To(BeNumerically("<=", keptOutput+2000))
	})
})
