package processor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/processor"
)

var _ = Describe("A flood, simulated", func() {
	const limit, environments, share = 10, 5, 1

	It("should be told in few mails, with nothing lost and nothing repeated", func() {
		w := newWorld(uint64(GinkgoRandomSeed()), limit, environments)
		w.send(300, 90*time.Second)
		w.run()
		w.settled(300)
		for minute, mails := range w.mails {
			// One more: the summary of the minute before.
			Expect(mails).To(BeNumerically("<=", limit+share*environments+1), minute)
		}
		Expect(w.excused).To(BeEmpty())
	})

	It("should cost no more than three calls for an event, and what the agreement costs, once a minute and environment", func() {
		w := newWorld(uint64(GinkgoRandomSeed()), limit, 1)
		w.send(200, 50*time.Second)
		copies := len(w.queue)
		w.run()
		const agreement = 3 + 2 // blocks; the window and its list
		Expect(w.aws.calls).To(BeNumerically("<=", 3*200+2*(copies-200)+3*agreement))
	})

	It("should lose nothing, and repeat only what a process died over, wherever processes die", func() {
		for round := range uint64(30) {
			w := newWorld(uint64(GinkgoRandomSeed())+round, limit, environments)
			w.crashes = 40
			w.send(60, 40*time.Second)
			w.run()
			w.settled(60)
		}
	})

	It("should lose nothing without a limit either", func() {
		for round := range uint64(10) {
			w := newWorld(uint64(GinkgoRandomSeed())+round, 0, environments)
			w.crashes = 40
			w.send(60, 40*time.Second)
			w.run()
			w.settled(60)
		}
	})

	It("should lose nothing when no try is long enough to wait for the end of the minute", func() {
		w := newWorld(uint64(GinkgoRandomSeed()), limit, environments)
		w.timeout = 20 * time.Second
		w.send(100, 30*time.Second)
		w.run()
		w.settled(100)
	})
})

var _ = Describe("A flood", func() {
	var (
		aws     *cloud
		emitted *metrics
		logged  *bytes.Buffer
		clock   time.Time
		handler *processor.Handler
	)
	window := now // the specs' clock starts at the beginning of a minute

	environment := func() *processor.Handler {
		fresh := aws.environment(func() time.Time { return clock },
			catalogue.Rule{Name: "s3-encryption", Severity: catalogue.High, ResourceTypes: []string{"AWS::S3::Bucket"}},
			catalogue.Rule{Name: "rds-public", Severity: catalogue.Critical, ResourceTypes: []string{"AWS::RDS::DBInstance"}},
		)
		fresh.FloodLimit, fresh.Metrics, fresh.Log = 1, emitted, slog.New(slog.NewJSONHandler(logged, nil))
		fresh.Pause = func(_ context.Context, length time.Duration) error {
			clock = clock.Add(length)
			return nil
		}
		return fresh
	}

	BeforeEach(func() {
		aws, emitted, logged, clock = newCloud(), newMetrics(), &bytes.Buffer{}, now
		handler = environment()
	})

	number := 0
	// next is an event of a resource that was not heard of before.
	next := func() event {
		number++
		e := violation()
		e.resource = fmt.Sprintf("bucket-%d", number)
		return e
	}
	handle := func(id string, e event) error {
		return handler.Handle(requestUntil(id, clock.Add(2*time.Minute)), e.payload())
	}
	// fill takes the minute's slots: one that each environment has, and the one that they share.
	fill := func() {
		GinkgoHelper()
		for range 2 {
			Expect(handle("filling", next())).To(Succeed())
		}
		Expect(aws.mails).To(HaveLen(2))
		aws.mails, emitted.totals = nil, map[string]float64{}
	}
	notification := func(id string) processor.Notification {
		GinkgoHelper()
		for key := range aws.objects {
			if strings.HasPrefix(key, names.EventsPrefix) && record(aws, key).ResourceID == id {
				return record(aws, key).Notification
			}
		}
		Fail("there is no record of " + id)
		return processor.Notification{}
	}

	It("should be told in one mail: how much of what, worst first, and where to look", func() {
		fill()
		// Others of the minute, which other environments have marked.
		for i := range 20 {
			for _, marker := range []names.FloodMarker{
				{Severity: "high", Rule: "s3-encryption", Transition: "violation", ID: fmt.Sprint("v", i)},
				{Severity: "critical", Rule: "rds-public", Transition: "resolution", ID: fmt.Sprint("r", i)},
				{Severity: "critical", Rule: "rds-public", Transition: "violation", ID: fmt.Sprint("c", i%3)},
				{Severity: "unrated", Rule: "newer", Transition: "violation", ID: "n"},
				{Severity: "critical", Rule: "another", Transition: "violation", ID: fmt.Sprint("a", i%2)},
				{Severity: "critical", Rule: "amazing", Transition: "violation", ID: fmt.Sprint("b", i%2)},
			} {
				Expect(aws.put(marker.Key(window), "")).To(Succeed())
			}
		}
		Expect(aws.put(names.FloodEventsPrefix(window)+"somebody/else.json", "")).To(Succeed())
		one := next()
		Expect(handle("request-1", one)).To(Succeed())
		Expect(aws.mails).To(HaveLen(1))
		Expect(aws.mails[0].Subject).To(Equal("[CRITICAL] many changes at once: 29 violations, 20 resolved"))
		Expect(aws.mails[0].Body).To(Equal(`In the minute from 2026-11-23 12:00:00 UTC there were more changes of compliance than mails are sent for (1 a minute).
These had no mail of their own:

critical      3  violation   rds-public
critical      2  violation   amazing
critical      2  violation   another
critical     20  resolution  rds-public
high         21  violation   s3-encryption
unrated       1  violation   newer

Each of them:
s3://reports/state/floods/20261123T1200Z/events/

The rules in the console:
https://us-east-1.console.aws.amazon.com/config/home?region=us-east-1#/rules

What to do about each rule is in the report that comes every 6 hours. Sent by monitor-test.
`))
		Expect(aws.mails[0].Attributes).To(BeNil())
		Expect(aws.mails[0].Lists).To(Equal(map[string][]string{
			"severity": {"critical", "high", "unrated"}, "rule": {"rds-public", "amazing", "another", "s3-encryption", "newer"},
			"resourceType": {"AWS::RDS::DBInstance", "AWS::S3::Bucket"}, "compliance": {"NON_COMPLIANT", "COMPLIANT", "NOT_APPLICABLE"},
		}))
		Expect(logged.String()).To(ContainSubstring("passing over an object that is not a flood's"))
		Expect(clock).To(Equal(window.Add(70*time.Second)), "when all of the minute's markers have landed")
		Expect(notification(one.resource)).To(Equal(processor.Notification{
			Delivery: processor.Summarised, Window: window, SentAt: clock, MessageID: "message-1",
		}))
		Expect(emitted.totals).To(Equal(map[string]float64{
			"EventsProcessed": 1, "SummarisedEvents": 1, "Violations Severity=high": 1,
		}))
	})

	It("should be a matter of one event; others of its minute leave a marker and go, with three calls", func() {
		fill()
		Expect(aws.put(names.FloodWindowKey(window), map[string]string{"event": "another"})).To(Succeed())
		Expect(handle("request-1", next())).To(Succeed())
		calls := aws.calls
		one := next()
		Expect(handle("request-2", one)).To(Succeed())
		Expect(aws.calls - calls).To(Equal(3))
		Expect(aws.mails).To(BeEmpty())
		Expect(notification(one.resource)).To(Equal(processor.Notification{Delivery: processor.Summarised, Window: window}))
	})

	It("should be over with its minute", func() {
		fill()
		Expect(handle("request-1", next())).To(Succeed())
		Expect(aws.mails).To(HaveLen(1))
		Expect(aws.mails[0].Lists).NotTo(BeNil())
		Expect(handle("request-2", next())).To(Succeed())
		Expect(aws.mails).To(HaveLen(2))
		Expect(aws.mails[1].Lists).To(BeNil())
	})

	It("should leave slots to this environment that others have not claimed", func() {
		handler.FloodLimit = 30 // 3 for each environment, and blocks of 10
		Expect(aws.put(names.FloodSlotsKey(window, 0), "")).To(Succeed())
		Expect(aws.put(names.FloodSlotsKey(window, 2), "")).To(Succeed())
		for range 13 {
			Expect(handle("request", next())).To(Succeed())
		}
		Expect(aws.mails).To(HaveLen(13))
		Expect(aws.calls).To(Equal(13*3 + 2))
		Expect(handle("request", next())).To(Succeed())
		Expect(aws.mails[13].Lists).NotTo(BeNil())
	})

	Context("when the invocation that owes the summary dies", func() {
		var one event

		BeforeEach(func() {
			fill()
			one = next()
		})

		// dies lets the first try die in a call, and the retry go on in an environment that knows nothing.
		dies := func(kind, key string, after bool) {
			GinkgoHelper()
			aws.fault = func(asked, about string) (bool, bool) {
				hit := asked == kind && strings.Contains(about, key)
				return hit && !after, hit && after
			}
			Expect(handle("request-1", one)).To(MatchError(errAWS))
			aws.fault, handler = nil, environment()
			clock = clock.Add(time.Minute)
			Expect(handle("request-1", one)).To(Succeed())
		}

		DescribeTable("should be told by its retry",
			func(kind, key string, after bool, mails int) {
				dies(kind, key, after)
				Expect(aws.mails).To(HaveLen(mails))
				Expect(aws.mails[0].Body).To(ContainSubstring("   1  violation   s3-encryption"))
				Expect(notification(one.resource).Delivery).To(Equal(processor.Summarised))
				Expect(notification(one.resource).Window).To(Equal(window))
			},
			Entry("after opening the window, with the answer lost", "Create", "window.json", true, 1),
			Entry("before its own marker", "Write", "/events/", false, 1),
			Entry("after its own marker, with the answer lost", "Write", "/events/", true, 1),
			Entry("reading the markers", "List", "/events/", false, 1),
			Entry("publishing", "Publish", "", false, 1),
			Entry("publishing, with the answer lost", "Publish", "", true, 2),
			Entry("marking the record", "Replace", "events/2026", false, 2),
		)

		It("should be told once more after the second death as well, without looking whose the window is again", func() {
			aws.fault = func(kind, _ string) (bool, bool) { return kind == "Publish", false }
			for range 2 {
				Expect(handle("request-1", one)).To(MatchError(errAWS))
				clock, handler = clock.Add(time.Minute), environment()
			}
			Expect(notification(one.resource).Owes).To(BeTrue())
			lists := 0
			aws.fault = func(kind, key string) (bool, bool) {
				if kind == "List" && strings.Contains(key, "window") {
					lists++
				}
				return false, false
			}
			Expect(handle("request-1", one)).To(Succeed())
			Expect(lists).To(BeZero())
			Expect(aws.mails).To(HaveLen(1))
		})

		It("should find itself in the window's object when only the answer to creating it was lost and the client tried again", func() {
			raced := handler
			raced.Store = &again{cloud: aws, key: "window.json"}
			Expect(handle("request-1", one)).To(Succeed())
			Expect(aws.mails).To(HaveLen(1))
			Expect(aws.mails[0].Lists).NotTo(BeNil())
		})

		DescribeTable("should fail, so that Lambda tries again",
			func(kind, key string) {
				aws.fault = func(asked, about string) (bool, bool) { return asked == "Publish", false }
				Expect(handle("request-1", one)).To(MatchError(errAWS))
				handler = environment()
				aws.fault = func(asked, about string) (bool, bool) { return asked == kind && strings.Contains(about, key), false }
				Expect(handle("request-1", one)).To(MatchError(errAWS))
				aws.fault = nil
				Expect(handle("request-1", one)).To(Succeed())
				Expect(aws.mails).To(HaveLen(1))
			},
			Entry("when it can't look for the window's object", "List", "window.json"),
			Entry("when it can't read the window's object", "Read", "window.json"),
		)
	})

	Context("when something else goes wrong", func() {
		It("should send no mail without a slot, and try again when asking for one fails", func() {
			Expect(handle("request", next())).To(Succeed())
			aws.fault = func(_, key string) (bool, bool) { return strings.Contains(key, "/slots/"), false }
			Expect(handle("request", next())).To(MatchError(ContainSubstring("claiming a mail's slot")))
			Expect(aws.mails).To(HaveLen(1))
		})

		It("should say so when the minute ends later than the invocation, and leave it to the next try", func() {
			fill()
			one := next()
			payload := one.payload()
			Expect(handler.Handle(requestUntil("request-1", clock.Add(time.Minute)), payload)).
				To(MatchError(ContainSubstring("the next one publishes it")))
			Expect(aws.mails).To(BeEmpty())
			clock = clock.Add(70 * time.Second)
			Expect(handler.Handle(requestUntil("request-1", clock.Add(time.Minute)), payload)).To(Succeed())
			Expect(aws.mails).To(HaveLen(1))
		})

		It("should try again when the wait is broken off", func() {
			fill()
			broken := errors.New("time is over")
			handler.Pause = func(context.Context, time.Duration) error { return broken }
			Expect(handle("request-1", next())).To(MatchError(broken))
		})

		DescribeTable("should not have an event told by a summary that may have been sent already",
			func(kind, key string) {
				fill()
				Expect(aws.put(names.FloodWindowKey(window), map[string]string{"event": "another"})).To(Succeed())
				one := next()
				aws.fault = func(asked, about string) (bool, bool) {
					if asked == kind && strings.Contains(about, key) {
						clock = window.Add(66 * time.Second)
					}
					return false, false
				}
				Expect(handle("request-1", one)).To(MatchError(ContainSubstring("the next try will tell people")))
				aws.fault = nil
				Expect(handle("request-1", one)).To(Succeed())
				Expect(aws.mails).To(HaveLen(1))
				Expect(notification(one.resource).Delivery).To(Equal(processor.Sent))
			},
			Entry("when creating the record took that long", "Create", "events/2026"),
			Entry("when marking took that long", "Write", "/events/"),
		)
	})
})

var _ = Describe("A summary of nothing", func() {
	It("should still be a mail that SNS takes", func() {
		aws := newCloud()
		clock := now
		handler := aws.environment(func() time.Time { return clock })
		handler.FloodLimit = 1
		handler.Pause = func(_ context.Context, length time.Duration) error {
			clock = clock.Add(length)
			for key := range aws.objects { // as a lifecycle rule does, after an age
				if strings.HasPrefix(key, names.FloodsPrefix) {
					delete(aws.objects, key)
				}
			}
			return nil
		}
		for i := range 3 {
			e := violation()
			e.resource = fmt.Sprint(i)
			Expect(handler.Handle(requestUntil("request", clock.Add(2*time.Minute)), e.payload())).To(Succeed())
		}
		Expect(aws.mails[2].Subject).To(Equal("[UNRATED] many changes at once: 0 violations, 0 resolved"))
	})
})
