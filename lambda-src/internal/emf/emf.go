// Package emf writes metrics in CloudWatch's Embedded Metric Format: one line of JSON on standard output each,
// which CloudWatch Logs turns into a metric. It costs no call to AWS and needs no permission.
package emf

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Unit is CloudWatch's name of a unit.
type Unit string

// Units of the monitor's metrics.
const (
	Count   Unit = "Count"
	Percent Unit = "Percent"
	Seconds Unit = "Seconds"
)

// Dimension is one dimension of a metric, beside the deployment's prefix that each has.
type Dimension struct {
	Name  string
	Value string
}

// Emitter writes metrics; it may be used by many goroutines at once.
type Emitter struct {
	prefix string
	now    func() time.Time
	mu     sync.Mutex
	out    io.Writer
}

// New is an emitter for the deployment called prefix that writes to out.
func New(out io.Writer, prefix string, now func() time.Time) *Emitter {
	return &Emitter{prefix: prefix, now: now, out: out}
}

type directive struct {
	Timestamp int64 // milliseconds
	Metrics   []set `json:"CloudWatchMetrics"`
}

type set struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []definition
}

type definition struct {
	Name string
	Unit Unit
}

// Emit writes one value of the metric called name. A value that is not a number is left out:
// neither JSON nor CloudWatch knows one. An error in writing is not reported, because the log it would
// be reported in is the same stream.
func (e *Emitter) Emit(name string, unit Unit, value float64, dimensions ...Dimension) {
	line := map[string]any{names.DimensionPrefix: e.prefix, name: value}
	keys := []string{names.DimensionPrefix}
	for _, dimension := range dimensions {
		line[dimension.Name] = dimension.Value
		keys = append(keys, dimension.Name)
	}
	line["_aws"] = directive{
		Timestamp: e.now().UnixMilli(),
		Metrics: []set{{
			Namespace:  names.MetricNamespace,
			Dimensions: [][]string{keys},
			Metrics:    []definition{{Name: name, Unit: unit}},
		}},
	}
	encoded, err := json.Marshal(line)
	if err != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = e.out.Write(append(encoded, '\n'))
}
