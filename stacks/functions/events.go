package functions

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	eventsService = "events.amazonaws.com"
	ruleEnabled   = "ENABLED"
	ruleDisabled  = "DISABLED"
)

// maxDeliveries is the most that EventBridge tries to hand an event to a function. It is EventBridge's own limit, so that
// it is the event's age that ends the tries.
const maxDeliveries = 185

func (l *layer) sources() []source {
	return sources(l.env.Prefix, l.fixes.ruleNames)
}

// ruleARNs are the ARNs of the EventBridge rules that start the function. They follow from names, so that queues need not
// wait for rules.
func (l *layer) ruleARNs(function string) []string {
	var arns []string
	for _, source := range l.sources() {
		if source.function == function {
			arns = append(arns, l.env.ARN("events", "rule/"+l.env.Name(source.short())))
		}
	}
	return arns
}

// makeEventRules makes all EventBridge rules with their targets, keyed by their short names.
func (l *layer) makeEventRules(
	functions map[string]function, queues map[string]*sqs.Queue,
) (map[string]*cloudwatch.EventRule, error) {
	rules := map[string]*cloudwatch.EventRule{}
	for _, source := range l.sources() {
		rule, err := l.makeEventRule(source)
		if err != nil {
			return nil, err
		}
		if err := l.aim(source, rule, functions[source.function].lambda, queues[undelivered(source.function)]); err != nil {
			return nil, err
		}
		rules[source.short()] = rule
	}
	return rules, nil
}

func (l *layer) makeEventRule(source source) (*cloudwatch.EventRule, error) {
	short := source.short()
	args := &cloudwatch.EventRuleArgs{
		Name:        pulumi.String(l.env.Name(short)),
		Description: pulumi.String(source.purpose),
		State:       pulumi.String(ruleEnabled),
		Tags:        l.env.Tags(source.purpose),
	}
	if source.disabled {
		args.State = pulumi.String(ruleDisabled)
	}
	if source.schedule != "" {
		args.ScheduleExpression = pulumi.String(source.schedule)
	} else {
		args.EventPattern = pulumi.String(source.pattern)
	}
	rule, err := cloudwatch.NewEventRule(l.ctx, short, args, l.env.Options()...)
	if err != nil {
		return nil, fmt.Errorf("making the EventBridge rule %s: %w", short, err)
	}
	return rule, nil
}

// aim makes the function the rule's target. The permission names the rule's ARN, which holds the account; there is no
// SourceAccount beside it, because EventBridge's guide to Lambda targets knows of none, and a condition on a key that a
// service does not send refuses every event.
func (l *layer) aim(source source, rule *cloudwatch.EventRule, function *lambda.Function, queue *sqs.Queue) error {
	short := source.short()
	permission, err := lambda.NewPermission(l.ctx, short+"-permission", &lambda.PermissionArgs{
		StatementId: pulumi.String(short),
		Action:      pulumi.String("lambda:InvokeFunction"),
		Function:    function.Name,
		Principal:   pulumi.String(eventsService),
		SourceArn:   rule.Arn,
	}, l.env.Options()...)
	if err != nil {
		return fmt.Errorf("letting the EventBridge rule %s start its function: %w", short, err)
	}
	_, err = cloudwatch.NewEventTarget(l.ctx, short+"-target", &cloudwatch.EventTargetArgs{
		Rule:     rule.Name,
		TargetId: pulumi.String(source.function),
		Arn:      function.Arn,
		RetryPolicy: cloudwatch.EventTargetRetryPolicyArgs{
			MaximumRetryAttempts:     pulumi.Int(maxDeliveries),
			MaximumEventAgeInSeconds: pulumi.Int(maxEventAgeSeconds),
		},
		DeadLetterConfig: cloudwatch.EventTargetDeadLetterConfigArgs{Arn: queue.Arn},
	}, l.env.Options(pulumi.DependsOn([]pulumi.Resource{permission}))...)
	if err != nil {
		return fmt.Errorf("aiming the EventBridge rule %s at its function: %w", short, err)
	}
	return nil
}
