// Package deadletter makes the queues that hold what could not be delivered or handled.
package deadletter

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/iampolicy"
)

// retentionSeconds is the longest that SQS keeps a message: 14 days, so that nobody needs to look over a weekend.
const retentionSeconds = 14 * 24 * 3600

// Sender is an AWS service that may put messages into a queue on behalf of the given sources.
// Roles of functions need no entry: their own policies let them send.
type Sender struct {
	Service    string   // such as "events.amazonaws.com"
	SourceARNs []string // the rules or topics that it acts for
}

// Queue is one dead-letter queue.
type Queue struct {
	Short   string // its name without the prefix, and its logical name
	Purpose string
	Key     pulumi.StringInput // ARN of the key that encrypts it
	Senders []Sender
}

// New makes the queue. Its policy is part of it: the provider waits 25 s for a queue, and as long again for a policy of
// its own.
func New(ctx *pulumi.Context, env *awsenv.Env, q Queue) (*sqs.Queue, error) {
	queue, err := sqs.NewQueue(ctx, q.Short, &sqs.QueueArgs{
		Name:                    pulumi.String(env.Name(q.Short)),
		KmsMasterKeyId:          q.Key,
		MessageRetentionSeconds: pulumi.Int(retentionSeconds),
		Policy:                  pulumi.String(policy(env, q).JSON()),
		Tags:                    env.Tags(q.Purpose),
	}, env.Options()...)
	if err != nil {
		return nil, fmt.Errorf("making the queue %s: %w", q.Short, err)
	}
	return queue, nil
}

func policy(env *awsenv.Env, q Queue) iampolicy.Document {
	arn := env.ARN("sqs", env.Name(q.Short))
	document := iampolicy.New(iampolicy.DenyPlainHTTP("sqs:*", arn))
	for i, sender := range q.Senders {
		document.Statement = append(document.Statement, iampolicy.Statement{
			Sid: fmt.Sprintf("Sender%d", i+1), Effect: iampolicy.Allow, Principal: iampolicy.Service(sender.Service),
			Action: []string{"sqs:SendMessage"}, Resource: []string{arn},
			Condition: iampolicy.Condition{"ArnEquals": {"aws:SourceArn": sender.SourceARNs}},
		})
	}
	return document
}
