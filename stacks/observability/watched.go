package observability

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// watched is what alarms and dashboard are about.
type watched struct {
	prefix, region, account string
	bucket                  string // of reports
	rules                   int    // how many Config rules are deployed
	functions               []watchedFunction
	queues                  []watchedQueue
}

type watchedFunction struct {
	short, name, logGroup string
	timeout               int // seconds
}

type watchedQueue struct {
	short, name string
}

// deliveries is the short name of foundation's queue of notifications that no subscriber took.
const deliveries = "deliveries"

// newWatched reads what is watched from the layers before; the error holds every function that can't be.
func newWatched(upstream Upstream) (watched, error) {
	foundation := upstream.Foundation
	w := watched{
		prefix: foundation.Prefix, region: foundation.Region, account: foundation.AccountID,
		bucket: foundation.ReportsBucketName, rules: len(upstream.ConfigRules.RuleNames),
		queues: []watchedQueue{{short: deliveries, name: foundation.DeliveriesDLQName}},
	}
	var faults []error
	for _, short := range names.Functions() {
		function, err := newWatchedFunction(short, upstream.Functions)
		faults = append(faults, err)
		w.functions = append(w.functions, function)
	}
	for _, short := range slices.Sorted(maps.Keys(upstream.Functions.QueueNames)) {
		w.queues = append(w.queues, watchedQueue{short: short, name: upstream.Functions.QueueNames[short]})
	}
	return w, errors.Join(faults...)
}

func newWatchedFunction(short string, functions outputs.FunctionsValues) (watchedFunction, error) {
	timeout, err := strconv.Atoi(functions.FunctionTimeouts[short])
	if err != nil {
		return watchedFunction{}, fmt.Errorf(
			"reading the time-out of the function %s (deploy the functions layer again): %w", short, err)
	}
	return watchedFunction{
		short: short, name: functions.FunctionNames[short], logGroup: functions.LogGroupNames[short], timeout: timeout,
	}, nil
}
