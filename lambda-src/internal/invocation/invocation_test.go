package invocation_test

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func within(arn string) context.Context {
	return lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{
		AwsRequestID: "request-1", InvokedFunctionArn: arn,
	})
}

var _ = Describe("An invocation", func() {
	It("should know its account and region from the function's ARN", func() {
		ctx, cancel := context.WithDeadline(within("arn:aws:lambda:us-east-1:123456789012:function:monitor"), now.Add(time.Minute))
		defer cancel()
		Expect(invocation.From(ctx, now)).To(Equal(invocation.Invocation{
			RequestID: "request-1", Account: "123456789012", Region: "us-east-1", Deadline: now.Add(time.Minute),
		}))
	})

	It("should be taken to last as long as Lambda allows when the context has no deadline", func() {
		run, err := invocation.From(within("arn:aws:lambda:us-east-1:123456789012:function:monitor"), now)
		Expect(err).NotTo(HaveOccurred())
		Expect(run.Deadline).To(Equal(now.Add(15 * time.Minute)))
	})

	DescribeTable("should be refused when it does not say what is running where",
		func(arn string) {
			_, err := invocation.From(within(arn), now)
			Expect(err).To(MatchError(ContainSubstring("not the ARN of a function")))
		},
		Entry("no ARN", ""),
		Entry("no account", "arn:aws:lambda:us-east-1::function:monitor"),
		Entry("no region", "arn:aws:lambda::123456789012:function:monitor"),
	)

	It("should be refused outside of Lambda", func() {
		_, err := invocation.From(context.Background(), now)
		Expect(err).To(MatchError(ContainSubstring("not one of Lambda's")))
	})

	DescribeTable("should keep time to write down what it has done",
		func(left, work time.Duration) {
			run := invocation.Invocation{Deadline: now.Add(left)}
			Expect(run.WorkFor(now)).To(Equal(work))
		},
		Entry("20 seconds of a long one", 15*time.Minute, 15*time.Minute-20*time.Second),
		Entry("a quarter of a short one", 8*time.Second, 6*time.Second),
	)
})

var _ = Describe("A claim", func() {
	mine := invocation.Invocation{RequestID: "request-1", Deadline: now.Add(time.Minute)}
	another := invocation.Invocation{RequestID: "request-2", Deadline: now.Add(time.Minute)}

	It("should keep another invocation away while its own can be running", func() {
		Expect(another.MayTake(mine.Claim(), now.Add(time.Minute))).To(BeFalse())
	})

	It("should let another invocation in when its own can't be running any more", func() {
		Expect(another.MayTake(mine.Claim(), now.Add(time.Minute+time.Nanosecond))).To(BeTrue())
	})

	It("should let its own invocation in when Lambda tries that again", func() {
		Expect(mine.MayTake(mine.Claim(), now)).To(BeTrue())
	})
})
