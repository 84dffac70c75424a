package functions

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// collect makes the layer's outputs of its resources.
func collect(
	functions map[string]function, queues map[string]*sqs.Queue, rules map[string]*cloudwatch.EventRule,
	exemptions *s3.BucketObjectv2,
) outputs.Functions {
	return outputs.Functions{
		FunctionNames:    texts(functions, func(f function) pulumi.StringOutput { return f.lambda.Name }),
		FunctionARNs:     texts(functions, func(f function) pulumi.StringOutput { return f.lambda.Arn }),
		FunctionTimeouts: texts(functions, func(f function) pulumi.StringOutput { return pulumi.Sprintf("%d", f.timeout) }),
		RoleNames:        texts(functions, func(f function) pulumi.StringOutput { return f.role.Name }),
		RoleARNs:         texts(functions, func(f function) pulumi.StringOutput { return f.role.Arn }),
		LogGroupNames:    texts(functions, func(f function) pulumi.StringOutput { return f.logs.Name }),
		LogGroupARNs:     texts(functions, func(f function) pulumi.StringOutput { return f.logs.Arn }),
		EventRuleNames:   texts(rules, func(r *cloudwatch.EventRule) pulumi.StringOutput { return r.Name }),
		EventRuleARNs:    texts(rules, func(r *cloudwatch.EventRule) pulumi.StringOutput { return r.Arn }),
		QueueNames:       texts(queues, func(q *sqs.Queue) pulumi.StringOutput { return q.Name }),
		QueueARNs:        texts(queues, func(q *sqs.Queue) pulumi.StringOutput { return q.Arn }),
		QueueURLs:        texts(queues, func(q *sqs.Queue) pulumi.StringOutput { return q.Url }),
		ExemptionsKey:    exemptions.Key,
		ExemptionsARN:    exemptions.Arn,
	}
}

func texts[T any](items map[string]T, of func(T) pulumi.StringOutput) pulumi.StringMapOutput {
	all := pulumi.StringMap{}
	for short, item := range items {
		all[short] = of(item)
	}
	return all.ToStringMapOutput()
}
