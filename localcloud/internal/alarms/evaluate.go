package alarms

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// window is what alarms are read with in one request: periods of a length, and how many.
type window struct{ period, periods int }

// evaluate evaluates the alarms of a region that are due.
func (h *Handler) evaluate(ctx context.Context, region string, at time.Time) error {
	if h.known[region] == nil {
		all, err := h.all(ctx, region)
		if err != nil {
			return err
		}
		h.known[region] = &memory{alarms: all, empty: map[window]uint64{}}
	}
	known := h.known[region]
	var due []alarm
	for _, one := range known.alarms {
		if one.isDue(at) {
			due = append(due, one)
		}
	}
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
		measured := h.Activity.metrics.Load()
		if seen, empty := known.empty[of]; empty && seen == measured {
			continue // nothing was there, and nothing has come
		}
		delete(known.empty, of)
		values, empty, err := h.read(ctx, region, of, group, at)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if empty {
			known.empty[of] = measured
		}
		faults = append(faults, h.settle(ctx, region, group, values))
	}
	return errors.Join(faults...)
}

// settle gives alarms the states that their values make.
func (h *Handler) settle(ctx context.Context, region string, group []alarm, values [][]point) error {
	var faults []error
	for i, one := range group {
		state, reason := one.decide(values[i])
		if state == one.StateValue {
			continue
		}
		delete(h.known, region)
		if err := h.setState(ctx, region, one.AlarmName, state, reason); err != nil {
			faults = append(faults, err)
			continue
		}
		h.changed(ctx, region, one, state, reason)
	}
	return errors.Join(faults...)
}

// read reads the values that alarms watch, each list the oldest first, and says whether none of them has any.
func (h *Handler) read(ctx context.Context, region string, of window, group []alarm, at time.Time) (values [][]point, empty bool, err error) {
	start := at.Add(-time.Duration(of.period*of.periods) * time.Second)
	queries := make([]map[string]any, 0, len(group))
	fills := make([]*float64, len(group))
	for i, one := range group {
		watched, fill, err := one.watched()
		if err != nil {
			return nil, false, err
		}
		fills[i] = fill
		queries = append(queries, map[string]any{"Id": "q" + strconv.Itoa(i), "MetricStat": watched})
	}
	in := map[string]any{
		"StartTime": start.Unix(), "EndTime": at.Unix(), "ScanBy": "TimestampAscending", "MetricDataQueries": queries,
	}
	var out struct{ MetricDataResults []result }
	if err := h.call(ctx, region, "GetMetricData", in, &out); err != nil {
		return nil, false, err
	}
	values, empty = make([][]point, len(group)), true
	for _, one := range out.MetricDataResults {
		i, err := strconv.Atoi(one.ID[1:])
		if err != nil || i >= len(group) || len(one.Timestamps) != len(one.Values) {
			return nil, false, fmt.Errorf("reading metrics: moto's answer has %q", one.ID)
		}
		values[i] = one.before(at)
		empty = empty && len(values[i]) == 0
	}
	for i, fill := range fills {
		if fill != nil {
			values[i] = filled(values[i], of, start, *fill)
		}
	}
	return values, empty, nil
}

// result is what GetMetricData answers about one metric.
type result struct {
	ID         string `json:"Id"`
	Timestamps []float64
	Values     []float64
}

// before are the values of periods that began before a time.
func (r result) before(at time.Time) []point {
	var points []point
	for i, seconds := range r.Timestamps {
		if when := time.Unix(int64(seconds), 0); when.Before(at) {
			points = append(points, point{at: when, value: r.Values[i]})
		}
	}
	return points
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
