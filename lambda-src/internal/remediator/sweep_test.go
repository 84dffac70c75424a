package remediator_test

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediator"
)

func modes(mode string) remediator.Modes { return env.NewModes(mode, nil) }

var _ = Describe("The sweep", func() {
	It("should fix what no event told of, and share the record with the event", func() {
		w := newWorld(names.ModeEnforce)
		Expect(w.handle("request-1", schedule)).To(Succeed())
		Expect(*w.resources["data"]).To(Equal(live{state: good, writes: 1}))
		Expect(w.handle("request-2", violation)).To(Succeed())
		Expect(w.record().Outcome).To(Equal(remediator.Verified))
		Expect(w.mails).To(HaveLen(1))
	})

	It("should tell of all resources in one mail, and go on past one that fails", func() {
		w := newWorld(names.ModeEnforce)
		w.violating["monitor-test-s3-encryption"] = []string{"data", "gone", "owned"}
		w.violating["monitor-test-s3-kms"] = []string{"more"}
		w.resources["owned"] = &live{state: bad, tags: map[string]string{"ManagedBy": "pulumi"}}
		w.resources["more"] = &live{state: bad}
		w.failBefore = 3 // the plan for the first resource
		Expect(w.handle("request-1", schedule)).To(MatchError(And(ContainSubstring("remediating data"), ContainSubstring(errAWS.Error()))))
		Expect(w.resources["data"].state).To(Equal(bad))
		Expect(w.resources["more"].state).To(Equal(good))
		Expect(w.mails).To(HaveLen(1))
		Expect(w.mails[0].Subject).To(Equal("[CRITICAL] remediation: 1 owned-by-iac, 1 verified"))
		Expect(w.mails[0].Attributes).To(Equal(map[string]string{"severity": "critical"}))
		Expect(w.mails[0].Body).To(And(ContainSubstring("AWS::S3::Bucket owned"), ContainSubstring("AWS::S3::Bucket more")))
		Expect(w.metrics).To(Equal(metrics{
			"Remediations Outcome=failed": 1, "Remediations Outcome=gone": 1,
			"Remediations Outcome=owned-by-iac": 1, "Remediations Outcome=verified": 1,
		}))
	})

	It("should describe a bounded number of resources in its mail", func() {
		w := newWorld(names.ModePlan)
		w.violating["monitor-test-s3-encryption"] = nil
		for i := range 203 {
			id := fmt.Sprintf("bucket-%d", i)
			w.violating["monitor-test-s3-encryption"] = append(w.violating["monitor-test-s3-encryption"], id)
			w.resources[id] = &live{state: bad}
		}
		Expect(w.handle("request-1", schedule)).To(Succeed())
		Expect(w.mails).To(HaveLen(1))
		Expect(w.mails[0].Subject).To(Equal("[HIGH] remediation: 203 planned"))
		Expect(w.mails[0].Body).To(ContainSubstring("And 3 more; their records are in s3://reports/remediations/."))
		Expect(w.records()).To(HaveEach(HaveField("Told", remediator.Planned)))
	})

	It("should ask AWS Config once for each rule, and for 25 rules at a time", func() {
		w := newWorld(names.ModeEnforce)
		w.handler.Catalogue.Rules = nil
		for i := range 26 {
			rule, id := fmt.Sprintf("rule-%02d", i), fmt.Sprintf("bucket-%d", i)
			w.handler.Catalogue.Rules = append(w.handler.Catalogue.Rules, catalogue.Rule{Name: rule, Remediation: "fix", Severity: "new"})
			w.violating["monitor-test-"+rule] = []string{id, id + "-more"}
			w.resources[id], w.resources[id+"-more"] = &live{state: bad}, &live{state: bad}
		}
		Expect(w.handle("request-1", schedule)).To(Succeed())
		Expect(w.evaluated).To(HaveLen(26))
		Expect(w.mails[0].Subject).To(Equal("[NEW] remediation: 52 verified"))
		evaluations := 0
		for _, call := range w.calls {
			if call == "evaluate" {
				evaluations++
			}
		}
		Expect(evaluations).To(Equal(2))
	})

	It("should go on with the other rules when the results of one can't be read", func() {
		w := newWorld(names.ModeEnforce)
		w.violating["monitor-test-s3-kms"] = []string{"more"}
		w.resources["more"] = &live{state: bad}
		w.failBefore = 2 // the results of the first rule
		Expect(w.handle("request-1", schedule)).To(MatchError(And(ContainSubstring("sweeping"), ContainSubstring("monitor-test-s3-encryption"))))
		Expect(w.resources["data"].state).To(Equal(bad))
		Expect(w.resources["more"].state).To(Equal(good))
	})

	It("should stop in time to tell what it has done", func() {
		w := newWorld(names.ModeEnforce)
		w.violating["monitor-test-s3-encryption"] = []string{"data", "more"}
		w.resources["more"] = &live{state: bad}
		ctx, cancel := context.WithTimeout(request("request-1"), time.Hour)
		defer cancel()
		deadline, _ := ctx.Deadline()
		w.clock = deadline.Add(-100 * time.Millisecond)
		w.onWrite = func() { time.Sleep(100 * time.Millisecond) }
		w.exempt()
		Expect(w.handler.Handle(ctx, schedule)).To(MatchError(ContainSubstring("the time ran out")))
		Expect(w.resources["more"].state).To(Equal(bad))
		Expect(w.mails).To(HaveLen(len(w.records())))
	})

	It("should note for each record that people were told, and go on past one where that fails", func() {
		w := newWorld(names.ModePlan)
		w.violating["monitor-test-s3-encryption"] = []string{"data", "more"}
		w.resources["more"] = &live{state: bad}
		w.failBefore = 11 // the first note
		Expect(w.handle("request-1", schedule)).To(MatchError(ContainSubstring("noting that people were told")))
		Expect(w.records()).To(ConsistOf(HaveField("Told", remediator.Planned), HaveField("Told", remediator.Outcome(""))))
	})
})

var _ = Describe("A remediation of the catalogue", func() {
	It("should be one that this version has, and the other way round", func() {
		rules, err := catalogue.Load()
		Expect(err).NotTo(HaveOccurred())
		known := map[string]bool{}
		for _, remediation := range rules.Remediations {
			known[remediation.Name] = true
		}
		have := map[string]bool{}
		for name := range remediation.All(remediation.Clients{}, "") {
			have[name] = true
		}
		Expect(have).To(Equal(known))
	})

	It("should be one that a rule names", func() {
		rules, err := catalogue.Load()
		Expect(err).NotTo(HaveOccurred())
		for _, remediation := range rules.Remediations {
			Expect(rules.Rules).To(ContainElement(HaveField("Remediation", remediation.Name)))
		}
	})
})
