package loop_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// fault is an order for faults.
type fault struct {
	Service string  `json:"service"`
	Caller  string  `json:"caller"`
	Kind    string  `json:"kind"`
	Rate    float64 `json:"rate"`
	Seed    uint64  `json:"seed"`
}

// strike orders faults, which the spec's end takes back at the latest.
func strike(ctx context.Context, orders ...fault) {
	GinkgoHelper()
	own(ctx, http.MethodPost, "faults", orders, nil)
	DeferCleanup(relent)
}

func relent(ctx context.Context) {
	GinkgoHelper()
	own(ctx, http.MethodDelete, "faults", nil, nil)
}

// deniedBySpec is the statement by which a spec denies a function what its role allows.
const deniedBySpec = "DeniedBySpec"

// deny takes all of S3 and AWS Config from a function, until forgive is called, or the spec ends.
func deny(ctx context.Context, function string) (forgive func()) {
	GinkgoHelper()
	role, name := full(function), deniedBySpec
	ok(clients.IAM.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: &role, PolicyName: &name,
		PolicyDocument: aws.String(`{"Version": "2012-10-17", "Statement": [{"Sid": "` + deniedBySpec +
			`", "Effect": "Deny", "Action": ["s3:*", "config:*"], "Resource": "*"}]}`),
	}))
	forgive = sync.OnceFunc(func() {
		_, err := clients.IAM.DeleteRolePolicy(context.WithoutCancel(ctx), &iam.DeleteRolePolicyInput{RoleName: &role, PolicyName: &name})
		Expect(err).NotTo(HaveOccurred())
	})
	DeferCleanup(forgive)
	return forgive
}

var _ = Describe("Faults of AWS", func() {
	It("should delay what is done, and not lose or halve it", func(ctx SpecContext) {
		const each = 0.1 // of three kinds
		var orders []fault
		for _, function := range names.Functions() {
			for _, service := range []string{"s3", "sns", "config"} {
				for seed, kind := range []string{"throttle", "5xx", "reset"} {
					orders = append(orders, fault{Service: service, Caller: full(function), Kind: kind, Rate: each, Seed: uint64(seed)})
				}
			}
		}
		before := keys(ctx, names.ReportsPrefix)
		strike(ctx, orders...)

		By("breaking some buckets meanwhile")
		enforced := []string{"s3-encryption", "s3-public-access-block", "s3-versioning", "s3-tls-only"}
		var buckets []thing
		for range 4 {
			buckets = append(buckets, thing{bucketType, newBucket(ctx)})
		}
		for _, it := range buckets {
			for _, rule := range enforced {
				Eventually(func() []string { return evaluations(ctx, rule, it) }).Should(ContainElement(nonCompliant))
			}
		}
		queue(ctx, names.Aggregator, schedule)
		advance(ctx, time.Minute)

		By("letting it be good again")
		var struck []struct{ Struck int }
		own(ctx, http.MethodGet, "faults", nil, &struck)
		Expect(struck).To(ContainElement(HaveField("Struck", BeNumerically(">", 0))))
		relent(ctx)
		began := now(ctx)
		advance(ctx, names.ScheduleHours*time.Hour)
		for _, function := range names.Functions() {
			for _, event := range taken(ctx, function) {
				queue(ctx, function, event)
			}
		}

		By("having done everything, once")
		for _, it := range buckets {
			for _, rule := range enforced {
				fixed(ctx, rule, it)
				events := records(ctx, names.EventsPrefix, rule, it)
				Expect(events).To(ContainElement(HaveField("Compliance", nonCompliant)))
				Expect(events).To(HaveEach(HaveField("Notification.Delivery", BeElementOf("sent", "summarised"))))
			}
			Expect(accessOf(ctx, it.id)).To(Equal("true true true true"))
			Expect(versioningOf(ctx, it.id)).To(Equal("Enabled"))
			Expect(encryptionOf(ctx, it.id)).To(HavePrefix("aws:kms " + keyARN))
		}
		checkReport(ctx, began)

		By("having called no report complete that was not")
		for key, etag := range keys(ctx, names.ReportsPrefix) {
			if _, old := before[key]; old || !strings.HasSuffix(key, names.ReportSummary) {
				continue
			}
			var report summary
			Expect(json.Unmarshal(content(ctx, key, etag), &report)).To(Succeed())
			Expect(report.Complete).To(Equal(len(report.Missing) == 0), key)
			if report.Complete {
				Expect(report.Rules).To(HaveEach(HaveField("Complete", true)), key)
			}
		}
	})
})

// fixed waits until a resource is compliant with a rule, and requires that a record of it has the state before.
func fixed(ctx context.Context, rule string, it thing) {
	GinkgoHelper()
	becomes(ctx, rule, false, it, compliant)
	all := records(ctx, names.RemediationsPrefix, rule, it)
	Expect(all).NotTo(BeEmpty())
	for _, one := range all {
		Expect(one.Outcome).To(BeElementOf("verified", "already-compliant"), "%s: %s", one.key, one.Why)
		if one.Attempted {
			Expect(one.Before).NotTo(BeEmpty())
		}
	}
}

var _ = Describe("An event that can't be handled", func() {
	// alarm is the state of the alarm on a function's queue.
	alarm := func(ctx context.Context, function string) string {
		GinkgoHelper()
		found := must(clients.CloudWatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
			AlarmNames: []string{full(function + "-failures-messages")},
		}))
		Expect(found.MetricAlarms).To(HaveLen(1))
		return string(found.MetricAlarms[0].StateValue)
	}

	DescribeTable("should be kept in the function's dead-letter queue, and ring its alarm",
		func(ctx SpecContext, function, event string) {
			forgive := deny(ctx, function)
			began := now(ctx)
			queue(ctx, function, event)
			Eventually(func() string {
				advance(ctx, time.Minute) // Lambda tries twice more
				return waiting(ctx, function+"-failures")
			}).Should(Equal("1"))
			forgive()
			advance(ctx, 10*time.Minute)
			Eventually(func() string { return alarm(ctx, function) }).Should(Equal("ALARM"))
			Eventually(func() []mail { return mailsSince(ctx, "operations", began) }).Should(ContainElement(
				HaveField("Subject", And(ContainSubstring("ALARM"), ContainSubstring(full(function+"-failures-messages"))))))

			Expect(taken(ctx, function)).To(ConsistOf(MatchJSON(event)))
			advance(ctx, 15*time.Minute)
			Eventually(func() string { return alarm(ctx, function) }).Should(Equal("OK"))
		},
		Entry("of the processor", names.Processor, change("s3-access-logging", unused("lost"))),
		Entry("of the remediator", names.Remediator, schedule),
		Entry("of the aggregator", names.Aggregator, schedule),
	)
})
