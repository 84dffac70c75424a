package observability

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("What is watched", func() {
	It("should be the functions with their time-outs, and all dead-letter queues of all layers", func() {
		w := watching()
		Expect(w.functions).To(HaveExactElements(
			watchedFunction{"processor", "monitor-test-processor", "/aws/lambda/monitor-test-processor", 60},
			watchedFunction{"aggregator", "monitor-test-aggregator", "/aws/lambda/monitor-test-aggregator", 900},
			watchedFunction{"remediator", "monitor-test-remediator", "/aws/lambda/monitor-test-remediator", 300},
		))
		Expect(w.queues).To(HaveExactElements(
			watchedQueue{"deliveries", "monitor-test-deliveries-dlq"},
			watchedQueue{"aggregator-failures", "monitor-test-aggregator-failures"},
			watchedQueue{"aggregator-undelivered", "monitor-test-aggregator-undelivered"},
			watchedQueue{"processor-failures", "monitor-test-processor-failures"},
			watchedQueue{"processor-undelivered", "monitor-test-processor-undelivered"},
			watchedQueue{"remediator-failures", "monitor-test-remediator-failures"},
			watchedQueue{"remediator-undelivered", "monitor-test-remediator-undelivered"},
		))
		Expect(w.rules).To(Equal(2))
	})

	It("should name each function whose time-out can't be read", func() {
		upstream := deployed()
		delete(upstream.Functions.FunctionTimeouts, "processor")
		upstream.Functions.FunctionTimeouts["remediator"] = "5m"
		_, err := newWatched(upstream)
		Expect(err).To(MatchError(And(
			ContainSubstring("reading the time-out of the function processor (deploy the functions layer again)"),
			ContainSubstring("reading the time-out of the function remediator (deploy the functions layer again)"),
			Not(ContainSubstring("aggregator")),
		)))
	})
})
