package configsvc

import (
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/evaluate"
)

// run evaluates one rule. What only changes trigger is not seen while the recorder is off.
func (e *engine) run(look *look, rule *entry, only evaluate.Resource) {
	if only == (evaluate.Resource{}) {
		defer e.book.update(rule, func(rule *entry) { rule.busy = false })
	}
	if !rule.evaluated() || e.book.get(rule.key) != rule {
		return
	}
	seen := look.recorder
	if rule.trigger.Periodic && only.Type == "" {
		seen = nil
	}
	request, err := rule.request(e.ending, only, seen)
	if err == nil && len(request.Types) == 0 {
		return
	}
	if err == nil {
		err = e.judge(look, rule, request)
	}
	if err != nil {
		e.fail(rule, look.began, err)
		return
	}
	e.book.update(rule, func(rule *entry) { rule.status.started, rule.status.succeeded = true, look.began })
}

// judge records what an evaluation finds, also of the resources that are gone.
func (e *engine) judge(look *look, rule *entry, request evaluate.Request) error {
	verdicts, err := look.account.Evaluate(e.ending, request)
	there := map[resourceKey]bool{}
	for _, verdict := range verdicts {
		there[resourceKey{verdict.Type, verdict.ID}] = true
		e.record(rule, Result{
			ResourceType: verdict.Type, ResourceID: verdict.ID, Compliance: verdict.Compliance, Annotation: verdict.Annotation,
			Ordering: look.began, Invoked: look.began, Recorded: e.clock.Now(),
		})
	}
	if err != nil {
		return err
	}
	for _, result := range e.results.of(rule.key) {
		if !there[result.key()] && missing(result, request) {
			e.remove(rule, result.key())
		}
	}
	return nil
}

// missing says whether a resource is gone that an evaluation did not meet. A test may put results in about resources
// that never were; they stay until the very resource is looked at.
func missing(result Result, request evaluate.Request) bool {
	if request.ID != "" {
		return result.ResourceID == request.ID && slices.Contains(request.Types, result.ResourceType)
	}
	return !result.Inserted && slices.Contains(request.Types, result.ResourceType)
}

// fail notes that an evaluation failed.
func (e *engine) fail(rule *entry, at time.Time, err error) {
	if e.ending.Err() != nil {
		return
	}
	e.complain("evaluating the Config rule %s: %v", rule.key.name, err)
	e.book.update(rule, func(rule *entry) {
		rule.status.started, rule.status.failed, rule.status.errorReason = true, at, err.Error()
	})
}
