package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/function"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/processor"
)

// invocation is one invocation's context.
func invocation(id string) context.Context {
	return lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{
		AwsRequestID: id, InvokedFunctionArn: functionARN + names.Processor,
	})
}

// deliver hands copies of events, shuffled and many at once, to processors that share nothing but AWS.
func deliver(processors []function.Handler, different int) (copies int) {
	GinkgoHelper()
	random := rand.New(rand.NewPCG(uint64(GinkgoRandomSeed()), 0))
	var all []int
	for i := range different {
		for range 1 + random.IntN(5) {
			all = append(all, i)
		}
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	const atOnce = 64
	places := make(chan struct{}, atOnce)
	var workers sync.WaitGroup
	for number, i := range all {
		places <- struct{}{}
		workers.Go(func() {
			defer GinkgoRecover()
			defer func() { <-places }()
			handler := processors[number%len(processors)]
			Expect(handler.Handle(invocation(fmt.Sprintf("request-%d", number)), violation(rule, fmt.Sprintf("bucket-%d", i)))).To(Succeed())
		})
	}
	workers.Wait()
	return len(all)
}

var _ = Describe("The processor, with copies of events over HTTP", func() {
	const different = 150

	It("should tell each event once, with three calls and none for a copy that it knows", func() {
		a := newAccount()
		deliver([]function.Handler{a.processor()}, different)
		Expect(a.keys(names.EventsPrefix)).To(HaveLen(different))
		Expect(a.mailed()).To(HaveLen(different))
		Expect(a.made()).To(HaveLen(3 * different))
	})

	It("should tell each event once where environments share nothing, with two calls at most for a copy", func() {
		a := newAccount()
		var processors []function.Handler
		for range 8 {
			processors = append(processors, a.processor())
		}
		copies := deliver(processors, different) - different
		Expect(a.keys(names.EventsPrefix)).To(HaveLen(different))
		Expect(a.mailed()).To(HaveLen(different))
		Expect(len(a.made())).To(BeNumerically("<=", 3*different+2*copies))
	})

	It("should tell a flood in few mails, each event once", func() {
		a := newAccount()
		clock := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		var late atomic.Bool
		marked := make(chan struct{})
		var processors []function.Handler
		for range 4 {
			one := a.processor()
			one.FloodLimit = 10
			one.Now = func() time.Time {
				if late.Load() {
					return clock.Add(70 * time.Second)
				}
				return clock
			}
			one.Pause = func(context.Context, time.Duration) error {
				<-marked
				return nil
			}
			processors = append(processors, one)
		}
		var delivering sync.WaitGroup
		delivering.Go(func() {
			defer GinkgoRecover()
			deliver(processors, 60)
		})
		Eventually(func(g Gomega) { // all but the one that waits for the end of the minute
			settled := 0
			for _, key := range a.keys(names.EventsPrefix) {
				var record processor.Record
				g.Expect(json.Unmarshal(a.get(key), &record)).To(Succeed())
				if record.Notification.Delivery != processor.Pending {
					settled++
				}
			}
			g.Expect(settled).To(Equal(59))
		}, "60s", "200ms").Should(Succeed())
		late.Store(true)
		close(marked)
		delivering.Wait()

		var single, summaries int
		for _, mail := range a.mailed() {
			if strings.Contains(mail.Get("Subject"), "many changes at once") {
				summaries++
				Expect(mail.Get("Subject")).To(Equal(fmt.Sprintf("[HIGH] many changes at once: %d violations, 0 resolved", 60-single)))
			} else {
				single++
			}
		}
		Expect(summaries).To(Equal(1))
		Expect(single).To(And(BeNumerically(">=", 10), BeNumerically("<=", 14)))
	})
})
