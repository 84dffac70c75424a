package functions_test

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

const (
	everySixHours = "rate(6 hours)"
	ourChanges    = `{"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"], "detail": {
		"messageType": ["ComplianceChangeNotification"], "configRuleName": [{"prefix": "compliance-monitor-local-"}],
		"newEvaluationResult": {"complianceType": ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]}}}`
	// remediableViolations is completed with the names of the rules that have a remediation.
	remediableViolations = `{"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"], "detail": {
		"messageType": ["ComplianceChangeNotification"], "configRuleName": REMEDIABLE,
		"newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]}}}`
)

// eventRule is the EventBridge rule called short.
func eventRule(ctx context.Context, short string) *eventbridge.DescribeRuleOutput {
	GinkgoHelper()
	found, err := clients.Events.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: aws.String(full(short))})
	Expect(err).NotTo(HaveOccurred())
	return found
}

// everyEventRule is an entry an EventBridge rule, with its function and purpose.
func everyEventRule() []TableEntry {
	return []TableEntry{
		Entry("changes for the processor", "processor-compliance", names.Processor,
			"Starts the processor when the compliance of a resource changes"),
		Entry("the schedule of the aggregator", "aggregator-schedule", names.Aggregator,
			"Starts the aggregator every 6 hours"),
		Entry("violations for the remediator", "remediator-compliance", names.Remediator,
			"Starts the remediator when a resource violates a rule that has a remediation"),
		Entry("the schedule of the remediator", "remediator-schedule", names.Remediator,
			"Starts the remediator every 6 hours for what events missed"),
	}
}

var _ = Describe("An EventBridge rule", func() {
	DescribeTable("should match",
		func(ctx SpecContext, short, pattern, schedule string) {
			found := eventRule(ctx, short)
			Expect(aws.ToString(found.ScheduleExpression)).To(Equal(schedule))
			if pattern == "" {
				Expect(found.EventPattern).To(BeNil())
			} else {
				Expect(found.EventPattern).To(HaveValue(MatchJSON(strings.Replace(pattern, "REMEDIABLE", remediableRules(), 1))))
			}
		},
		Entry("every change under our rules, for the processor", "processor-compliance", ourChanges, ""),
		Entry("every sixth hour, for the aggregator", "aggregator-schedule", "", everySixHours),
		Entry("violations of rules with a remediation, for the remediator", "remediator-compliance", remediableViolations, ""),
		Entry("every sixth hour, for the remediator", "remediator-schedule", "", everySixHours),
	)

	DescribeTable("should be on, on the default bus, and be tagged",
		func(ctx SpecContext, short, _, purpose string) {
			Expect(eventRule(ctx, short)).To(And(
				HaveField("Arn", HaveValue(Equal(eventRuleARN(short)))),
				HaveField("State", types.RuleStateEnabled),
				HaveField("EventBusName", HaveValue(Equal("default"))),
				HaveField("Description", HaveValue(Equal(purpose))),
				HaveField("RoleArn", BeNil()),
			))
			Expect(clients.EventRuleTags(ctx, eventRuleARN(short))).To(expect.Tags(purpose))
		},
		everyEventRule(),
	)

	DescribeTable("should have one target, with limited retries and a queue for what can't be delivered",
		func(ctx SpecContext, short, function, _ string) {
			targets, err := clients.Events.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{
				Rule: aws.String(full(short)),
			})
			Expect(err).NotTo(HaveOccurred())
			Expect(targets.Targets).To(ConsistOf(types.Target{
				Id: &function, Arn: aws.String(functionARN(function)),
				RetryPolicy: &types.RetryPolicy{
					MaximumRetryAttempts: aws.Int32(185), MaximumEventAgeInSeconds: aws.Int32(6 * 3600),
				},
				DeadLetterConfig: &types.DeadLetterConfig{Arn: aws.String(stage.ARN("sqs", full(function+"-undelivered")))},
			}))
		},
		everyEventRule(),
	)

	DescribeTable("should be the only one that may start",
		func(ctx SpecContext, function string, rules ...string) {
			policy, err := clients.Lambda.GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: aws.String(full(function))})
			Expect(err).NotTo(HaveOccurred())
			wanted := policydoc.Document{}
			for _, short := range rules {
				wanted[short] = policydoc.Allow([]string{"lambda:InvokeFunction"}, functionARN(function)).
					From("events.amazonaws.com").If("ArnLike", "aws:SourceArn", eventRuleARN(short))
			}
			Expect(policydoc.Parse(*policy.Policy)).To(Equal(wanted))
		},
		Entry("the processor", names.Processor, "processor-compliance"),
		Entry("the aggregator", names.Aggregator, "aggregator-schedule"),
		Entry("the remediator, with the other of its two", names.Remediator, "remediator-compliance", "remediator-schedule"),
	)
})
