package loop_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// schedule is the event of EventBridge's schedule, as an operator sends it for a sweep out of turn.
const schedule = `{"source": "aws.events", "detail-type": "Scheduled Event"}`

// sweep has the remediator look at all violations, and waits until it has.
func sweep(ctx context.Context) {
	GinkgoHelper()
	Expect(invoke(ctx, names.Remediator, schedule).FunctionError).To(BeNil())
}

// invoke runs a function for an event and waits for its answer.
func invoke(ctx context.Context, short, event string) *lambda.InvokeOutput {
	GinkgoHelper()
	return must(clients.Lambda.Invoke(ctx, &lambda.InvokeInput{
		FunctionName: aws.String(full(short)), InvocationType: types.InvocationTypeRequestResponse, Payload: []byte(event),
	}))
}

// queue hands a function an event that nobody waits for.
func queue(ctx context.Context, short, event string) {
	GinkgoHelper()
	ok(clients.Lambda.Invoke(ctx, &lambda.InvokeInput{
		FunctionName: aws.String(full(short)), InvocationType: types.InvocationTypeEvent, Payload: []byte(event),
	}))
}
