package processor_test

import (
	"log/slog"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/processor"
)

// mailOf is the mail that the processor sends for an event.
func mailOf(e event, rule catalogue.Rule) notify.Message {
	aws := newCloud()
	handler := &processor.Handler{
		Prefix: "monitor-test", Rules: &catalogue.Catalogue{Rules: []catalogue.Rule{rule}}, Store: aws, Topic: aws,
		Metrics: newMetrics(), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
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

Timeline in the console:
https://us-east-1.console.aws.amazon.com/config/home?region=us-east-1#/resources/timeline?resourceId=data&resourceType=AWS%3A%3AS3%3A%3ABucket

Record:
s3://reports/` + key + `

Sent by monitor-test.
`))
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
			Expect(mail.Body).NotTo(ContainSubstring("What to do"))
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
		handler := &processor.Handler{
			Prefix: "monitor-test", Rules: &catalogue.Catalogue{}, Store: aws, Topic: aws,
			Metrics: newMetrics(), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
		}
		Expect(handler.Handle(request("request-1"), []byte(payload))).To(Succeed())
		Expect(aws.mails[0].Body).To(ContainSubstring("Since:      2026-11-23 11:00:00 UTC"))
	})
})
