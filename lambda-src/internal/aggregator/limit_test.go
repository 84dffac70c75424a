package aggregator_test

import (
	"runtime/debug"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/aggregator"
)

var _ = Describe("The memory limit", func() {
	It("should be a fifth of what the function may take at most", func() {
		before := debug.SetMemoryLimit(-1)
		DeferCleanup(debug.SetMemoryLimit, before)
		aggregator.LimitMemory()
		Expect(debug.SetMemoryLimit(-1)).To(BeEquivalentTo(14 << 20))
	})
})
