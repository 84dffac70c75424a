package alarms

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// window is what alarms are read with in one request: periods of a length, and how many.
type window struct{ period, periods int }

// evaluate evaluates the alarms of a region that are due.
func (h *Handler) evaluate(ctx context.Context, region string, at time.Time) error {
	all, err := h.all(ctx, region)
	if err != nil {
		return err
	}
	due := slices.DeleteFunc(all, func(a alarm) bool { return !a.isDue(at) })
	if len(due) == 0 {
		return nil
	}
	h.Settle()
	faults := []error{h.measureQueues(ctx, region, due, at)}
	groups := map[window][]alarm{}
	for _, one := range due {
		key := window{one.period(), one.EvaluationPeriods + spare}
		groups[key] = append(groups[key], one)
	}
	for of, group := range groups {
		values, err := h.read(ctx, region, of, group, at)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		for i, one := range group {
			state, reason := one.decide(values[i])
			if state == one.StateValue {
				continue
			}
			if err := h.setState(ctx, region, one.AlarmName, state, reason); err != nil {
				faults = append(faults, err)
				continue
			}
			h.changed(ctx, region, one, state, reason)
		}
	}
	return errors.Join(faults...)
}

// read reads the values that alarms watch, each list the oldest first.
func (h *Handler) read(ctx context.Context, region string, of window, group []alarm, at time.Time) ([][]point, error) {
	start := at.Add(-time.Duration(of.period*of.periods) * time.Second)
	queries := make([]map[string]any, 0, len(group))
	fills := make([]*float64, len(group))
	for i, one := range group {
		watched, fill, err := one.watched()
		if err != nil {
			return nil, err
		}
		fills[i] = fill
		queries = append(queries, map[string]any{"Id": "q" + strconv.Itoa(i), "MetricStat": watched})
	}
	in := map[string]any{
		"StartTime": start.Unix(), "EndTime": at.Unix(), "ScanBy": "TimestampAscending", "MetricDataQueries": queries,
	}
	var out struct {
		MetricDataResults []struct {
			ID         string `json:"Id"`
			Timestamps []float64
			Values     []float64
		}
	}
	if err := h.call(ctx, region, "GetMetricData", in, &out); err != nil {
		return nil, err
	}
	values := make([][]point, len(group))
	for _, result := range out.MetricDataResults {
		i, err := strconv.Atoi(result.ID[1:])
		if err != nil || i >= len(group) || len(result.Timestamps) != len(result.Values) {
			return nil, fmt.Errorf("reading metrics: moto's answer has %q", result.ID)
		}
		for j, seconds := range result.Timestamps {
			if when := time.Unix(int64(seconds), 0); when.Before(at) {
				values[i] = append(values[i], point{at: when, value: result.Values[j]})
			}
		}
	}
	for i, fill := range fills {
		if fill != nil {
			values[i] = filled(values[i], of, start, *fill)
		}
	}
	return values, nil
}

// filled puts a value where there is none.
func filled(points []point, of window, start time.Time, value float64) []point {
	all := make([]point, 0, of.periods)
	for i := range of.periods {
		begin := start.Add(time.Duration(i*of.period) * time.Second)
		found := slices.IndexFunc(points, func(p point) bool { return p.at.Equal(begin) })
		if found >= 0 {
			all = append(all, points[found])
		} else {
			all = append(all, point{at: begin, value: value})
		}
	}
	return all
}

// Metrics of queues, which moto does not measure.
const (
	queueNamespace = "AWS/SQS"
	queueDimension = "QueueName"
	queueVisible   = "ApproximateNumberOfMessagesVisible"
)

// measureQueues measures the queues that alarms watch.
func (h *Handler) measureQueues(ctx context.Context, region string, due []alarm, at time.Time) error {
	var data []map[string]any
	var faults []error
	for _, one := range due {
		watched, _, err := one.watched()
		metric := watched.Metric
		if err != nil || metric.Namespace != queueNamespace || metric.MetricName != queueVisible || len(metric.Dimensions) != 1 || metric.Dimensions[0].Name != queueDimension {
			continue
		}
		depth, err := h.depth(ctx, region, metric.Dimensions[0].Value)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		data = append(data, map[string]any{
			"MetricName": queueVisible, "Dimensions": metric.Dimensions, "Value": depth, "Unit": "Count", "Timestamp": at.Add(-time.Second).Unix(),
		})
	}
	if len(data) > 0 {
		faults = append(faults, h.call(ctx, region, "PutMetricData", map[string]any{"Namespace": queueNamespace, "MetricData": data}, nil))
	}
	return errors.Join(faults...)
}

// depth is how many messages wait in a queue.
func (h *Handler) depth(ctx context.Context, region, name string) (float64, error) {
	var answer struct{ Attributes map[string]string }
	in := map[string]any{"QueueUrl": "http://localhost/" + account + "/" + name, "AttributeNames": []string{"ApproximateNumberOfMessages"}}
	if err := relay.Call(ctx, h.Services, relay.Caller{Service: "sqs", Region: region}, "AmazonSQS.GetQueueAttributes", in, &answer); err != nil {
		return 0, fmt.Errorf("measuring the queue %s: %w", name, err)
	}
	return strconv.ParseFloat(answer.Attributes["ApproximateNumberOfMessages"], 64)
}
