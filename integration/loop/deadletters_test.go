package loop_test

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

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

var _ = Describe("An event that can't be handled", troublesome, func() {
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
