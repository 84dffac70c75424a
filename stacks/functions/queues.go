package functions

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/deadletter"
)

// failures is the short name of the queue of events that the function could not handle.
func failures(function string) string { return function + "-failures" }

// undelivered is the short name of the queue of events that EventBridge could not hand to the function.
func undelivered(function string) string { return function + "-undelivered" }

// makeQueues makes two dead-letter queues for each function, keyed by their short names.
func (l *layer) makeQueues() (map[string]*sqs.Queue, error) {
	queues := map[string]*sqs.Queue{}
	for _, function := range names.Functions() {
		for _, queue := range []deadletter.Queue{
			{Short: failures(function), Purpose: "Holds events that the " + function + " could not handle"},
			{
				Short: undelivered(function), Purpose: "Holds events that did not reach the " + function,
				Senders: []deadletter.Sender{{Service: eventsService, SourceARNs: l.ruleARNs(function)}},
			},
		} {
			queue.Key = pulumi.String(l.upstream.Foundation.KeyARN)
			made, err := deadletter.New(l.ctx, l.env, queue)
			if err != nil {
				return nil, err
			}
			queues[queue.Short] = made
		}
	}
	return queues, nil
}
