package live_test

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/aggregator"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awsclients"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/documents"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/function"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/objects"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/processor"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediator"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// What is broken here is broken for every try of the SDK, so the handlers run in this process, where the pauses between
// tries are short.

func rules() *catalogue.Catalogue {
	GinkgoHelper()
	loaded, err := catalogue.Load()
	Expect(err).NotTo(HaveOccurred())
	return loaded
}

// moment is when the remediator that runs in this process runs: the hours of its breaker are not those of the clock.
var moment = ordering.Add(90 * time.Minute)

func (a *account) remediator() *remediator.Handler {
	s3 := awsclients.S3(settings(a.url))
	return &remediator.Handler{
		Prefix: "monitor-live", Catalogue: rules(), Modes: env.NewModes(names.ModeEnforce, nil), Rules: env.Rules{},
		Remediations: remediation.All(remediation.Clients{S3: s3, RDS: awsclients.RDS(settings(a.url))}, keyARN),
		Store:        store.New(s3, a.reports), Config: awsclients.Config(settings(a.url)),
		Topic: notify.NewTopic(awsclients.SNS(settings(a.url)), a.topic), Metrics: emf.New(GinkgoWriter, "monitor-live", time.Now),
		Log: slog.New(slog.NewJSONHandler(GinkgoWriter, nil)), Now: func() time.Time { return moment },
		Pause: func(context.Context, time.Duration) error { return nil },
	}
}

func (a *account) processor() *processor.Handler {
	bucket := awshttp.NewBucket(settings(a.url), a.reports)
	return &processor.Handler{
		Prefix: "monitor-live", Rules: rules(), Modes: env.NewModes(names.ModePlan, nil),
		Store: documents.New(bucket), List: bucket.List, Pause: function.Sleep,
		Topic:   notify.NewTopic(awshttp.NewSNS(settings(a.url)), a.topic),
		Metrics: emf.New(GinkgoWriter, "monitor-live", time.Now), Log: slog.New(slog.NewJSONHandler(GinkgoWriter, nil)), Now: time.Now,
	}
}

func (a *account) aggregator() *aggregator.Handler {
	s3 := awsclients.S3(settings(a.url))
	return &aggregator.Handler{
		Prefix: "monitor-live", Rules: rules(), Config: awsclients.Config(settings(a.url)),
		Store: store.New(s3, a.reports), Objects: objects.New(s3, a.reports),
		Topic:   notify.NewTopic(awsclients.SNS(settings(a.url)), a.topic),
		Metrics: emf.New(GinkgoWriter, "monitor-live", time.Now), Log: slog.New(slog.NewJSONHandler(GinkgoWriter, nil)), Now: time.Now,
		Within: context.WithTimeout, Temp: os.CreateTemp,
	}
}

func handle(handler function.Handler, payload []byte) error {
	return handleAs("request-1", handler, payload)
}

func handleAs(requestID string, handler function.Handler, payload []byte) error {
	return handler.Handle(lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{
		AwsRequestID: requestID, InvokedFunctionArn: functionARN + "function",
	}), payload)
}

// breaks is a breakage of all calls of one kind.
func (a *account) breaks(which string, how breakage, at int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.broken = func(call string) (breakage, int) {
		if strings.HasPrefix(call, which) {
			return how, at
		}
		return none, 0
	}
}

func (a *account) works() { a.breaks("", none, 0) }

var _ = Describe("The remediator, when AWS is not well", func() {
	DescribeTable("should leave the bucket as it is, and fix it when AWS is well again",
		func(call func(a *account) string, how ...breakage) {
			a := newAccount()
			a.tag("Team", "shop")
			a.encrypt()
			for _, one := range how {
				a.breaks(call(a), one, 0)
				Expect(handle(a.remediator(), violation(rule, a.watched))).NotTo(Succeed(), "breakage %d", one)
				Expect(a.encryption()).To(Equal("AES256  false"), "breakage %d", one)
				Expect(a.made()).To(ContainElement(HavePrefix(call(a))))
			}
			a.works()
			Expect(handle(a.remediator(), violation(rule, a.watched))).To(Succeed())
			Expect(a.encryption()).To(Equal("aws:kms " + keyARN + " true"))
		},
		Entry("when reading the exemptions fails", func(a *account) string { return "GET /" + a.reports + "/" + names.ExemptionsKey },
			refuse, fail, hangUp, hangAfter, cutOff, shorten),
		Entry("when reading the tags fails", func(a *account) string { return "GET /" + a.watched + "?tagging" },
			refuse, fail, hangUp, hangAfter, cutOff, shorten),
		Entry("when reading the encryption fails", func(a *account) string { return "GET /" + a.watched + "?encryption" },
			refuse, fail, hangUp, hangAfter, cutOff, shorten),
		Entry("when recording the state before fails", func(a *account) string { return "PUT /" + a.reports + "/remediations/" },
			refuse, fail, hangUp, hangAfter),
		Entry("when reading the breaker fails", func(a *account) string { return "GET /" + a.reports + "/" + names.BreakerPrefix },
			refuse, fail, hangUp, hangAfter),
		Entry("when reading the history of fixes fails", func(a *account) string { return "GET /" + a.reports + "/" + names.FixesPrefix },
			refuse, fail, hangUp, hangAfter),
		Entry("when counting the change fails", func(a *account) string { return "PUT /" + a.reports + "/" + names.BreakerPrefix },
			refuse, fail, hangUp, hangAfter),
		Entry("when the write itself fails", func(a *account) string { return "PUT /" + a.watched + "?encryption" },
			refuse, fail, hangUp),
	)

	DescribeTable("should leave the bucket as it is when an answer is cut off, wherever that is",
		func(call func(a *account) string) {
			a := newAccount()
			a.tag("compliance:remediation", "on")
			a.encrypt()
			a.remembers()
			size := func() int { return a.size(call(a)) }
			for at := 0; at == 0 || at < size(); at += 3 {
				for _, how := range []breakage{cutOff, shorten} {
					a.breaks(call(a), how, at)
					Expect(handle(a.remediator(), violation(rule, a.watched))).NotTo(Succeed(), "after %d bytes, breakage %d", at, how)
					Expect(a.encryption()).To(Equal("AES256  false"), "after %d bytes, breakage %d", at, how)
				}
			}
			Expect(size()).To(BeNumerically(">", 30))
		},
		Entry("the exemptions", func(a *account) string { return "GET /" + a.reports + "/" + names.ExemptionsKey }),
		Entry("the tags", func(a *account) string { return "GET /" + a.watched + "?tagging" }),
		Entry("the encryption", func(a *account) string { return "GET /" + a.watched + "?encryption" }),
		Entry("the breaker", func(a *account) string { return "GET /" + a.reports + "/" + names.BreakerKey("s3-encryption", moment) }),
		Entry("the history of fixes", func(a *account) string { return "GET /" + a.reports + "/" + a.historyKey() }),
	)

	It("should find that its write has landed although the answer was lost, and not write twice", func() {
		a := newAccount()
		a.breaks("PUT /"+a.watched+"?encryption", hangAfter, 0)
		Expect(handle(a.remediator(), violation(rule, a.watched))).NotTo(Succeed())
		Expect(a.encryption()).To(Equal("aws:kms " + keyARN + " true"))
		a.breaks("PUT /"+a.watched, refuse, 0)
		Expect(handle(a.remediator(), violation(rule, a.watched))).To(Succeed())
		var record fields
		a.only(names.RemediationsPrefix, &record)
		Expect(record).To(And(HaveKeyWithValue("outcome", "verified"), HaveKeyWithValue("before", fields{})))
	})

	It("should not take an answer of AWS Config that is cut off for the end of the results", func() {
		a := newAccount()
		a.results = []result{{rule, a.watched, "NON_COMPLIANT"}}
		schedule := []byte(`{"source":"aws.events","detail-type":"Scheduled Event"}`)
		for _, how := range []breakage{refuse, fail, hangUp, cutOff, shorten} {
			a.breaks("GetComplianceDetailsByConfigRule", how, 0)
			Expect(handle(a.remediator(), schedule)).NotTo(Succeed(), "breakage %d", how)
		}
		Expect(a.encryption()).To(BeEmpty())
	})
})

var _ = Describe("The processor, when AWS is not well", func() {
	DescribeTable("should fail, and tell people once AWS is well again",
		func(call string, how ...breakage) {
			for _, one := range how {
				a := newAccount()
				which := strings.ReplaceAll(call, "REPORTS", a.reports)
				a.breaks(which, one, 10)
				Expect(handle(a.processor(), violation(rule, a.watched))).NotTo(Succeed(), "breakage %d", one)
				a.works()
				Expect(handle(a.processor(), violation(rule, a.watched))).To(Succeed(), "breakage %d", one)
				Expect(a.mailed()).To(HaveLen(1), "breakage %d", one)
				var record fields
				a.only(names.EventsPrefix, &record)
				Expect(record["notification"]).To(HaveKeyWithValue("delivery", "sent"))
			}
		},
		Entry("creating the object", "PUT /REPORTS/events/", refuse, fail, hangUp, hangAfter),
		Entry("publishing", "Publish", refuse, fail, hangUp, cutOff, shorten),
	)
})

var _ = Describe("The aggregator, when AWS is not well", func() {
	var a *account

	BeforeEach(func() {
		a = newAccount()
		a.results = []result{{rule, "one", "COMPLIANT"}, {rule, "two", "COMPLIANT"}}
	})

	It("should never take an answer that is broken for all of a rule's results", func() {
		const call = "GetComplianceDetailsByConfigRule"
		for _, how := range []breakage{refuse, fail, hangUp, cutOff, shorten} {
			for at := 0; at == 0 || how >= cutOff && at < a.size(call)-1; at += 5 { // the last byte is a line's end
				a.breaks(call, how, at)
				Expect(handle(a.aggregator(), nil)).To(Succeed())
				Expect(a.get(names.LatestReportKey)).To(ContainSubstring(`"complete":false`), "after %d bytes, breakage %d", at, how)
			}
		}
	})

	DescribeTable("should fail, and leave the last report the latest",
		func(call string, how ...breakage) {
			Expect(handle(a.aggregator(), nil)).To(Succeed())
			before := a.get(names.LatestReportKey)
			for _, one := range how {
				a.breaks(strings.ReplaceAll(call, "REPORTS", a.reports), one, 20)
				Expect(handle(a.aggregator(), nil)).NotTo(Succeed(), "breakage %d", one)
			}
			Expect(a.get(names.LatestReportKey)).To(Equal(before))
		},
		Entry("when listing the rules fails", "DescribeConfigRules", refuse, fail, hangUp, hangAfter, cutOff, shorten),
		Entry("when the checkpoint can't be read or written", "PUT /REPORTS/state/aggregator/checkpoint.json", refuse, fail, hangUp),
		Entry("when a part can't be written", "PUT /REPORTS/state/aggregator/parts/", refuse, fail, hangUp, hangAfter),
		Entry("when a part can't be read", "GET /REPORTS/state/aggregator/parts/", refuse, fail, hangUp, hangAfter, cutOff, shorten),
		Entry("when the last report's violations can't be read", "GET /REPORTS/state/aggregator/violations/", refuse, fail, hangUp, cutOff, shorten),
		Entry("when writing any file of the report fails", "PUT /REPORTS/reports/2", refuse, fail, hangUp, hangAfter),
		Entry("when writing the pointer fails", "PUT /REPORTS/reports/latest.json", refuse, fail, hangUp),
	)
})
