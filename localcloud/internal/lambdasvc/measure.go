package lambdasvc

import (
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/telemetry"
)

// namespace is that of Lambda's own metrics.
const namespace = "AWS/Lambda"

func count(name string, value float64) telemetry.Datum {
	return telemetry.Datum{Name: name, Unit: "Count", Values: []float64{value}}
}

func milliseconds(name string, length time.Duration) telemetry.Datum {
	return telemetry.Datum{Name: name, Unit: "Milliseconds", Values: []float64{float64(length.Microseconds()) / 1000}}
}

// measure hands in metrics of a function. AWS has them also by version and for all functions together; moto adds up
// whatever has the dimensions that it is asked for, and would count them twice.
func (h *Handler) measure(to *target, at time.Time, data ...telemetry.Datum) {
	for i := range data {
		data[i].At = at
		data[i].Dimensions = []telemetry.Dimension{{Name: "FunctionName", Value: to.function.Name}}
	}
	h.Metrics.Measure(to.key.region, namespace, data...)
}
