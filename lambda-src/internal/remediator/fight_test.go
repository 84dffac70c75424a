package remediator_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediator"
)

const day = 24 * time.Hour

// fixAgain lets somebody undo the fix by hand, so many days after now, and AWS Config tell of it.
func (w *world) fixAgain(days int) {
	GinkgoHelper()
	w.clock = now.Add(time.Duration(days) * day)
	w.resources["data"].state = bad
	Expect(w.handle("request-1", violates(w.clock))).To(Succeed())
}

// last is the record of the result that AWS Config told of last.
func (w *world) last() remediator.Record {
	GinkgoHelper()
	var last remediator.Record
	for _, record := range w.records() {
		if record.Ordering.After(last.Ordering) {
			last = record
		}
	}
	return last
}

var _ = Describe("A fight", func() {
	var w *world

	BeforeEach(func() {
		w = newWorld(names.ModeEnforce)
		w.fixAgain(0)
		w.fixAgain(1)
		Expect(*w.resources["data"]).To(Equal(live{state: good, writes: 2}))
	})

	It("should be ended when somebody has undone the same fix twice, and be told of", func() {
		w.fixAgain(2)
		Expect(*w.resources["data"]).To(Equal(live{state: bad, writes: 2}))
		record := w.last()
		Expect(record.Outcome).To(Equal(remediator.Fight))
		Expect(record.Why).To(And(
			HavePrefix("somebody undid the same fix twice (verified on 2026-11-23 and 2026-11-24)"), ContainSubstring("exempt the resource"),
			ContainSubstring("to have it fixed again at once, delete s3://reports/state/fixes/s3-encryption/")))
		Expect(record.Attempted).To(BeFalse())
		Expect(record.Claim).To(BeNil())
		Expect(w.mails).To(HaveLen(3))
		Expect(w.mails[2].Subject).To(Equal("[HIGH] remediation fight: s3-encryption on data"))
		Expect(w.mails[2].Body).To(ContainSubstring("Not changed, because somebody does not want it. It would have been changed:\n  State: (none) -> good"))
		Expect(w.metrics["Remediations Outcome=fight"]).To(Equal(1.0))
		Expect(w.counted()).To(HaveLen(2), "what is not changed is not counted")
	})

	It("should stay ended for as long as the resource violates, and be noted once a day", func() {
		for days := 2; days < 100; days += 7 {
			w.fixAgain(days)
			Expect(w.last().Outcome).To(Equal(remediator.Fight), "after %d days", days)
		}
		Expect(w.resources["data"].writes).To(Equal(2))
		noted := w.remembered().FoughtAt
		Expect(noted).To(Equal(w.clock))
		w.clock = w.clock.Add(time.Hour)
		Expect(w.handle("request-2", violates(w.clock))).To(Succeed())
		Expect(w.last().Outcome).To(Equal(remediator.Fight))
		Expect(w.remembered().FoughtAt).To(Equal(noted))
	})

	It("should be forgotten when the resource was compliant for 30 days", func() {
		w.fixAgain(2)
		w.fixAgain(31)
		Expect(w.last().Outcome).To(Equal(remediator.Fight))
		w.fixAgain(61)
		Expect(w.last().Outcome).To(Equal(remediator.Verified))
		Expect(w.remembered().Fixes).To(HaveLen(1))
		Expect(w.remembered().FoughtAt).To(BeZero())
	})

	It("should be forgotten when an operator deletes the history", func() {
		w.fixAgain(2)
		for key := range w.under(names.FixesPrefix) {
			delete(w.objects, key)
		}
		w.fixAgain(3)
		Expect(w.last().Outcome).To(Equal(remediator.Verified))
	})

	It("should not be taken for one when the fixes are far apart", func() {
		w.fixAgain(31)
		w.fixAgain(61)
		Expect(w.last().Outcome).To(Equal(remediator.Verified))
	})

	It("should be one rule's alone", func() {
		w.clock = now.Add(2 * day)
		w.resources["data"].state = bad
		Expect(w.handle("request-1", eventAt("monitor-test-s3-kms", "data", "NON_COMPLIANT", w.clock))).To(Succeed())
		Expect(w.last().Outcome).To(Equal(remediator.Verified))
	})

	It("should yield to an exemption", func() {
		w.exempt(`{"rule":"s3-encryption","resource":"data","owner":"ann","reason":"x","expires":"2027-01-01"}`)
		w.fixAgain(2)
		Expect(w.last().Outcome).To(Equal(remediator.Exempt))
	})

	It("should leave the resource as it is when noting it fails", func() {
		w.failing["replace history"] = errAWS
		w.clock = now.Add(2 * day)
		w.resources["data"].state = bad
		Expect(w.handle("request-1", violates(w.clock))).To(MatchError(ContainSubstring("noting that somebody undoes a fix")))
		Expect(w.resources["data"].writes).To(Equal(2))
	})
})
