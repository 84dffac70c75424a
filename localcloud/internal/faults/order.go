// Package faults strikes requests with faults that a test has ordered: throttling, errors of the server, connections that
// break, answers that come late or in part. What is struck follows from a seed, so that a run can be repeated.
package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// Kinds of faults.
const (
	Throttle   = "throttle"   // the service's answer to too many requests
	ServerErr  = "5xx"        // its internal error
	Reset      = "reset"      // the connection is reset
	Latency    = "latency"    // the answer comes later
	Truncation = "truncation" // the connection ends in the middle of the answer
)

var kinds = []string{Throttle, ServerErr, Reset, Latency, Truncation}

// Order is a fault that was ordered.
type Order struct {
	ID        int     `json:"id"`
	Service   string  `json:"service,omitempty"`   // signing name, like s3; empty for all
	Operation string  `json:"operation,omitempty"` // with wildcards, like Put*; empty for all
	Caller    string  `json:"caller,omitempty"`    // name of a role or user, or an ARN; empty for all
	Kind      string  `json:"kind"`
	Rate      float64 `json:"rate"`              // of matching requests that are struck, up to 1
	Count     int     `json:"count,omitempty"`   // of requests that are struck at most; 0 for any number
	Latency   string  `json:"latency,omitempty"` // how much later, like 250ms
	After     bool    `json:"after,omitempty"`   // whether a 5xx or reset comes after the request has had its effect
	Seed      uint64  `json:"seed"`

	Seen   int `json:"seen"`   // matching requests so far
	Struck int `json:"struck"` // of them

	latency time.Duration
}

// read reads one order or an array of them. Every fault of theirs is named.
func read(body []byte) ([]*Order, error) {
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '{' {
		body = slices.Concat([]byte("["), body, []byte("]"))
	}
	var orders []*Order
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&orders); err != nil {
		return nil, fmt.Errorf("reading the faults: %w", err)
	}
	var faults []error
	for i, order := range orders {
		if order == nil {
			faults = append(faults, fmt.Errorf("fault %d: it is null", i))
			continue
		}
		for _, fault := range order.check() {
			faults = append(faults, fmt.Errorf("fault %d: %w", i, fault))
		}
	}
	return orders, errors.Join(faults...)
}

// check names what is wrong with an order.
func (o *Order) check() []error {
	var faults []error
	fault := func(wrong bool, format string, arguments ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, arguments...))
		}
	}
	fault(!slices.Contains(kinds, o.Kind), "kind %q is none of %s", o.Kind, strings.Join(kinds, ", "))
	fault(!(o.Rate > 0 && o.Rate <= 1), "rate must be above 0 and at most 1, like 0.3")
	fault(o.Count < 0, "count must not be negative")
	fault(o.ID != 0 || o.Seen != 0 || o.Struck != 0, "id, seen and struck are told, not ordered")
	fault(o.After && o.Kind != ServerErr && o.Kind != Reset, "after is for 5xx and reset only")
	var err error
	if o.Latency != "" {
		o.latency, err = time.ParseDuration(o.Latency)
	}
	fault((o.Kind == Latency) != (o.latency > 0) || err != nil,
		"latency must be a length of time, like 250ms, where the kind is latency, and only there")
	return faults
}

// fits says whether an order is for an operation of a service.
func (o *Order) fits(service, operation string) bool {
	return (o.Service == "" || o.Service == service) && (o.Operation == "" || policy.ActionFits(o.Operation, operation))
}

// isFrom says whether an order is for a caller.
func (o *Order) isFrom(caller policy.Principal) bool {
	arn := caller.ARN
	return arn == o.Caller || strings.Contains(arn, "/"+o.Caller+"/") || strings.HasSuffix(arn, "/"+o.Caller)
}
