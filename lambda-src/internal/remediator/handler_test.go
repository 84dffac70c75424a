package remediator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediator"
)

var _ = Describe("The remediator", func() {
	Context("in mode enforce", func() {
		It("should fix the resource, and keep what was and what is", func() {
			w := newWorld(names.ModeEnforce)
			Expect(w.handle("request-1", violation)).To(Succeed())
			Expect(*w.resources["data"]).To(Equal(live{state: good, writes: 1}))
			record := w.record()
			Expect(record.ID).To(MatchRegexp("^[0-9a-f]{32}$"))
			record.ID = ""
			Expect(record).To(Equal(remediator.Record{
				SchemaVersion: 1, Rule: "s3-encryption", ConfigRule: "monitor-test-s3-encryption", Severity: catalogue.High, Remediation: "fix",
				ResourceType: "AWS::S3::Bucket", ResourceID: "data", Account: account, Region: "us-east-1", Ordering: ordering,
				Mode: "enforce", Outcome: remediator.Verified, Changes: []remediation.Change{{Property: "State", After: "good"}},
				Before: json.RawMessage(bad), After: json.RawMessage(good), Attempted: true, Updated: now,
				Evaluation: "requested", Told: remediator.Verified,
			}))
			Expect(w.record().Key()).To(HavePrefix("remediations/2026/11/23/"))
		})

		It("should read all before it writes anything, record before it changes the resource, and tell last", func() {
			w := newWorld(names.ModeEnforce)
			Expect(w.handle("request-1", violation)).To(Succeed())
			Expect(w.calls).To(Equal([]string{
				"read config/exemptions.json", "tags", "look", "read breaker", "read history", "read history", "create", // reading, and recording
				"read breaker", "create breaker", "write", "verify", "read history", "create history", "replace", // counting, and acting
				"evaluate", "publish", "replace", // telling
			}))
		})

		It("should have the state before and its claim in the record when it changes the resource", func() {
			w := newWorld(names.ModeEnforce)
			w.onWrite = func() {
				record := w.record()
				Expect(record.Outcome).To(Equal(remediator.Applying))
				Expect(record.Before).To(MatchJSON(bad))
				Expect(record.Claim).To(Equal(&invocation.Claim{RequestID: "request-1", Until: now.Add(15 * time.Minute)}))
			}
			Expect(w.handle("request-1", violation)).To(Succeed())
			Expect(w.resources["data"].writes).To(Equal(1))
		})

		It("should mail and count the outcome, and ask AWS Config to look again", func() {
			w := newWorld(names.ModeEnforce)
			Expect(w.handle("request-1", violation)).To(Succeed())
			Expect(w.mails).To(HaveLen(1))
			Expect(w.mails[0].Subject).To(Equal("[HIGH] remediation verified: s3-encryption on data"))
			Expect(w.mails[0].Body).To(ContainSubstring("\nTo undo it: go tool task undo -- " + w.record().ID + "\n"))
			Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=verified": 1}))
			Expect(w.evaluated).To(Equal([]string{"monitor-test-s3-encryption"}))
		})

		It("should look several times before it takes a write for failed", func() {
			w := newWorld(names.ModeEnforce)
			w.stale = 4
			Expect(w.handle("request-1", violation)).To(Succeed())
			Expect(w.record().Outcome).To(Equal(remediator.Verified))
			Expect(w.pauses).To(Equal(4))
		})

		It("should record, mail and report as failed what it can't verify", func() {
			w := newWorld(names.ModeEnforce)
			w.stale = 5
			Expect(w.handle("request-1", violation)).To(MatchError(ContainSubstring("not as planned")))
			Expect(w.record().Outcome).To(Equal(remediator.Failed))
			Expect(w.record().Why).To(ContainSubstring("not as planned"))
			Expect(w.record().Told).To(Equal(remediator.Failed))
			Expect(w.mails).To(HaveLen(1))
			Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=failed": 1}))
			Expect(w.evaluated).To(BeEmpty())
		})

		It("should not wait for a resource longer than the invocation lasts", func() {
			w := newWorld(names.ModeEnforce)
			w.stale = 1
			w.handler.Pause = func(context.Context, time.Duration) error { return context.DeadlineExceeded }
			Expect(w.handle("request-1", violation)).To(MatchError(ContainSubstring("waiting to verify")))
			Expect(w.record().Outcome).To(Equal(remediator.Failed))
		})

		It("should not fail because AWS Config does not look again at once, and record that", func() {
			w := newWorld(names.ModeEnforce)
			w.failing["evaluate"] = errors.New("once a minute")
			Expect(w.handle("request-1", violation)).To(Succeed())
			Expect(w.record().Outcome).To(Equal(remediator.Verified))
			Expect(w.record().Evaluation).To(Equal("not requested: once a minute"))
		})
	})

	It("should leave to people what only they can plan, tell them once, and not try again", func() {
		w := newWorld(names.ModeEnforce)
		w.noPlan = fmt.Errorf("planning: %w", errors.Join(remediation.ErrByHand, errors.New("the rule opens other ports, too")))
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.handle("request-2", schedule)).To(Succeed())
		Expect(*w.resources["data"]).To(Equal(live{state: bad}))
		Expect(w.record().Outcome).To(Equal(remediator.ByHand))
		Expect(w.record().Why).To(ContainSubstring("the rule opens other ports, too"))
		Expect(w.mails).To(HaveLen(1))
		Expect(w.mails[0].Subject).To(Equal("[HIGH] remediation by-hand: s3-encryption on data"))
		Expect(w.mails[0].Body).To(ContainSubstring("it has to be changed by hand"))
		Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=by-hand": 1}))
	})

	Context("in mode plan", func() {
		It("should say what it would change, and change nothing", func() {
			w := newWorld(names.ModePlan)
			Expect(w.handle("request-1", violation)).To(Succeed())
			Expect(*w.resources["data"]).To(Equal(live{state: bad}))
			Expect(w.record().Outcome).To(Equal(remediator.Planned))
			Expect(w.record().Why).To(Equal("the rule's mode is plan"))
			Expect(w.record().Changes).To(Equal([]remediation.Change{{Property: "State", After: "good"}}))
			Expect(w.record().Attempted).To(BeFalse())
			Expect(w.mails).To(HaveLen(1))
			Expect(w.mails[0].Body).To(ContainSubstring("State: (none) -> good"))
			Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=planned": 1}))
		})

		It("should say it once", func() {
			w := newWorld(names.ModePlan)
			Expect(w.handle("request-1", violation)).To(Succeed())
			before := bytes.Clone(w.objects[w.record().Key()])
			Expect(w.handle("request-2", violation)).To(Succeed())
			Expect(w.handle("request-3", schedule)).To(Succeed())
			Expect(w.mails).To(HaveLen(1))
			Expect(w.objects[w.record().Key()]).To(Equal(before))
			Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=planned": 1}))
		})

		It("should fix the resource once the mode is enforce, in the same record", func() {
			w := newWorld(names.ModePlan)
			Expect(w.handle("request-1", violation)).To(Succeed())
			w.handler.Modes = env.NewModes(names.ModeEnforce, nil)
			Expect(w.handle("request-2", schedule)).To(Succeed())
			Expect(w.resources["data"].state).To(Equal(good))
			Expect(w.record().Outcome).To(Equal(remediator.Verified))
			Expect(w.mails).To(HaveLen(2))
		})
	})

	It("should read and do nothing in mode off, for an event and for a sweep", func() {
		w := newWorld(names.ModeEnforce)
		w.handler.Modes = env.NewModes(names.ModeEnforce, map[string]string{"s3-encryption": names.ModeOff})
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.calls).To(BeEmpty())
		Expect(w.handle("request-2", schedule)).To(Succeed())
		Expect(w.calls).To(Equal([]string{"read config/exemptions.json", "results"}), "the results are another rule's")
		Expect(w.records()).To(BeEmpty())
	})

	DescribeTable("should leave a resource alone in mode enforce, and record why",
		func(outcome remediator.Outcome, why string, mails int, prepare func(w *world)) {
			w := newWorld(names.ModeEnforce)
			prepare(w)
			Expect(w.handle("request-1", violation)).To(Succeed())
			Expect(w.calls).NotTo(ContainElement("write"))
			Expect(w.record().Outcome).To(Equal(outcome))
			Expect(w.record().Why).To(Equal(why))
			Expect(w.record().Attempted).To(BeFalse())
			Expect(w.mails).To(HaveLen(mails))
			Expect(w.metrics).To(Equal(metrics{"Remediations Outcome=" + string(outcome): 1}))
		},
		Entry("when it is exempt", remediator.Exempt, "ann, until 2026-11-23: public data", 0, func(w *world) {
			w.exempt(`{"rule":"s3-encryption","resource":"da*","owner":"ann","reason":"public data","expires":"2026-11-23"}`)
		}),
		Entry("when its owner has opted out", remediator.OptedOut, "tag compliance:remediation=off", 0, func(w *world) {
			w.resources["data"].tags = map[string]string{"compliance:remediation": "off"}
		}),
		Entry("when it has opted out and belongs to code", remediator.OptedOut, "tag compliance:remediation=off", 0, func(w *world) {
			w.resources["data"].tags = map[string]string{"compliance:remediation": "off", "ManagedBy": "terraform"}
		}),
		Entry("when code owns it", remediator.Owned, "owned by code (tag ManagedBy=terraform), where the change has to be made", 1, func(w *world) {
			w.resources["data"].tags = map[string]string{"ManagedBy": "terraform"}
		}),
		Entry("when it is compliant by now", remediator.Compliant, "", 0, func(w *world) { w.resources["data"].state = good }),
		Entry("when it is compliant by now and code owns it", remediator.Compliant, "", 0, func(w *world) {
			w.resources["data"] = &live{state: good, tags: map[string]string{"ManagedBy": "terraform"}}
		}),
		Entry("when it is gone", remediator.Gone, "", 0, func(w *world) { delete(w.resources, "data") }),
	)

	It("should act again when an exemption has ended", func() {
		w := newWorld(names.ModeEnforce)
		w.exempt(`{"rule":"s3-encryption","resource":"data","owner":"ann","reason":"x","expires":"2026-11-23"}`)
		Expect(w.handle("request-1", violation)).To(Succeed())
		w.clock = now.Add(24 * time.Hour)
		Expect(w.handle("request-2", schedule)).To(Succeed())
		Expect(w.record().Outcome).To(Equal(remediator.Verified))
	})

	It("should propose the change to the code that owns the resource", func() {
		w := newWorld(names.ModeEnforce)
		w.resources["data"].tags = map[string]string{"aws:cloudformation:stack-name": "shop"}
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.mails[0].Body).To(And(
			ContainSubstring("code owns the resource"), ContainSubstring("State: (none) -> good"), ContainSubstring("CloudFormation stack shop")))
	})

	DescribeTable("should do nothing for what is not for it",
		func(payload []byte) {
			w := newWorld(names.ModeEnforce)
			Expect(w.handle("request-1", payload)).To(Succeed())
			Expect(w.calls).To(BeEmpty())
			Expect(w.metrics).To(BeEmpty())
		},
		Entry("a resource that is compliant", event("monitor-test-s3-encryption", "data", "COMPLIANT")),
		Entry("somebody else's rule", event("other-s3-encryption", "data", "NON_COMPLIANT")),
		Entry("a rule that the catalogue does not know", event("monitor-test-newer", "data", "NON_COMPLIANT")),
		Entry("a rule without a remediation", event("monitor-test-s3-manual", "data", "NON_COMPLIANT")),
		Entry("a rule whose remediation this version does not have", event("monitor-test-s3-other", "data", "NON_COMPLIANT")),
		Entry("another account", bytes.ReplaceAll(violation, []byte(account), []byte("210987654321"))),
		Entry("another region", bytes.ReplaceAll(violation, []byte(`"awsRegion":"us-east-1"`), []byte(`"awsRegion":"eu-west-1"`))),
	)

	DescribeTable("should count what it can't use, and not try again",
		func(reason string, payload []byte) {
			w := newWorld(names.ModeEnforce)
			Expect(w.handle("request-1", payload)).To(Succeed())
			Expect(w.calls).To(BeEmpty())
			Expect(w.metrics).To(Equal(metrics{"IgnoredEvents Reason=" + reason: 1}))
			Expect(w.logged.String()).To(ContainSubstring("ignoring"))
		},
		Entry("what is not JSON", "malformed", []byte("{")),
		Entry("an unknown kind", "unknown-kind", []byte("{}")),
	)

	It("should fail outside of Lambda", func() {
		w := newWorld(names.ModeEnforce)
		Expect(w.handler.Handle(context.Background(), violation)).To(MatchError(ContainSubstring("not one of Lambda's")))
	})
})

var _ = Describe("The remediator's mail", func() {
	It("should say what became of which resource, and why, and how to keep the remediator away", func() {
		w := newWorld(names.ModeEnforce)
		w.resources["data"].tags = map[string]string{"ManagedBy": "terraform"}
		Expect(w.handle("request-1", violation)).To(Succeed())
		Expect(w.mails).To(HaveLen(1))
		Expect(w.mails[0].Subject).To(Equal("[HIGH] remediation owned-by-iac: s3-encryption on data"))
		Expect(w.mails[0].Attributes).To(Equal(map[string]string{
			"severity": "high", "rule": "s3-encryption", "resourceType": "AWS::S3::Bucket",
		}))
		Expect(w.mails[0].Body).To(Equal(`AWS::S3::Bucket data (account 123456789012, us-east-1)
Rule s3-encryption, severity high
Not changed, because code owns the resource. Proposed change:
  State: (none) -> good
Why: owned by code (tag ManagedBy=terraform), where the change has to be made
Console: https://us-east-1.console.aws.amazon.com/config/home?region=us-east-1#/resources/timeline?resourceId=data&resourceType=AWS%3A%3AS3%3A%3ABucket
Record: s3://reports/` + w.record().Key() + `

To keep the remediator away from a resource, tag it compliance:remediation=off or exempt it.
Sent by monitor-test.
`))
	})
})
