package memo_test

import (
	"errors"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/memo"
)

var _ = Describe("A memo", func() {
	var (
		known *memo.Memo[string, int]
		times int
	)
	BeforeEach(func() { known, times = &memo.Memo[string, int]{}, 0 })
	count := func() (int, error) {
		times++
		return times, nil
	}

	It("should ask once for each thing", func() {
		Expect(known.Get("a", count)).To(Equal(1))
		Expect(known.Get("a", count)).To(Equal(1))
		Expect(known.Get("b", count)).To(Equal(2))
	})

	It("should ask again after it has forgotten", func() {
		Expect(known.Get("a", count)).To(Equal(1))
		known.Forget()
		Expect(known.Get("a", count)).To(Equal(2))
	})

	It("should not remember an error", func() {
		Expect(known.Get("a", func() (int, error) { return 0, errors.New("no luck") })).Error().To(MatchError("no luck"))
		Expect(known.Get("a", count)).To(Equal(1))
	})

	It("should not remember what was asked before a change and answered after it", func() {
		Expect(known.Get("a", func() (int, error) {
			known.Forget()
			return -1, nil
		})).To(Equal(-1))
		Expect(known.Get("a", count)).To(Equal(1))
	})

	It("should be asked by several at a time", func() {
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				defer GinkgoRecover()
				Expect(known.Get("a", func() (int, error) { return 7, nil })).To(Equal(7))
				known.Forget()
			})
		}
		all.Wait()
	})
})
