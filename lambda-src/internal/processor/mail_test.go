package processor_test

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/processor"
)

// mailOf is the mail that the processor sends for an event.
func mailOf(e event, rule catalogue.Rule, changes ...func(*processor.Handler)) notify.Message {
	aws := newCloud()
	handler := aws.environment(func() time.Time { return now }, rule)
	for _, change := range changes {
		change(handler)
	}
	Expect(handler.Handle(request("request-1"), e.payload())).To(Succeed())
	Expect(aws.mails).To(HaveLen(1))
	return aws.mails[0]
}

var _ = Describe("The mail", func() {
	rule := catalogue.Rule{
		Name: "s3-encryption", Severity: catalogue.High, Description: "Buckets are encrypted.", Guidance: "Encrypt the bucket.\n",
		Frameworks: catalogue.Frameworks{CIS: []string{"2.1.1"}, NIST: []string{"SC-28", "SC-13"}},
	}

	It("should say of a violation what, where, since when, how bad and what to do", func() {
		mail := mailOf(violation(), rule)
		Expect(mail.Subject).To(Equal("[HIGH] violation: s3-encryption on data"))
		_, key, _ := strings.Cut(mail.Body, "s3://reports/")
		key, _, _ = strings.Cut(key, "\n")
		Expect(key).To(HavePrefix("events/2026/11/23/"))
		Expect(mail.Body).To(Equal(`A resource violates a compliance rule.

Rule:       s3-encryption (monitor-test-s3-encryption in AWS Config)
Demands:    Buckets are encrypted.
Resource:   AWS::S3::Bucket data
ARN:        arn:aws:s3:::data
Account:    123456789012
Region:     us-east-1
Since:      2026-11-23 11:00:01 UTC
Was:        COMPLIANT
Is:         NON_COMPLIANT
Detail:     no encryption
Severity:   high
Frameworks: CIS AWS Foundations 2.1.1; NIST 800-53 SC-28, SC-13

What to do:
Encrypt the bucket.

What happens by itself:
Nothing: there is no remediation for this rule.

Timeline in the console:
https://us-east-1.console.aws.amazon.com/config/home?region=us-east-1#/resources/timeline?resourceId=data&resourceType=AWS%3A%3AS3%3A%3ABucket

Record:
s3://reports/` + key + `

Sent by monitor-test.
`))
	})

	It("should name the account as people know it", func() {
		mail := mailOf(violation(), rule, func(h *processor.Handler) { h.Alias = "shop-production" })
		Expect(mail.Body).To(ContainSubstring("\nAccount:    123456789012 (shop-production)\n"))
	})

	DescribeTable("should say whether the remediator will act, and why or why not",
		func(mode, says string) {
			fixed := rule
			fixed.Remediation = "s3-default-encryption"
			mail := mailOf(violation(), fixed, func(h *processor.Handler) {
				h.Modes = env.NewModes(names.ModePlan, map[string]string{rule.Name: mode})
			})
			Expect(mail.Body).To(ContainSubstring("\nWhat happens by itself:\n" + says))
			Expect(mail.Body).To(ContainSubstring("the remediation s3-default-encryption"), says)
		},
		Entry("in mode off", names.ModeOff, "Nothing: the remediation s3-default-encryption is switched off"),
		Entry("in mode plan", names.ModePlan, "Nothing is changed: the remediation s3-default-encryption plans only"),
	)

	It("should say when the remediator acts, and what keeps it from acting", func() {
		fixed := rule
		fixed.Remediation = "s3-default-encryption"
		mail := mailOf(violation(), fixed, func(h *processor.Handler) { h.Modes = env.NewModes(names.ModeEnforce, nil) })
		Expect(mail.Body).To(ContainSubstring("The remediation s3-default-encryption changes the resource (mode enforce), unless"))
		Expect(mail.Body).To(ContainSubstring("compliance:remediation, or owned by code"))
	})

	It("should have a subject under 100 characters, whatever the resource is called", func() {
		long := violation()
		long.resource = strings.Repeat("a", 700)
		subject := notify.Subject(mailOf(long, rule).Subject)
		Expect(len(subject)).To(BeNumerically("<", 100))
		Expect(subject).To(HavePrefix("[HIGH] violation: s3-encryption on aaa"))
	})

	It("should carry the attributes that subscriptions filter by", func() {
		Expect(mailOf(violation(), rule).Attributes).To(Equal(map[string]string{
			"severity": "high", "rule": "s3-encryption", "resourceType": "AWS::S3::Bucket", "compliance": "NON_COMPLIANT",
		}))
	})

	DescribeTable("should say of a resolution how the violation ended, and not what to do",
		func(after, headline string) {
			ended := violation()
			ended.before, ended.after = "NON_COMPLIANT", after
			mail := mailOf(ended, rule)
			Expect(mail.Subject).To(Equal("[HIGH] resolved: s3-encryption on data"))
			Expect(mail.Body).To(HavePrefix(headline))
			Expect(mail.Body).NotTo(Or(ContainSubstring("What to do"), ContainSubstring("What happens by itself")))
		},
		Entry("by being fixed", "COMPLIANT", "A violation has ended: the resource is compliant again."),
		Entry("by being deleted", "NOT_APPLICABLE", "A violation has ended: the resource was deleted, or"),
	)

	It("should leave out what is not known", func() {
		unknown := violation()
		unknown.before, unknown.rule = "", "monitor-test-newer-rule"
		mail := mailOf(unknown, rule)
		Expect(mail.Body).NotTo(Or(ContainSubstring("Was:"), ContainSubstring("Frameworks:")))
		Expect(mail.Subject).To(HavePrefix("[UNRATED] violation: newer-rule"))
	})

	It("should give the time of the result where AWS does not say when it was recorded", func() {
		payload := strings.Replace(string(violation().payload()), "resultRecordedTime", "leftOut", 2)
		aws := newCloud()
		handler := aws.environment(func() time.Time { return now })
		Expect(handler.Handle(request("request-1"), []byte(payload))).To(Succeed())
		Expect(aws.mails[0].Body).To(ContainSubstring("Since:      2026-11-23 11:00:00 UTC"))
	})
})
