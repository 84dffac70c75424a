package lambdarun

import (
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Places", func() {
	reserved := func(n int) *int { return &n }
	f, g := &Function{ARN: "f", Reserved: reserved(1)}, &Function{ARN: "g"}

	It("should be refused to the impatient when all are taken, and be free again", func() {
		p := newPlaces(2, 2)
		Expect(p.take(g, false)).To(Succeed())
		Expect(p.take(g, false)).To(Succeed())
		Expect(p.take(g, false)).To(MatchError(ErrConcurrent))
		p.give(g, false)
		Expect(p.take(g, false)).To(Succeed())
	})

	It("should be refused to the patient, too, when those that are reserved are taken", func() {
		p := newPlaces(5, 5)
		Expect(p.take(f, true)).To(Succeed())
		Expect(p.take(f, true)).To(MatchError(ErrReserved))
		Expect(p.take(&Function{ARN: "h", Reserved: reserved(0)}, false)).To(MatchError(ErrReserved))
		p.give(f, true)
		Expect(p.take(f, true)).To(Succeed())
	})

	It("should all be given in turn to those that wait, no more at a time than may be", func() {
		p := newPlaces(10, 3)
		var all sync.WaitGroup
		var mu sync.Mutex
		working, most, done := 0, 0, 0
		count := func(change int) {
			mu.Lock()
			defer mu.Unlock()
			working += change
			most = max(most, working)
			if change < 0 {
				done++
			}
		}
		for range 200 {
			all.Go(func() {
				defer GinkgoRecover()
				Expect(p.take(g, true)).To(Succeed())
				count(1)
				count(-1)
				p.give(g, true)
			})
		}
		all.Wait()
		Expect(done).To(Equal(200))
		Expect(most).To(BeNumerically("<=", 3))
		Expect(p.busy + p.patient + len(p.byFunction)).To(BeZero())
	})

	It("should wait at the end for those that are taken, and refuse all others", func() {
		p := newPlaces(1, 1)
		Expect(p.take(g, true)).To(Succeed())
		waiting := make(chan error)
		go func() { waiting <- p.take(g, true) }()
		told := make(chan struct{})
		ended := make(chan struct{})
		go func() {
			p.close(sync.OnceFunc(func() { close(told) }))
			close(ended)
		}()
		Eventually(told).Should(BeClosed())
		Expect(<-waiting).To(MatchError(ErrClosed))
		Expect(ended).NotTo(BeClosed())
		p.give(g, true)
		Eventually(ended).Should(BeClosed())
		Expect(p.take(g, false)).To(MatchError(ErrClosed))
	})
})
