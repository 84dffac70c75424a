package remediator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/contract/undo"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediator"
)

// fixedWorld is a world in which data was fixed, and has been in order since.
func fixedWorld() *world {
	GinkgoHelper()
	w := newWorld(names.ModeEnforce)
	Expect(w.handle("request-1", violation)).To(Succeed())
	w.calls, w.mails = nil, nil
	clear(w.metrics)
	w.evaluated = nil
	w.clock = now.Add(time.Hour)
	return w
}

// ask asks for the fix of the first record to be undone.
func (w *world) ask(requestID string, change ...func(*undo.Request)) (answer undo.Answer, err error) {
	wanted := undo.Request{By: "arn:aws:iam::123456789012:user/ann"}
	for key := range w.under(names.RemediationsPrefix + "2026/11/23/") {
		wanted.Key = key
	}
	for _, one := range change {
		one(&wanted)
	}
	content, err := w.handler.Answer(request(requestID), wanted.Event())
	if err != nil {
		return answer, err
	}
	return answer, json.Unmarshal(content, &answer)
}

func dry(request *undo.Request) { request.DryRun = true }

var _ = Describe("An operator's undo", func() {
	var w *world

	BeforeEach(func() { w = fixedWorld() })

	changes := []undo.Change{{Property: "State", Before: "good"}}

	It("should restore exactly the state before, and record who wanted it", func() {
		answer, err := w.ask("undo-1")
		Expect(err).NotTo(HaveOccurred())
		Expect(answer).To(Equal(undo.Answer{
			Outcome: undo.Undone, Rule: "s3-encryption", ResourceType: "AWS::S3::Bucket", ResourceID: "data", Changes: changes,
		}))
		Expect(*w.resources["data"]).To(Equal(live{state: bad, writes: 2}))
		record := w.record()
		Expect(record.Outcome).To(Equal(remediator.Undone))
		Expect(record.Undo).To(Equal(&remediator.Undo{By: "arn:aws:iam::123456789012:user/ann", At: w.clock}))
		Expect(record.Before).To(MatchJSON(bad))
		Expect(record.Claim).To(BeNil())
		Expect(record.Updated).To(Equal(w.clock))
		Expect(record.Evaluation).To(Equal("requested"))
		Expect(w.remembered().Fixes).To(ConsistOf(HaveField("Undone", record.Undo)))
	})

	It("should read all before it writes anything, claim before it changes the resource, and tell last", func() {
		_, err := w.ask("undo-1")
		Expect(err).NotTo(HaveOccurred())
		Expect(w.calls).To(Equal([]string{
			"read", "read history", "verify", "replace", // reading, and claiming
			"read history", "replace history", "write", "verify", "replace", // acting
			"evaluate", "publish", "replace", // telling
		}))
	})

	It("should be mailed, counted and told to AWS Config", func() {
		_, err := w.ask("undo-1")
		Expect(err).NotTo(HaveOccurred())
		Expect(w.mails).To(HaveLen(1))
		Expect(w.mails[0].Subject).To(Equal("[HIGH] remediation undone: s3-encryption on data"))
		Expect(w.mails[0].Body).To(ContainSubstring(
			"Restored as it was before the fix:\n  State: good -> (none)\nUndone by: arn:aws:iam::123456789012:user/ann\n"))
		Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=undone": 1}))
		Expect(w.evaluated).To(Equal([]string{"monitor-test-s3-encryption"}))
		Expect(w.record().Told).To(Equal(remediator.Undone))
	})

	It("should only say what it would do in a dry run", func() {
		answer, err := w.ask("undo-1", dry)
		Expect(err).NotTo(HaveOccurred())
		Expect(answer.Outcome).To(Equal(undo.WouldUndo))
		Expect(answer.Changes).To(Equal(changes))
		Expect(w.calls).To(Equal([]string{"read", "read history", "verify"}))
		Expect(w.record().Outcome).To(Equal(remediator.Verified))
	})

	It("should not be made undone by the next sweep, nor by the next result, for 30 days", func() {
		_, err := w.ask("undo-1")
		Expect(err).NotTo(HaveOccurred())
		Expect(w.handle("request-2", schedule)).To(Succeed())
		Expect(w.record().Outcome).To(Equal(remediator.Undone))
		w.fixAgain(2)
		Expect(w.last().Outcome).To(Equal(remediator.Fight))
		Expect(w.last().Why).To(And(
			HavePrefix("undone by arn:aws:iam::123456789012:user/ann on 2026-11-23: exempt the resource to keep it so after 2026-12-23"),
			ContainSubstring("delete s3://reports/state/fixes/s3-encryption/")))
		w.fixAgain(29)
		Expect(w.last().Outcome).To(Equal(remediator.Fight))
		w.fixAgain(31)
		Expect(w.last().Outcome).To(Equal(remediator.Verified))
	})

	It("should hold for every rule that has the same remediation", func() {
		_, err := w.ask("undo-1")
		Expect(err).NotTo(HaveOccurred())
		violateOther := func(days int) error {
			w.clock = now.Add(time.Duration(days) * day)
			return w.handle("request-2", eventAt("monitor-test-s3-kms", "data", "NON_COMPLIANT", w.clock))
		}
		Expect(violateOther(2)).To(Succeed())
		Expect(w.last()).To(And(HaveField("Rule", "s3-kms"), HaveField("Outcome", remediator.Fight), HaveField("Why", And(
			HavePrefix("undone by arn:aws:iam::123456789012:user/ann on 2026-11-23"), ContainSubstring("delete s3://reports/state/fixes/s3-encryption/")))))
		Expect(w.resources["data"].state).To(Equal(bad))

		w.failing["read history"] = errAWS
		Expect(violateOther(3)).To(MatchError(ContainSubstring("without which nothing is changed")))
		Expect(w.resources["data"].state).To(Equal(bad))
		delete(w.failing, "read history")

		Expect(violateOther(31)).To(Succeed())
		Expect(w.last().Outcome).To(Equal(remediator.Verified))
	})

	It("should keep the remediator away even where the history had been deleted", func() {
		for key := range w.under(names.FixesPrefix) {
			delete(w.objects, key)
		}
		_, err := w.ask("undo-1")
		Expect(err).NotTo(HaveOccurred())
		w.fixAgain(2)
		Expect(w.last().Outcome).To(Equal(remediator.Fight))
	})

	DescribeTable("should be refused, with nothing changed, and say why",
		func(why string, prepare func()) {
			prepare()
			before := w.resources["data"]
			var was live
			if before != nil {
				was = *before
			}
			answer, err := w.ask("undo-1")
			Expect(err).NotTo(HaveOccurred())
			Expect(answer.Outcome).To(Equal(undo.Refused))
			Expect(answer.Why).To(ContainSubstring(why))
			if before != nil {
				Expect(*w.resources["data"]).To(Equal(was))
			}
			Expect(w.calls).NotTo(ContainElement("write"))
			Expect(w.logged.String()).To(ContainSubstring(`"outcome":"refused"`))
		},
		Entry("when the resource has changed since",
			`it is {"state":"other"}, and the fix left {"state":"good"}; before the fix it was {"state":"bad"}`,
			func() { w.resources["data"].state = `{"state":"other"}` }),
		Entry("when somebody has restored it already", "has changed since the fix", func() { w.resources["data"].state = bad }),
		Entry("when the resource is gone", "does not exist any more", func() { delete(w.resources, "data") }),
		Entry("when this version has no such remediation", "this version has no remediation fix", func() { w.handler.Remediations = nil }),
		Entry("when it was fixed again since", "undo the later fix, of the record", func() {
			w.fixAgain(1)
			w.calls = nil
		}),
		Entry("when another invocation changes the record meanwhile", "another invocation has changed the record", func() {
			w.before = func(call int) {
				if call == 4 { // the claim
					w.versions[w.record().Key()]++
				}
			}
		}),
	)

	DescribeTable("should be refused for a record that says",
		func(why string, prepare func(record *remediator.Record)) {
			record := w.record()
			prepare(&record)
			content, err := json.Marshal(record)
			Expect(err).NotTo(HaveOccurred())
			w.objects[record.Key()] = content
			answer, err := w.ask("undo-1")
			Expect(err).NotTo(HaveOccurred())
			Expect(answer.Outcome).To(Equal(undo.Refused))
			Expect(answer.Why).To(ContainSubstring(why))
			Expect(w.resources["data"].writes).To(Equal(1))
		},
		Entry("that nothing was fixed", "its outcome is planned: only a fix that was verified can be undone",
			func(record *remediator.Record) { record.Outcome = remediator.Planned }),
		Entry("that the fix failed", "its outcome is failed", func(record *remediator.Record) { record.Outcome = remediator.Failed }),
		Entry("that it is another account's", "the record is of account 210987654321",
			func(record *remediator.Record) { record.Account = "210987654321" }),
		Entry("that it is another region's", "region eu-west-1", func(record *remediator.Record) { record.Region = "eu-west-1" }),
	)

	It("should be refused the second time", func() {
		_, err := w.ask("undo-1")
		Expect(err).NotTo(HaveOccurred())
		answer, err := w.ask("undo-2")
		Expect(err).NotTo(HaveOccurred())
		Expect(answer.Outcome).To(Equal(undo.Refused))
		Expect(answer.Why).To(Equal("it was undone by arn:aws:iam::123456789012:user/ann on 2026-11-23T13:00:00Z"))
		Expect(w.mails).To(HaveLen(1))
	})

	It("should be refused for a record that there is not", func() {
		answer, err := w.ask("undo-1", func(request *undo.Request) { request.Key = names.RemediationKey(now, strings.Repeat("0", 32)) })
		Expect(err).NotTo(HaveOccurred())
		Expect(answer.Why).To(Equal("there is no record s3://reports/remediations/2026/11/23/00000000000000000000000000000000.json"))
	})

	It("should be refused where AWS has no way back, say what is left to do, and leave the record as it was", func() {
		w.failing["write"] = fmt.Errorf("starting it again: %w", remediation.ErrIrreversible)
		answer, err := w.ask("undo-1")
		Expect(err).NotTo(HaveOccurred())
		Expect(answer.Outcome).To(Equal(undo.Refused))
		Expect(answer.Why).To(And(
			HavePrefix("starting it again: AWS has no way back to that state. Nothing was changed."), ContainSubstring(bad),
			ContainSubstring("by hand: https://us-east-1.console.aws.amazon.com/")))
		Expect(w.record().Outcome).To(Equal(remediator.Verified))
		Expect(w.record().Undo).To(BeNil())
		Expect(w.record().Claim).To(BeNil())
		Expect(w.remembered().Fixes).To(ConsistOf(HaveField("Undone", BeNil())))
		Expect(w.mails).To(BeEmpty())
	})

	It("should fail, and say why in the record, when AWS refuses the write; and go on when asked again", func() {
		w.failing["write"] = errAWS
		_, err := w.ask("undo-1")
		Expect(err).To(MatchError(And(ContainSubstring("undoing the fix that s3://reports/remediations/"), ContainSubstring(errAWS.Error()))))
		Expect(w.record().Outcome).To(Equal(remediator.Undoing))
		Expect(w.record().Why).To(Equal(errAWS.Error()))
		Expect(w.record().Claim).To(BeNil())
		Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=failed": 1}))
		Expect(w.logged.String()).To(ContainSubstring("could not undo a fix"))
		Expect(w.handle("request-2", schedule)).To(Succeed(), "a sweep leaves it alone")
		Expect(w.record().Outcome).To(Equal(remediator.Undoing))
		delete(w.failing, "write")
		answer, err := w.ask("undo-2")
		Expect(err).NotTo(HaveOccurred())
		Expect(answer.Outcome).To(Equal(undo.Undone))
		Expect(w.record().Why).To(BeEmpty())
	})

	It("should fail when it can't be verified, and find that it has landed when asked again", func() {
		w.stale = 0
		w.failBefore = 8 // the look after the write
		_, err := w.ask("undo-1")
		Expect(err).To(MatchError(errAWS))
		Expect(w.resources["data"].state).To(Equal(bad))
		answer, err := w.ask("undo-2")
		Expect(err).NotTo(HaveOccurred())
		Expect(answer.Outcome).To(Equal(undo.Undone))
		Expect(w.resources["data"].writes).To(Equal(2))
	})

	It("should mail later what it could not mail at once", func() {
		w.failing["publish"] = errAWS
		_, err := w.ask("undo-1")
		Expect(err).To(MatchError(errAWS))
		Expect(w.record().Outcome).To(Equal(remediator.Undone))
		_, err = w.ask("undo-2")
		Expect(err).To(MatchError(errAWS))
		delete(w.failing, "publish")
		answer, err := w.ask("undo-3")
		Expect(err).NotTo(HaveOccurred())
		Expect(answer.Why).To(HavePrefix("it was undone by"))
		Expect(w.mails).To(HaveLen(1))
	})

	It("should leave the resource alone when any call before the write fails, and come to the same end when asked again", func() {
		_, err := w.ask("undo-1")
		Expect(err).NotTo(HaveOccurred())
		all := len(w.calls)
		for call := 1; call <= all; call++ {
			for _, done := range []bool{false, true} {
				for _, crash := range []bool{false, true} {
					w := fixedWorld()
					w.crash = crash
					if done {
						w.failAfter = call
					} else {
						w.failBefore = call
					}
					how := fmt.Sprintf("call %d, done: %v, crash: %v", call, done, crash)
					_, err := w.ask("undo-1")
					if call < 7 || call == 7 && !done { // 7 is the write
						Expect(err).To(MatchError(errAWS), how)
						Expect(*w.resources["data"]).To(Equal(live{state: good, writes: 1}), how)
					}
					w.gone, w.failAfter, w.failBefore = false, 0, 0
					w.clock = w.clock.Add(16 * time.Minute)
					_, err = w.ask("undo-2")
					Expect(err).NotTo(HaveOccurred(), how)
					Expect(*w.resources["data"]).To(Equal(live{state: bad, writes: 2}), how)
					Expect(w.record().Outcome).To(Equal(remediator.Undone), how)
					Expect(w.record().Told).To(Equal(remediator.Undone), how)
					Expect(w.record().Undo.By).NotTo(BeEmpty(), how)
					Expect(w.remembered().Fixes).To(ConsistOf(HaveField("Undone", Not(BeNil()))), how)
					Expect(w.mails).NotTo(BeEmpty(), how)
				}
			}
		}
	})

	It("should come to the same end after a failure to take it back where AWS has no way back", func() {
		for call := 8; call <= 10; call++ { // telling the history, and recording
			w := fixedWorld()
			w.failing["write"] = remediation.ErrIrreversible
			w.failBefore = call
			_, err := w.ask("undo-1")
			Expect(err).To(MatchError(errAWS), "call %d", call)
			w.failBefore = 0
			w.clock = w.clock.Add(16 * time.Minute)
			answer, err := w.ask("undo-2")
			Expect(err).NotTo(HaveOccurred())
			Expect(answer.Outcome).To(Equal(undo.Refused))
			Expect(w.record().Outcome).To(Equal(remediator.Verified))
			Expect(w.remembered().Fixes).To(ConsistOf(HaveField("Undone", BeNil())))
		}
	})

	It("should be left to the invocation that is at work on it", func() {
		w.before = func(call int) {
			if call == 7 {
				answer, err := w.ask("undo-2")
				Expect(err).NotTo(HaveOccurred())
				Expect(answer.Outcome).To(Equal(undo.Refused))
				Expect(answer.Why).To(And(ContainSubstring("it is being undone for arn:"), ContainSubstring("ask again after 2026-11-23T13:15:00Z")))
			}
		}
		answer, err := w.ask("undo-1")
		Expect(err).NotTo(HaveOccurred())
		Expect(answer.Outcome).To(Equal(undo.Undone))
		Expect(w.resources["data"].writes).To(Equal(2))
	})

	It("should hold against every invocation that comes while it is at work", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			w := fixedWorld()
			w.handler.Rules, _ = env.ParseRules(`{"*":{"limit":1000}}`)
			at := now.Add(time.Minute)
			(&turns{}).run(t, w,
				func() { _, _ = w.ask("undo-1") },
				func() { _, _ = w.ask("undo-2") },
				func() { _ = w.handle("request-2", violates(at)) },
				func() { _ = w.handle("request-3", schedule) },
			)
			w.clock = w.clock.Add(16 * time.Minute)
			if err := w.handle("request-4", violates(at.Add(time.Minute))); err != nil {
				t.Fatal(err)
			}
			if data := w.resources["data"]; data.state != bad || data.writes != 2 {
				t.Fatalf("in the end it is %v", *data)
			}
		})
	})
})

var _ = Describe("An operator's request that can't be read", func() {
	It("should be counted, and answered with nothing", func() {
		w := fixedWorld()
		Expect(w.handler.Answer(request("undo-1"), undo.Request{}.Event())).To(MatchJSON("null"))
		Expect(w.calls).To(BeEmpty())
		Expect(w.metrics).To(Equal(metrics{"IgnoredEvents Reason=malformed": 1}))
	})
})
