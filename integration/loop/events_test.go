package loop_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// schedule is the event of EventBridge's schedule, as an operator sends it for a sweep out of turn.
const schedule = `{"source": "aws.events", "detail-type": "Scheduled Event"}`

// change is the least of an event that tells of a bucket's violation.
func change(rule, bucketName string) string {
	return fmt.Sprintf(`{"source": %q, "detail-type": %q, "account": %[3]q, "region": %[4]q, "detail": {"messageType": %[5]q,
		"configRuleName": %[6]q, "resourceType": %[7]q, "resourceId": %[8]q, "awsRegion": %[4]q, "awsAccountId": %[3]q,
		"newEvaluationResult": {"evaluationResultIdentifier": {"orderingTimestamp": "2026-11-23T12:00:00Z"}, "complianceType": %[9]q}}}`,
		names.EventSourceConfig, names.DetailTypeCompliance, stage.Account, names.Region, names.MessageTypeCompliance,
		full(rule), bucketType, bucketName, nonCompliant)
}

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

// paused is a rule of EventBridge's that matches nothing for a while.
type paused struct{ resume func() }

// pause disables a rule of EventBridge's. Whoever pauses it resumes it; the spec's end does so at the latest.
func pause(ctx context.Context, short string) paused {
	GinkgoHelper()
	name := full(short)
	ok(clients.Events.DisableRule(ctx, &eventbridge.DisableRuleInput{Name: &name}))
	resume := func() {
		GinkgoHelper()
		ok(clients.Events.EnableRule(context.WithoutCancel(ctx), &eventbridge.EnableRuleInput{Name: &name}))
	}
	DeferCleanup(resume)
	return paused{resume}
}
