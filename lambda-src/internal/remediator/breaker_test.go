package remediator_test

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediator"
)

// limited is a world in which the rule may change so many resources an hour, and more of them violate it.
func limited(limit, resources int) *world {
	w := newWorld(names.ModeEnforce)
	rules, err := env.ParseRules(fmt.Sprintf(`{"s3-encryption":{"limit":%d}}`, limit))
	Expect(err).NotTo(HaveOccurred())
	w.handler.Rules = rules
	w.violating["monitor-test-s3-encryption"] = nil
	delete(w.resources, "data")
	for i := range resources {
		id := fmt.Sprintf("bucket-%02d", i)
		w.resources[id] = &live{state: bad}
		w.violating["monitor-test-s3-encryption"] = append(w.violating["monitor-test-s3-encryption"], id)
	}
	return w
}

// changed is how many resources are good, and how many writes that took.
func (w *world) changed() (resources, writes int) {
	for _, resource := range w.resources {
		if resource.state == good {
			resources++
		}
		writes += resource.writes
	}
	return resources, writes
}

var _ = Describe("The breaker", func() {
	It("should stop a sweep at the rule's limit, tell of the rest, and let the next hour's go on", func() {
		w := limited(3, 5)
		Expect(w.handle("request-1", schedule)).To(Succeed())
		changed, writes := w.changed()
		Expect(changed).To(Equal(3))
		Expect(writes).To(Equal(3))
		Expect(w.metrics).To(Equal(metrics{
			"Remediations Outcome=verified": 3, "Remediations Outcome=breaker": 2, "BreakerTripped": 2,
		}))
		Expect(w.mails).To(HaveLen(1))
		Expect(w.mails[0].Subject).To(Equal("[HIGH] remediation: 2 breaker, 3 verified"))
		Expect(w.mails[0].Body).To(And(
			ContainSubstring("Not changed yet, because enough was changed for this rule. To be changed is:\n  State: (none) -> good"),
			ContainSubstring("Why: the rule's 3 changes of the hour 2026-11-23T12Z are made; the next sweep after it goes on"),
		))
		Expect(w.records()).To(ContainElements(And(
			HaveField("Outcome", remediator.Breaker), HaveField("Attempted", false), HaveField("Claim", BeNil()),
			HaveField("Changes", HaveLen(1)),
		)))

		w.clock = now.Add(time.Hour)
		Expect(w.handle("request-2", schedule)).To(Succeed())
		changed, writes = w.changed()
		Expect(changed).To(Equal(5))
		Expect(writes).To(Equal(5))
		Expect(w.counted()).To(HaveLen(5))
		Expect(w.under(names.BreakerPrefix)).To(And(
			HaveKey("state/breaker/s3-encryption/2026-11-23T12.json"), HaveKey("state/breaker/s3-encryption/2026-11-23T13.json")))
	})

	It("should say once an hour that it has tripped, and mail it once", func() {
		w := limited(1, 2)
		for range 3 {
			Expect(w.handle("request-1", schedule)).To(Succeed())
		}
		Expect(w.metrics["BreakerTripped"]).To(Equal(1.0))
		Expect(w.mails).To(HaveLen(1))
		w.resources["bucket-01"].tags = nil
		w.clock = now.Add(time.Hour)
		w.objects[names.BreakerKey("s3-encryption", w.clock)] = []byte(
			`{"schemaVersion":1,"rule":"s3-encryption","hour":"2026-11-23T13","counted":["other"]}`)
		Expect(w.handle("request-2", schedule)).To(Succeed())
		Expect(w.metrics["BreakerTripped"]).To(Equal(2.0))
		Expect(w.mails).To(HaveLen(1))
	})

	It("should let other rules go on", func() {
		w := limited(1, 2)
		w.violating["monitor-test-s3-kms"] = []string{"more"}
		w.resources["more"] = &live{state: bad}
		Expect(w.handle("request-1", schedule)).To(Succeed())
		Expect(w.resources["more"].state).To(Equal(good))
	})

	It("should not count a change twice that is tried again after a failure", func() {
		w := newWorld(names.ModeEnforce)
		w.failing["write"] = errAWS
		for range 3 {
			Expect(w.handle("request-1", violation)).NotTo(Succeed())
		}
		Expect(w.counted()).To(Equal([]string{w.record().ID}))
	})

	It("should trip an invocation that was overtaken after it had looked, and leave the record as if it had not tried", func() {
		w := limited(1, 2)
		overtaken := func() {
			Expect(w.handle("request-2", event("monitor-test-s3-encryption", "bucket-01", "NON_COMPLIANT"))).To(Succeed())
		}
		w.before = func(call int) {
			if call == 7 { // the claim is made, and nothing is counted yet
				overtaken()
			}
		}
		Expect(w.handle("request-1", event("monitor-test-s3-encryption", "bucket-00", "NON_COMPLIANT"))).To(Succeed())
		Expect(*w.resources["bucket-00"]).To(Equal(live{state: bad}))
		Expect(*w.resources["bucket-01"]).To(Equal(live{state: good, writes: 1}))
		Expect(w.records()).To(ContainElement(And(
			HaveField("ResourceID", "bucket-00"), HaveField("Outcome", remediator.Breaker),
			HaveField("Attempted", false), HaveField("Claim", BeNil()))))
		Expect(w.metrics["BreakerTripped"]).To(Equal(1.0))
	})

	It("should not be changed without end by those who are quicker", func() {
		w := newWorld(names.ModeEnforce)
		w.before = func(int) {
			key := names.BreakerKey("s3-encryption", now)
			if w.objects[key] != nil {
				w.versions[key]++
			}
		}
		w.objects[names.BreakerKey("s3-encryption", now)] = []byte(`{"schemaVersion":1,"rule":"s3-encryption","hour":"2026-11-23T12","counted":[]}`)
		Expect(w.handle("request-1", violation)).To(MatchError(And(
			ContainSubstring("counting the change, without which it is not made"), ContainSubstring("others were quicker 20 times"))))
		Expect(*w.resources["data"]).To(Equal(live{state: bad}))
		Expect(w.pauses).To(Equal(19))
	})

	It("should not wait for others longer than the invocation lasts", func() {
		w := newWorld(names.ModeEnforce)
		w.failing["create breaker"] = fmt.Errorf("colliding: %w", errExists)
		w.handler.Pause = stopped
		Expect(w.handle("request-1", violation)).To(MatchError(ContainSubstring("waiting to change s3://reports/state/breaker/")))
		Expect(*w.resources["data"]).To(Equal(live{state: bad}))
	})

	It("should let no more than the limit through, in whatever order 64 invocations come, and that many at last", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			limit := rapid.IntRange(1, 8).Draw(t, "limit")
			invocations := rapid.IntRange(2, 64).Draw(t, "invocations")
			resources := rapid.IntRange(1, invocations).Draw(t, "resources")
			w := limited(limit, resources)
			handle := func(i int) error {
				return w.handle(fmt.Sprintf("request-%d", i), event("monitor-test-s3-encryption", fmt.Sprintf("bucket-%02d", i%resources), "NON_COMPLIANT"))
			}
			var all []func()
			for i := range invocations {
				all = append(all, func() { _ = handle(i) })
			}
			(&turns{}).run(t, w, all...)
			if changed, writes := w.changed(); changed > limit || writes != changed {
				t.Fatalf("%d resources changed by %d writes, at a limit of %d", changed, writes, limit)
			}
			w.clock = now.Add(20 * time.Minute) // the claims of those who failed are over
			for i := range invocations {
				if err := handle(i); err != nil {
					t.Fatal(err)
				}
			}
			changed, writes := w.changed()
			if wanted := min(limit, resources); changed != wanted || writes != wanted || len(w.counted()) != wanted {
				t.Fatalf("%d changed by %d writes and %d counted, of %d resources at a limit of %d", changed, writes, len(w.counted()), resources, limit)
			}
		})
	})
})

var _ = Describe("A disruptive fix", func() {
	disruptive := func(settings string) *world {
		w := newWorld(names.ModeEnforce)
		w.handler.Catalogue.Remediations[0].Disruptive = true
		rules, err := env.ParseRules(settings)
		Expect(err).NotTo(HaveOccurred())
		w.handler.Rules = rules
		return w
	}

	It("should only be planned, unless the rule's settings allow it", func() {
		w := disruptive(`{"s3-kms":{"allowDisruption":true}}`)
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(*w.resources["data"]).To(Equal(live{state: bad}))
		Expect(w.record().Outcome).To(Equal(remediator.Planned))
		Expect(w.record().Why).To(Equal("the fix stops what runs, and the rule's setting allowDisruption does not allow that"))
	})

	It("should be made where they do", func() {
		w := disruptive(`{"s3-encryption":{"allowDisruption":true}}`)
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.resources["data"].state).To(Equal(good))
	})
})

var _ = Describe("A rule's parameters", func() {
	It("should be those of the rule as it is deployed", func() {
		w := newWorld(names.ModeEnforce)
		w.handler.Catalogue.Rules[0].Parameters = map[string]string{"key": "catalogue's"}
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.parameters).To(BeEquivalentTo(map[string]string{"key": "catalogue's"}))
		rules, err := env.ParseRules(`{"s3-encryption":{"parameters":{"key":"deployed"}}}`)
		Expect(err).NotTo(HaveOccurred())
		w.handler.Rules = rules
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.parameters).To(BeEquivalentTo(map[string]string{"key": "deployed"}))
	})
})
