package eventsvc

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// Limits of targets.
const (
	maxTargets     = 5 // of a rule
	maxAttempts    = 185
	minAge, maxAge = 60, 86400 // seconds
)

// targetsInput is what the operations on targets are given.
type targetsInput struct {
	Rule         string
	EventBusName string
	Targets      []target
}

// check refuses what AWS refuses of a target.
func (t target) check() error {
	inputs := 0
	for _, given := range []bool{t.Input != nil, t.InputPath != nil, t.InputTransformer != nil} {
		if given {
			inputs++
		}
	}
	switch {
	case t.ID == "" || t.Arn == "":
		return awserr.New("ValidationException", "A target must have an Id and an Arn.")
	case inputs > 1:
		return awserr.New("ValidationException", "Only one of Input, InputPath, or InputTransformer must be provided for target %s.", t.ID)
	case t.Input != nil && !json.Valid([]byte(*t.Input)):
		return awserr.New("ValidationException", "JSON syntax error in input for target %s.", t.ID)
	}
	if t.InputPath != nil {
		if _, err := parsePath(*t.InputPath); err != nil {
			return awserr.New("ValidationException", "Invalid InputPath for target %s: %v", t.ID, err)
		}
	}
	if t.InputTransformer != nil {
		if err := t.InputTransformer.check(t.ID); err != nil {
			return err
		}
	}
	return t.RetryPolicy.check()
}

func (p *retryPolicy) check() error {
	switch {
	case p == nil:
	case p.MaximumRetryAttempts != nil && (*p.MaximumRetryAttempts < 0 || *p.MaximumRetryAttempts > maxAttempts):
		return awserr.Validation(*p.MaximumRetryAttempts, "targets.1.member.retryPolicy.maximumRetryAttempts", "Member must have value between 0 and 185")
	case p.MaximumEventAgeInSeconds != nil && (*p.MaximumEventAgeInSeconds < minAge || *p.MaximumEventAgeInSeconds > maxAge):
		return awserr.Validation(*p.MaximumEventAgeInSeconds, "targets.1.member.retryPolicy.maximumEventAgeInSeconds",
			"Member must have value between 60 and 86400")
	}
	return nil
}

// putTargets checks targets and has moto keep them.
func (h *Handler) putTargets(w http.ResponseWriter, r *http.Request) error {
	in, err := input[targetsInput](r)
	if err != nil {
		return err
	}
	region, bus := awsreq.From(r).Region, busName(in.EventBusName)
	kept, err := h.rules.one(r.Context(), region, bus, in.Rule)
	if err != nil {
		return err
	}
	if kept == nil {
		return awserr.New("ResourceNotFoundException", "Rule %s does not exist on EventBus %s.", in.Rule, bus)
	}
	var ids []string
	for _, there := range kept.targets {
		ids = append(ids, there.ID)
	}
	for _, added := range in.Targets {
		if err := added.check(); err != nil {
			return err
		}
		if !slices.Contains(ids, added.ID) {
			ids = append(ids, added.ID)
		}
	}
	if len(ids) > maxTargets {
		return awserr.New("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
	}
	return h.changeTargets(w, r)
}

// changeTargets passes a change of targets on. Moto answers for a rule that does not exist with a 500 at times.
func (h *Handler) changeTargets(w http.ResponseWriter, r *http.Request) error {
	answer := relay.Capture(h.Moto, r)
	h.rules.forget(awsreq.From(r).Region)
	answer.Send(w)
	return nil
}

// serviceOf is the service of an ARN.
func serviceOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[2]
}

// regionOf is the region of an ARN.
func regionOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[3]
}

// nameOf is what follows the last colon of an ARN.
func nameOf(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }
