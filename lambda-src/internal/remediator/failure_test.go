package remediator_test

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediator"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// callsOf is how many calls one undisturbed remediation makes, and the number of the one that changes the resource.
func callsOf() (all, apply int) {
	w := newWorld(names.ModeEnforce)
	Expect(w.handle("request-1", violation)).To(Succeed())
	for i, call := range w.calls {
		if call == "write" {
			apply = i + 1
		}
	}
	return len(w.calls), apply
}

var _ = Describe("The remediator, when something fails", func() {
	It("should leave the resource as it is when any call before the write fails", func() {
		_, apply := callsOf()
		Expect(apply).To(Equal(10))
		for call := 1; call <= apply; call++ {
			w := newWorld(names.ModeEnforce)
			w.failBefore = call
			Expect(w.handle("request-1", violation)).NotTo(Succeed(), "call %d", call)
			Expect(*w.resources["data"]).To(Equal(live{state: bad}), "call %d", call)
			Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=failed": 1}), "call %d", call)
		}
	})

	It("should leave the resource as it is when the exemptions are missing or damaged", func() {
		whole := `{"schemaVersion":1,"exemptions":[{"rule":"s3-encryption","resource":"other","owner":"o","reason":"r","expires":"2099-01-01"}]}`
		for length := range len(whole) {
			w := newWorld(names.ModeEnforce)
			w.objects[names.ExemptionsKey] = []byte(whole[:length])
			Expect(w.handle("request-1", violation)).To(MatchError(ContainSubstring("without which nothing is remediated")))
			Expect(*w.resources["data"]).To(Equal(live{state: bad}))
		}
		w := newWorld(names.ModeEnforce)
		delete(w.objects, names.ExemptionsKey)
		Expect(w.handle("request-1", violation)).To(MatchError(store.ErrNotFound))
		Expect(w.handle("request-1", schedule)).To(MatchError(store.ErrNotFound))
		Expect(*w.resources["data"]).To(Equal(live{state: bad}))
		Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=failed": 2}))
	})

	It("should come to the same end, with one write and one record, when it is tried again after a failure anywhere", func() {
		all, _ := callsOf()
		for call := 1; call <= all; call++ {
			for _, lost := range []bool{false, true} {
				w := newWorld(names.ModeEnforce)
				if lost {
					w.failAfter = call
				} else {
					w.failBefore = call
				}
				disturbed := fmt.Sprintf("call %d, answer lost: %v", call, lost)
				if w.handle("request-1", violation) != nil {
					Expect(w.handle("request-1", violation)).To(Succeed(), disturbed)
				}
				Expect(*w.resources["data"]).To(Equal(live{state: good, writes: 1}), disturbed)
				record := w.record()
				Expect(record.Outcome).To(Equal(remediator.Verified), disturbed)
				Expect(record.Told).To(Equal(remediator.Verified), disturbed)
				Expect(record.Before).To(MatchJSON(bad), disturbed)
				Expect(record.Claim).To(BeNil(), disturbed)
				Expect(w.mails).NotTo(BeEmpty(), disturbed)
			}
		}
	})

	It("should leave a resource to the invocation that is at work on it", func() {
		w := newWorld(names.ModeEnforce)
		w.onWrite = func() {
			w.onWrite = nil
			Expect(w.handle("request-2", violation)).To(Succeed())
			Expect(w.resources["data"].writes).To(BeZero())
		}
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.resources["data"].writes).To(Equal(1))
		Expect(w.mails).To(HaveLen(1))
	})

	It("should take a resource over from an invocation that can't be running any more", func() {
		w := newWorld(names.ModeEnforce)
		w.failBefore = 9 // the write
		w.failing["replace"] = errAWS
		Expect(w.handle("request-1", violation)).NotTo(Succeed())
		Expect(w.record().Outcome).To(Equal(remediator.Applying))
		delete(w.failing, "replace")

		Expect(w.handle("request-2", schedule)).To(Succeed())
		Expect(w.resources["data"].writes).To(BeZero())

		w.clock = now.Add(16 * time.Minute)
		Expect(w.handle("request-3", schedule)).To(Succeed())
		Expect(w.resources["data"].writes).To(Equal(1))
		Expect(w.record().Outcome).To(Equal(remediator.Verified))
	})

	It("should leave a resource to another invocation that takes it over at the same moment", func() {
		w := newWorld(names.ModePlan)
		Expect(w.handle("request-1", violation)).To(Succeed())
		w.handler.Modes = modes(names.ModeEnforce)
		w.failing["replace"] = store.ErrChanged
		Expect(w.handle("request-2", violation)).To(Succeed())
		Expect(*w.resources["data"]).To(Equal(live{state: bad}))
	})

	DescribeTable("should leave the resource as it is when it can't read or claim the record that is there",
		func(call string) {
			w := newWorld(names.ModePlan)
			Expect(w.handle("request-1", violation)).To(Succeed())
			w.handler.Modes = modes(names.ModeEnforce)
			w.failing[call] = errAWS
			Expect(w.handle("request-2", violation)).To(MatchError(errAWS))
			Expect(*w.resources["data"]).To(Equal(live{state: bad}))
		},
		Entry("when reading fails", "read"),
		Entry("when claiming fails", "replace"),
	)

	It("should not touch a resource again that it has fixed for the same result", func() {
		w := newWorld(names.ModeEnforce)
		Expect(w.handle("request-1", violation)).To(Succeed())
		w.resources["data"].state = bad
		Expect(w.handle("request-2", violation)).To(Succeed())
		Expect(w.resources["data"].writes).To(Equal(1))
		Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=verified": 1}))
	})

	It("should not lose the state before a write, whatever is decided after it", func() {
		w := newWorld(names.ModeEnforce)
		w.failing["verify"] = errAWS
		Expect(w.handle("request-1", violation)).To(MatchError(ContainSubstring(errAWS.Error())))
		Expect(w.resources["data"].writes).To(Equal(1))
		w.resources["data"].tags = map[string]string{"compliance:remediation": "off"}
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.record().Outcome).To(Equal(remediator.OptedOut))
		Expect(w.record().Before).To(MatchJSON(bad))
		Expect(w.record().Attempted).To(BeTrue())
	})

	It("should find a failed write landed after all, and say so", func() {
		w := newWorld(names.ModeEnforce)
		w.failing["verify"] = errAWS
		Expect(w.handle("request-1", violation)).NotTo(Succeed())
		Expect(w.record().Outcome).To(Equal(remediator.Failed))
		delete(w.failing, "verify")
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.record().Outcome).To(Equal(remediator.Verified))
		Expect(w.record().Why).To(BeEmpty())
		Expect(w.resources["data"].writes).To(Equal(1))
		Expect(w.mails).To(HaveLen(2))
	})

	It("should not say that a write has landed before that is remembered", func() {
		w := newWorld(names.ModeEnforce)
		w.failing["verify"] = errAWS
		Expect(w.handle("request-1", violation)).NotTo(Succeed())
		delete(w.failing, "verify")
		w.failing["create history"] = errAWS
		Expect(w.handle("request-1", violation)).To(MatchError(ContainSubstring("remembering the fix")))
		Expect(w.record().Outcome).To(Equal(remediator.Failed))
		delete(w.failing, "create history")
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.record().Outcome).To(Equal(remediator.Verified))
		Expect(w.remembered().Fixes).To(HaveLen(1))
	})

	It("should mail a failure once, however often it is tried", func() {
		w := newWorld(names.ModeEnforce)
		w.failing["write"] = errAWS
		for range 3 {
			Expect(w.handle("request-1", violation)).NotTo(Succeed())
		}
		Expect(w.mails).To(HaveLen(1))
		Expect(w.mails[0].Body).To(ContainSubstring("Why: " + errAWS.Error()))
		Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=failed": 3}))
	})

	It("should mail later what it could not mail at once", func() {
		w := newWorld(names.ModePlan)
		w.failing["publish"] = errAWS
		Expect(w.handle("request-1", violation)).To(MatchError(errAWS))
		delete(w.failing, "publish")
		Expect(w.handle("request-2", schedule)).To(Succeed())
		Expect(w.mails).To(HaveLen(1))
		Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=planned": 1}))
		Expect(w.handle("request-3", schedule)).To(Succeed())
		Expect(w.mails).To(HaveLen(1))
	})

	It("should take a record without a claim for nobody's", func() {
		w := newWorld(names.ModeEnforce)
		w.failing["write"] = errAWS
		Expect(w.handle("request-1", violation)).NotTo(Succeed())
		record := w.record()
		record.Outcome, record.Claim = remediator.Applying, nil
		_, err := w.put(record.Key(), record)
		Expect(err).NotTo(HaveOccurred())
		delete(w.failing, "write")
		Expect(w.handle("request-2", violation)).To(Succeed())
		Expect(w.record().Outcome).To(Equal(remediator.Verified))
	})
})
