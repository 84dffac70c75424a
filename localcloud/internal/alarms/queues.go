package alarms

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// Metrics of queues, which moto does not measure.
const (
	queueNamespace = "AWS/SQS"
	queueDimension = "QueueName"
	queueVisible   = "ApproximateNumberOfMessagesVisible"
)

// watchedQueue is the queue whose messages an alarm counts, or empty.
func (a alarm) watchedQueue() string {
	watched, _, err := a.watched()
	metric := watched.Metric
	if err != nil || metric.Namespace != queueNamespace || metric.MetricName != queueVisible ||
		len(metric.Dimensions) != 1 || metric.Dimensions[0].Name != queueDimension {
		return ""
	}
	return metric.Dimensions[0].Value
}

// measureQueues measures the queues that alarms watch. One that is empty is measured once: SQS, too, measures only queues
// that are in use.
func (h *Handler) measureQueues(ctx context.Context, region string, due []alarm, at time.Time) error {
	var data []map[string]any
	var faults []error
	for _, one := range due {
		name := one.watchedQueue()
		if name == "" {
			continue
		}
		key := queueKey{region, name}
		known, found := h.queues[key]
		if activity := h.Activity.queues.Load(); !found || !known.settled || known.seen != activity {
			read, err := h.look(ctx, key)
			if err != nil {
				faults = append(faults, err)
				continue
			}
			read.told, read.seen = known.told, activity
			if known = read; !found {
				known.told = -1
			}
		}
		if known.visible != 0 || known.told != 0 {
			known.told = known.visible
			data = append(data, map[string]any{
				"MetricName": queueVisible, "Dimensions": []dimension{{Name: queueDimension, Value: name}}, "Value": known.visible, "Unit": "Count",
				"Timestamp": at.Add(-time.Second).Unix(),
			})
		}
		h.queues[key] = known
	}
	if len(data) > 0 {
		faults = append(faults, h.call(ctx, region, "PutMetricData", map[string]any{"Namespace": queueNamespace, "MetricData": data}, nil))
		h.Activity.metrics.Add(1)
	}
	return errors.Join(faults...)
}

// look asks SQS how many messages wait in a queue. A queue that is gone has none.
func (h *Handler) look(ctx context.Context, of queueKey) (depth, error) {
	var answer struct{ Attributes map[string]string }
	names := []string{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"}
	in := map[string]any{"QueueUrl": "http://localhost/" + account + "/" + of.name, "AttributeNames": names}
	err := relay.Call(ctx, h.Queues, relay.Caller{Service: "sqs", Region: of.region}, "AmazonSQS.GetQueueAttributes", in, &answer)
	var fault *awserr.Error
	if errors.As(err, &fault) && fault.Status < http.StatusInternalServerError {
		return depth{settled: true}, nil
	}
	if err != nil {
		return depth{}, fmt.Errorf("measuring the queue %s: %w", of.name, err)
	}
	var numbers [3]float64
	for i, name := range names {
		if numbers[i], err = strconv.ParseFloat(answer.Attributes[name], 64); err != nil {
			return depth{}, fmt.Errorf("measuring the queue %s: %s: %w", of.name, name, err)
		}
	}
	return depth{visible: numbers[0], settled: numbers[1] == 0 && numbers[2] == 0}, nil
}
