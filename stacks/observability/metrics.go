package observability

import "github.com/compliance-monitor/compliance-monitor/contract/names"

// Namespaces, metrics and dimensions of AWS's own services.
const (
	namespaceLambda = "AWS/Lambda"
	namespaceSQS    = "AWS/SQS"

	lambdaInvocations = "Invocations" // count
	lambdaErrors      = "Errors"      // count
	lambdaThrottles   = "Throttles"   // count
	lambdaDuration    = "Duration"    // milliseconds
	queueVisible      = "ApproximateNumberOfMessagesVisible"

	dimensionFunction = "FunctionName"
	dimensionQueue    = "QueueName"
)

// metric is one metric of CloudWatch.
type metric struct {
	namespace, name string
	dimensions      []dimension
}

type dimension struct{ name, value string }

// ours is a metric that the functions emit, with the deployment's dimension before the given ones.
func (w watched) ours(name string, more ...dimension) metric {
	deployment := dimension{names.DimensionPrefix, w.prefix}
	return metric{names.MetricNamespace, name, append([]dimension{deployment}, more...)}
}

func (f watchedFunction) metric(name string) metric {
	return metric{namespaceLambda, name, []dimension{{dimensionFunction, f.name}}}
}

func (q watchedQueue) metric(name string) metric {
	return metric{namespaceSQS, name, []dimension{{dimensionQueue, q.name}}}
}
