package processor_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/processor"
)

// delivery is one copy of an event.
type delivery struct {
	event   event
	request string
}

// copies are from 1 to 5 copies of each of many events, shuffled.
func copies(events int, random *rand.Rand) []delivery {
	var all []delivery
	for i := range events {
		e := violation()
		e.resource = fmt.Sprintf("bucket-%d", i)
		for copied := range 1 + random.IntN(5) {
			all = append(all, delivery{e, fmt.Sprintf("request-%d-%d", i, copied)})
		}
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

var _ = Describe("Many events, with copies of them in any order, many at a time", func() {
	const atOnce = 64
	var aws *cloud
	var all []delivery
	var different int

	send := func(events int) {
		aws, different = newCloud(), events
		all = copies(different, rand.New(rand.NewPCG(uint64(GinkgoRandomSeed()), 0)))
	}

	// deliver hands all out to the environments, each of which is given many at once.
	deliver := func(environments ...*processor.Handler) {
		queue := make(chan int)
		var workers sync.WaitGroup
		for range atOnce {
			workers.Go(func() {
				defer GinkgoRecover()
				for i := range queue {
					next := all[i]
					if err := environments[i%len(environments)].Handle(request(next.request), next.event.payload()); err != nil {
						Fail(err.Error())
					}
				}
			})
		}
		for i := range all {
			queue <- i
		}
		close(queue)
		workers.Wait()
	}

	// toldOnce expects one object and one mail of each event.
	toldOnce := func() {
		GinkgoHelper()
		Expect(aws.objects).To(HaveLen(different))
		Expect(aws.mails).To(HaveLen(different))
		mailed := map[string]bool{}
		for _, mail := range aws.mails {
			_, key, _ := strings.Cut(mail.Body, "s3://reports/")
			key, _, _ = strings.Cut(key, "\n")
			mailed[key] = true
		}
		Expect(mailed).To(HaveLen(different))
		for key := range aws.objects {
			if !mailed[key] || !bytes.Contains(aws.objects[key], []byte(`"notification":{"delivery":"sent",`)) {
				Fail(key + " is not told, or not marked: " + string(aws.objects[key]))
			}
		}
	}

	It("should be told once each, with three calls for each and two for a copy that is forgotten at most", func() {
		send(10_000)
		handler, emitted := aws.environment(func() time.Time { return now }), newMetrics()
		handler.Metrics = emitted
		deliver(handler)
		toldOnce()
		Expect(emitted.totals).To(Equal(map[string]float64{
			"EventsProcessed": float64(different), "Violations Severity=unrated": float64(different), "DuplicateEvents": float64(len(all) - different),
		}))
		Expect(aws.calls).To(BeNumerically("<=", 3*different+2*(len(all)-different)))
	})

	It("should be told once each by environments that know nothing of each other, with two calls for a copy at most", func() {
		send(2_000)
		var environments []*processor.Handler
		for range atOnce {
			environments = append(environments, aws.environment(func() time.Time { return now }))
		}
		deliver(environments...)
		toldOnce()
		Expect(aws.calls).To(BeNumerically("<=", 3*different+2*(len(all)-different)))
	})
})

var _ = Describe("Copies that come to the environment that has the event", func() {
	It("should cost no call, however many there are, many at a time", func() {
		const different, atOnce = 2000, 64 // fewer than an environment remembers
		aws := newCloud()
		handler := aws.environment(func() time.Time { return now })
		all := copies(different, rand.New(rand.NewPCG(uint64(GinkgoRandomSeed()), 1)))
		places := make(chan struct{}, atOnce)
		var workers sync.WaitGroup
		for _, next := range all {
			places <- struct{}{}
			workers.Go(func() {
				defer GinkgoRecover()
				defer func() { <-places }()
				Expect(handler.Handle(request(next.request), next.event.payload())).To(Succeed())
			})
		}
		workers.Wait()
		Expect(aws.calls).To(Equal(3 * different))
		Expect(aws.mails).To(HaveLen(different))
	})
})
