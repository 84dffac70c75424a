package alarms

import (
	"context"
	"fmt"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// States of alarms.
const (
	stateOK    = "OK"
	stateAlarm = "ALARM"
	stateNone  = "INSUFFICIENT_DATA"
)

// alarm is a metric alarm, as moto keeps it.
type alarm struct {
	AlarmName, AlarmArn, AlarmDescription string
	ActionsEnabled                        bool
	OKActions, AlarmActions               []string
	InsufficientDataActions               []string
	AlarmConfigurationUpdatedTimestamp    float64
	StateValue, StateReason               string
	MetricName, Namespace, Statistic      string
	ExtendedStatistic, Unit               string
	Dimensions                            []dimension
	Period, EvaluationPeriods             int
	DatapointsToAlarm                     int
	Threshold                             float64
	ComparisonOperator, TreatMissingData  string
	Metrics                               []query
}

// dimension is a dimension of a metric.
type dimension struct{ Name, Value string }

// query is a metric, or an expression over others.
type query struct {
	ID         string      `json:"Id"`
	Expression string      `json:",omitempty"`
	Label      string      `json:",omitempty"`
	ReturnData *bool       `json:",omitempty"`
	MetricStat *metricStat `json:",omitempty"`
}

// metricStat is a statistic of a metric.
type metricStat struct {
	Metric struct {
		Namespace, MetricName string
		Dimensions            []dimension
	}
	Period int
	Stat   string
	Unit   string `json:",omitempty"`
}

// watched is the metric that an alarm watches, if localcloud can compute it: its own, or the one that its expression fills.
func (a alarm) watched() (metricStat, *float64, error) {
	if len(a.Metrics) == 0 {
		made := metricStat{Period: a.Period, Stat: a.Statistic, Unit: a.Unit}
		if made.Stat == "" {
			made.Stat = a.ExtendedStatistic
		}
		made.Metric.Namespace, made.Metric.MetricName, made.Metric.Dimensions = a.Namespace, a.MetricName, a.Dimensions
		return made, nil, nil
	}
	named := map[string]metricStat{}
	returned := ""
	for _, one := range a.Metrics {
		if one.MetricStat != nil {
			named[one.ID] = *one.MetricStat
		}
		if one.ReturnData == nil || *one.ReturnData {
			returned = one.Expression
			if one.MetricStat != nil {
				returned = one.ID
			}
		}
	}
	id, fill := parseExpression(returned)
	found, known := named[id]
	if !known {
		return metricStat{}, nil, fmt.Errorf("localcloud can't compute the expression %q: it knows metrics and FILL(metric, number)", returned)
	}
	return found, fill, nil
}

// period is the alarm's, in seconds.
func (a alarm) period() int {
	watched, _, err := a.watched()
	if err != nil {
		return 0
	}
	return watched.Period
}

// needed is how many breaching values ring the alarm.
func (a alarm) needed() int {
	if a.DatapointsToAlarm > 0 {
		return a.DatapointsToAlarm
	}
	return a.EvaluationPeriods
}

func (h *Handler) call(ctx context.Context, region, operation string, in, out any) error {
	return relay.Call(ctx, h.Moto, relay.Caller{Service: service, Region: region}, targetPrefix+operation, in, out)
}

// all are the metric alarms of a region, or those that are named.
func (h *Handler) all(ctx context.Context, region string, names ...string) ([]alarm, error) {
	in := map[string]any{}
	if len(names) > 0 {
		in["AlarmNames"] = names
	}
	var all []alarm
	for {
		var page struct {
			MetricAlarms []alarm
			NextToken    string
		}
		if err := h.call(ctx, region, "DescribeAlarms", in, &page); err != nil {
			return nil, err
		}
		if all = append(all, page.MetricAlarms...); page.NextToken == "" {
			return all, nil
		}
		in["NextToken"] = page.NextToken
	}
}

// one is an alarm by its name, or nil.
func (h *Handler) one(ctx context.Context, region, name string) *alarm {
	found, err := h.all(ctx, region, name)
	if err != nil || len(found) == 0 {
		return nil
	}
	return &found[0]
}

func (h *Handler) setState(ctx context.Context, region, name, state, reason string) error {
	in := map[string]any{"AlarmName": name, "StateValue": state, "StateReason": reason, "StateReasonData": "{}"}
	return h.call(ctx, region, "SetAlarmState", in, nil)
}
