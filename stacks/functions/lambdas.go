package functions

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/iampolicy"
)

// What every function is: an executable called bootstrap that runs on Amazon Linux 2023 alone.
const (
	functionRuntime = "provided.al2023"
	functionHandler = "bootstrap"
)

// Limits of Lambda's retries. An event is worth handling until the next scheduled run has met what it tells of.
const (
	maxRetries         = 2
	maxEventAgeSeconds = names.ScheduleHours * 3600
)

// purposes says what each function is for.
var purposes = map[string]string{
	names.Processor:  "Records changes of compliance and tells people of violations",
	names.Aggregator: "Reports on the compliance of all resources",
	names.Remediator: "Plans and applies fixes of violations",
}

// function is one function and what only it uses.
type function struct {
	logs    *cloudwatch.LogGroup
	role    *iam.Role
	lambda  *lambda.Function
	timeout int // seconds
}

// makeFunctions makes all functions, keyed by their short names.
func (l *layer) makeFunctions(packages map[string]packageFile, queues map[string]*sqs.Queue) (map[string]function, error) {
	functions := map[string]function{}
	for _, short := range names.Functions() {
		made, err := l.makeFunction(short, packages[short])
		if err != nil {
			return nil, err
		}
		if err := l.limitRetries(short, made, queues[failures(short)]); err != nil {
			return nil, err
		}
		functions[short] = made
	}
	return functions, nil
}

// makeFunction makes the function after its log group, which Lambda would make without encryption and for ever, and
// after its role's policy, so that it can do its work from the first event.
func (l *layer) makeFunction(short string, code packageFile) (function, error) {
	logs, err := l.makeLogGroup(short)
	if err != nil {
		return function{}, err
	}
	role, policy, err := l.makeRole(short)
	if err != nil {
		return function{}, err
	}
	args := l.functionArgs(short, code)
	args.Role = role.Arn
	made, err := lambda.NewFunction(l.ctx, short, args, l.env.Options(pulumi.DependsOn([]pulumi.Resource{logs, policy}))...)
	if err != nil {
		return function{}, fmt.Errorf("making the function %s: %w", short, err)
	}
	return function{logs: logs, role: role, lambda: made, timeout: l.settings.Timeout[short]}, nil
}

// functionArgs leaves out the role, which is not known yet.
func (l *layer) functionArgs(short string, code packageFile) *lambda.FunctionArgs {
	args := &lambda.FunctionArgs{
		Name:           pulumi.String(l.env.Name(short)),
		Description:    pulumi.String(purposes[short]),
		Runtime:        pulumi.String(functionRuntime),
		Handler:        pulumi.String(functionHandler),
		Architectures:  pulumi.ToStringArray([]string{l.settings.Architecture}),
		Code:           pulumi.NewFileArchive(code.path),
		SourceCodeHash: pulumi.String(code.hash),
		MemorySize:     pulumi.Int(l.settings.Memory[short]),
		Timeout:        pulumi.Int(l.settings.Timeout[short]),
		KmsKeyArn:      pulumi.String(l.upstream.Foundation.KeyARN),
		Environment: lambda.FunctionEnvironmentArgs{
			Variables: pulumi.ToStringMap(l.environments[short]),
		},
		TracingConfig: lambda.FunctionTracingConfigArgs{Mode: pulumi.String("Active")},
		LoggingConfig: lambda.FunctionLoggingConfigArgs{
			LogFormat:           pulumi.String("JSON"), // levels are heeded in this format only
			ApplicationLogLevel: pulumi.String("INFO"),
			SystemLogLevel:      pulumi.String("INFO"),
			LogGroup:            pulumi.String(names.LogGroup(l.env.Name(short))),
		},
		Tags: l.env.Tags(purposes[short]),
	}
	if reserved, ok := l.settings.ReservedConcurrency[short]; ok {
		args.ReservedConcurrentExecutions = pulumi.Int(reserved)
	}
	return args
}

func (l *layer) makeLogGroup(short string) (*cloudwatch.LogGroup, error) {
	logs, err := cloudwatch.NewLogGroup(l.ctx, short+"-logs", &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(names.LogGroup(l.env.Name(short))),
		RetentionInDays: pulumi.Int(l.settings.LogRetentionDays),
		KmsKeyId:        pulumi.String(l.upstream.Foundation.KeyARN),
		Tags:            l.env.Tags("Keeps the logs of the " + short),
	}, l.env.Options()...)
	if err != nil {
		return nil, fmt.Errorf("making the log group of the function %s: %w", short, err)
	}
	return logs, nil
}

// makeRole makes the role that the function runs as, and its one policy.
func (l *layer) makeRole(short string) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(l.ctx, short+"-role", &iam.RoleArgs{
		Name:             pulumi.String(l.env.Name(short)),
		Description:      pulumi.String("Lets the function " + l.env.Name(short) + " do what its code does and nothing else"),
		AssumeRolePolicy: pulumi.String(iampolicy.Trust("lambda.amazonaws.com", "").JSON()),
		Tags:             l.env.Tags("Execution role of the " + short),
	}, l.env.Options()...)
	if err != nil {
		return nil, nil, fmt.Errorf("making the role of the function %s: %w", short, err)
	}
	policy, err := iam.NewRolePolicy(l.ctx, short+"-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(short),
		Role:   role.Name,
		Policy: pulumi.String(policyOf(short, l.facts(short)).JSON()),
	}, l.env.Options()...)
	if err != nil {
		return nil, nil, fmt.Errorf("giving the function %s its permissions: %w", short, err)
	}
	return role, policy, nil
}

// limitRetries says how often Lambda tries an event again, and where it puts one that the function can't handle.
func (l *layer) limitRetries(short string, made function, queue *sqs.Queue) error {
	_, err := lambda.NewFunctionEventInvokeConfig(l.ctx, short+"-retries", &lambda.FunctionEventInvokeConfigArgs{
		FunctionName:             made.lambda.Name,
		MaximumRetryAttempts:     pulumi.Int(maxRetries),
		MaximumEventAgeInSeconds: pulumi.Int(maxEventAgeSeconds),
		DestinationConfig: lambda.FunctionEventInvokeConfigDestinationConfigArgs{
			OnFailure: lambda.FunctionEventInvokeConfigDestinationConfigOnFailureArgs{Destination: queue.Arn},
		},
	}, l.env.Options()...)
	if err != nil {
		return fmt.Errorf("limiting the retries of the function %s: %w", short, err)
	}
	return nil
}
