package emf_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
)

var _ = Describe("The emitter", func() {
	var out *bytes.Buffer
	var emitter *emf.Emitter

	BeforeEach(func() {
		out = &bytes.Buffer{}
		emitter = emf.New(out, "monitor-test", func() time.Time { return time.UnixMilli(1_795_000_000_123) })
	})

	It("should write one line that CloudWatch Logs turns into a metric with the deployment's dimension", func() {
		emitter.Emit("EventsProcessed", emf.Count, 1)
		Expect(out.String()).To(HaveSuffix("\n"))
		Expect(out.String()).To(MatchJSON(`{
			"_aws": {"Timestamp": 1795000000123, "CloudWatchMetrics": [{
				"Namespace": "ComplianceMonitor", "Dimensions": [["Deployment"]], "Metrics": [{"Name": "EventsProcessed", "Unit": "Count"}]}]},
			"Deployment": "monitor-test", "EventsProcessed": 1}`))
	})

	It("should put further dimensions into the same set", func() {
		emitter.Emit("NonCompliantResources", emf.Count, 3, emf.Dimension{Name: "Rule", Value: `odd "name"`})
		Expect(out.String()).To(MatchJSON(`{
			"_aws": {"Timestamp": 1795000000123, "CloudWatchMetrics": [{
				"Namespace": "ComplianceMonitor", "Dimensions": [["Deployment", "Rule"]],
				"Metrics": [{"Name": "NonCompliantResources", "Unit": "Count"}]}]},
			"Deployment": "monitor-test", "Rule": "odd \"name\"", "NonCompliantResources": 3}`))
	})

	It("should leave out a value that is not a number", func() {
		emitter.Emit("ComplianceScore", emf.Percent, math.NaN())
		Expect(out.String()).To(BeEmpty())
	})

	It("should keep lines whole when many goroutines emit", func() {
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() { emitter.Emit(fmt.Sprintf("Metric%d", i), emf.Seconds, float64(i)) })
		}
		all.Wait()
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		Expect(lines).To(HaveLen(50))
		for _, line := range lines {
			Expect(json.Valid([]byte(line))).To(BeTrue(), line)
		}
	})
})
