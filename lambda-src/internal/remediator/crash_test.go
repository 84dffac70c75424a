package remediator_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediator"
)

// expectFixedOnce requires the end that every way of fixing data once has to come to.
func (w *world) expectFixedOnce(how string) {
	GinkgoHelper()
	Expect(*w.resources["data"]).To(Equal(live{state: good, writes: 1}), how)
	record := w.record()
	Expect(record.Outcome).To(Equal(remediator.Verified), how)
	Expect(record.Told).To(Equal(remediator.Verified), how)
	Expect(record.Before).To(MatchJSON(bad), how)
	Expect(record.Claim).To(BeNil(), how)
	Expect(w.counted()).To(Equal([]string{record.ID}), how)
	Expect(w.remembered().Fixes).To(HaveLen(1), how)
	Expect(w.remembered().Fixes[0].Record).To(Equal(record.ID), how)
	Expect(w.mails).NotTo(BeEmpty(), how)
}

var _ = Describe("The remediator, after a crash", func() {
	DescribeTable("before or after any call should come to the same end, with one write, one record, one count and one memory",
		func(again string, wait time.Duration) {
			all, _ := callsOf()
			for call := 1; call <= all; call++ {
				for _, done := range []bool{false, true} {
					w := newWorld(names.ModeEnforce)
					w.crash = true
					if done {
						w.failAfter = call
					} else {
						w.failBefore = call
					}
					_ = w.handle("request-1", violation) // whether it fails depends on whether a call was left
					w.gone, w.failAfter, w.failBefore = false, 0, 0
					w.clock = now.Add(wait)
					how := fmt.Sprintf("call %d, done: %v", call, done)
					Expect(w.handle(again, violation)).To(Succeed(), how)
					w.expectFixedOnce(how)
				}
			}
		},
		Entry("when Lambda tries the same invocation again", "request-1", time.Minute),
		Entry("when another one comes once the first can't be running any more", "request-2", 16*time.Minute),
	)

	It("should not fix again what was verified and remembered before it, and undone since", func() {
		w := newWorld(names.ModeEnforce)
		w.crash, w.failBefore = true, 14 // the fix is in the history, and the record does not say verified yet
		Expect(w.handle("request-1", violation)).NotTo(Succeed())
		w.gone, w.failBefore = false, 0
		w.resources["data"].state = bad
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.record().Outcome).To(Equal(remediator.Verified))
		Expect(w.resources["data"].writes).To(Equal(1))
	})
})

var _ = Describe("Two invocations at once", func() {
	It("should fix the resource once, wherever the second one runs while the first is at work", func() {
		all, _ := callsOf()
		for _, second := range [][]byte{violation, schedule} {
			for call := 1; call <= all; call++ {
				w := newWorld(names.ModeEnforce)
				w.before = func(number int) {
					if number == call {
						Expect(w.handle("request-2", second)).To(Succeed())
					}
				}
				how := fmt.Sprintf("at call %d", call)
				Expect(w.handle("request-1", violation)).To(Or(Succeed(), MatchError(ContainSubstring("noting that people were told"))), how)
				w.before = nil
				w.clock = now.Add(16 * time.Minute)
				Expect(w.handle("request-3", violation)).To(Succeed(), how)
				w.expectFixedOnce(how)
			}
		}
	})

	It("should fix the resource once, in whatever order their calls come", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			w := newWorld(names.ModeEnforce)
			(&turns{}).run(t, w,
				func() { _ = w.handle("request-1", violation) },
				func() { _ = w.handle("request-2", violation) },
				func() { _ = w.handle("request-3", schedule) },
			)
			w.clock = now.Add(16 * time.Minute)
			if err := w.handle("request-4", violation); err != nil {
				t.Fatal(err)
			}
			w.expectFixedOnce("")
		})
	})
})

var _ = Describe("The remediator, when what it remembers is damaged", func() {
	DescribeTable("should change nothing, wherever the object is cut off",
		func(prefix string) {
			w := newWorld(names.ModeEnforce)
			w.fixAgain(0)
			key, whole := "", ""
			for found, content := range w.under(prefix) {
				key, whole = found, string(content)
			}
			w.resources["data"].state = bad
			damaged := []string{
				"{}", "null", "[]", strings.Replace(whole, `"schemaVersion":1`, `"schemaVersion":2`, 1),
				strings.Replace(whole, `"rule":"s3-encryption"`, `"rule":"other"`, 1),
			}
			for length := range len(whole) {
				damaged = append(damaged, whole[:length])
			}
			for _, content := range damaged {
				w.objects[key] = []byte(content)
				Expect(w.handle("request-2", violates(now.Add(time.Minute)))).NotTo(Succeed(), content)
				Expect(*w.resources["data"]).To(Equal(live{state: bad, writes: 1}), content)
			}
			w.objects[key] = []byte(whole)
			Expect(w.handle("request-3", violates(now.Add(time.Minute)))).To(Succeed())
			Expect(*w.resources["data"]).To(Equal(live{state: good, writes: 2}))
		},
		Entry("the breaker", names.BreakerPrefix),
		Entry("the history of fixes", names.FixesPrefix),
	)

	It("should change nothing while the record is damaged", func() {
		w := newWorld(names.ModePlan)
		Expect(w.handle("request-1", violation)).To(Succeed())
		record := w.record()
		whole := w.objects[record.Key()]
		w.handler.Modes = modes(names.ModeEnforce)
		damaged := [][]byte{
			[]byte("{}"), []byte("null"), []byte(strings.Replace(string(whole), record.ID, "0", 1)),
			[]byte(strings.Replace(string(whole), `"outcome":"planned"`, `"outcome":"undone"`, 1)),
		}
		for length := range len(whole) {
			damaged = append(damaged, slices.Clone(whole[:length]))
		}
		for _, content := range damaged {
			w.objects[record.Key()] = content
			Expect(w.handle("request-2", violation)).NotTo(Succeed(), string(content))
			Expect(*w.resources["data"]).To(Equal(live{state: bad}))
		}
	})
})
