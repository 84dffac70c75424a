package alarms

import (
	"net/http"
	"strings"
	"sync/atomic"
)

// Activity knows whether anything was measured, or any message moved, so that alarms need not look at what can't have
// changed: a clock that is moved hours ahead would otherwise ask moto the same thousands of times.
type Activity struct{ metrics, queues atomic.Uint64 }

// Metrics counts what is measured by requests that pass.
func (a *Activity) Metrics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".PutMetricData") {
			a.metrics.Add(1)
		}
	})
}

// Queues counts requests that may move messages.
func (a *Activity) Queues(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		a.queues.Add(1)
	})
}

// memory is what is known of a region, and stays true until something changes.
type memory struct {
	alarms []alarm
	empty  map[window]uint64 // windows without any value, and the metrics that there were then
}

// queueKey names a queue.
type queueKey struct{ region, name string }

// depth is what was last seen of a queue.
type depth struct {
	visible float64
	settled bool   // whether no message is in flight, which may come back by itself
	seen    uint64 // the queues' activity then
	told    float64
}
