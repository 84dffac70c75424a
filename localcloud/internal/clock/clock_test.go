package clock

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The clock", func() {
	var (
		clock *Clock
		start time.Time
	)

	BeforeEach(func() {
		start = time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)
		clock = with(func() time.Time { return start })
	})

	It("should run what falls due on the way, in its order and at its own time", func() {
		var ran []string
		note := func(what string) func() {
			return func() { ran = append(ran, what+" at "+clock.Now().Format(time.TimeOnly)) }
		}
		clock.After(2*time.Hour, note("second"))
		clock.After(time.Hour, note("first"))
		clock.After(3*time.Hour, note("later"))
		clock.Advance(150 * time.Minute)
		Expect(ran).To(Equal([]string{"first at 13:00:00", "second at 14:00:00"}))
		Expect(clock.Now()).To(Equal(start.Add(150 * time.Minute)))
	})

	It("should run what was put in by something that ran on the way", func() {
		var times []time.Time
		var again func()
		again = func() {
			times = append(times, clock.Now())
			clock.After(6*time.Hour, again)
		}
		clock.After(6*time.Hour, again)
		clock.Advance(24 * time.Hour)
		Expect(times).To(Equal([]time.Time{
			start.Add(6 * time.Hour), start.Add(12 * time.Hour), start.Add(18 * time.Hour), start.Add(24 * time.Hour),
		}))
	})

	It("should not run what was taken back", func() {
		var ran []string
		stop := clock.After(time.Hour, func() { ran = append(ran, "taken back") })
		clock.After(time.Hour, func() { ran = append(ran, "kept") })
		stop()
		stop()
		clock.Advance(2 * time.Hour)
		Expect(ran).To(Equal([]string{"kept"}))
	})

	It("should not go back", func() {
		clock.Advance(-time.Hour)
		Expect(clock.Now()).To(Equal(start))
	})

	It("should wait for what has begun by itself before it moves on", func(ctx SpecContext) {
		clock := New()
		begun, proceed, moved := make(chan struct{}), make(chan struct{}), make(chan struct{})
		var ran []string
		clock.After(0, func() {
			close(begun)
			<-proceed
			ran = append(ran, "begun by itself")
			clock.After(time.Minute, func() { ran = append(ran, "put in by that") })
		})
		Eventually(begun).WithContext(ctx).Should(BeClosed())
		go func() {
			defer close(moved)
			clock.Advance(time.Hour)
		}()
		Consistently(moved, "50ms").ShouldNot(BeClosed())
		close(proceed)
		Eventually(moved).WithContext(ctx).Should(BeClosed())
		Expect(ran).To(Equal([]string{"begun by itself", "put in by that"}))
	}, SpecTimeout(time.Minute))

	It("should run by itself what is due when nobody moves it", func(ctx SpecContext) {
		ran := make(chan struct{})
		New().After(time.Millisecond, func() { close(ran) })
		Eventually(ran).WithContext(ctx).Should(BeClosed())
	}, SpecTimeout(time.Minute))
})
