package aggregator_test

import (
	"runtime"
	"runtime/debug"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/aggregator"
)

var _ = Describe("The limits of the process", func() {
	It("should be a fifth of the memory that the function may take at most, and one processor", func() {
		memory, processors := debug.SetMemoryLimit(-1), runtime.GOMAXPROCS(0)
		DeferCleanup(debug.SetMemoryLimit, memory)
		DeferCleanup(runtime.GOMAXPROCS, processors)
		aggregator.Limit()
		Expect(runtime.GOMAXPROCS(0)).To(Equal(1))
		Expect(debug.SetMemoryLimit(-1)).To(BeEquivalentTo(14 << 20))
	})
})
