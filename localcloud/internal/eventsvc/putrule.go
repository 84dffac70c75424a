package eventsvc

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/eventpattern"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/schedule"
)

// ruleInput is what the operations on a rule are given.
type ruleInput struct {
	Name               string
	EventBusName       string
	EventPattern       *string
	ScheduleExpression string
	State              string
	Description        string
}

// ruleName is what a rule's name may be.
var ruleName = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)

const (
	maxModelled    = 4096 // characters that the service model allows a pattern
	maxDescription = 512
)

func isCode(err error, code string) bool {
	var fault *awserr.Error
	return errors.As(err, &fault) && fault.Code == code
}

// check refuses what AWS refuses of a rule.
func (in ruleInput) check() error {
	switch {
	case !ruleName.MatchString(in.Name):
		return awserr.Validation(in.Name, "name", "Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+, and have 1 to 64 characters")
	case utf8.RuneCountInString(in.Description) > maxDescription:
		return awserr.Validation(in.Description, "description", "Member must have length less than or equal to 512")
	case in.State != "" && !slices.Contains([]string{stateEnabled, stateDisabled, stateTrail}, in.State):
		return awserr.Validation(in.State, "state", "Member must satisfy enum value set: "+
			"[ENABLED, DISABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS]")
	case in.EventPattern == nil && in.ScheduleExpression == "":
		return awserr.New("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.")
	}
	if in.EventPattern != nil {
		if err := checkPattern(*in.EventPattern); err != nil {
			return err
		}
	}
	if in.ScheduleExpression == "" {
		return nil
	}
	if busName(in.EventBusName) != defaultBus {
		return awserr.New("ValidationException", "ScheduleExpression is supported only on the default event bus.")
	}
	if _, err := schedule.Parse(in.ScheduleExpression); err != nil {
		return awserr.New("ValidationException", "Parameter ScheduleExpression is not valid.")
	}
	return nil
}

// checkPattern refuses a pattern that AWS refuses.
func checkPattern(pattern string) error {
	if utf8.RuneCountInString(pattern) > maxModelled {
		return awserr.Validation(pattern, "eventPattern", "Member must have length less than or equal to 4096")
	}
	if _, err := eventpattern.Compile(pattern); err != nil {
		return awserr.New("InvalidEventPatternException", "%v", err)
	}
	return nil
}

// putRule checks a rule, has moto keep it, and starts its schedule.
func (h *Handler) putRule(w http.ResponseWriter, r *http.Request) error {
	in, err := input[ruleInput](r)
	if err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	return h.change(w, r, in)
}

// changeRule passes a change of a rule on, and starts or ends its schedule.
func (h *Handler) changeRule(w http.ResponseWriter, r *http.Request) error {
	in, err := input[ruleInput](r)
	if err != nil {
		return err
	}
	return h.change(w, r, in)
}

func (h *Handler) change(w http.ResponseWriter, r *http.Request, in ruleInput) error {
	region, bus := awsreq.From(r).Region, busName(in.EventBusName)
	answer := relay.Capture(h.Moto, r)
	h.rules.forget(region)
	if answer.OK() && bus == defaultBus {
		kept, err := h.rules.one(r.Context(), region, bus, in.Name)
		if err != nil {
			return err
		}
		h.schedules.set(ruleKey{region: region, name: in.Name}, kept)
	}
	answer.Send(w)
	return nil
}

// testEventPattern says whether an event matches a pattern.
func (h *Handler) testEventPattern(w http.ResponseWriter, r *http.Request) error {
	in, err := input[struct{ EventPattern, Event string }](r)
	if err != nil {
		return err
	}
	if err := checkPattern(in.EventPattern); err != nil {
		return err
	}
	if err := checkTested(in.Event); err != nil {
		return err
	}
	pattern, err := eventpattern.Compile(in.EventPattern)
	if err != nil {
		return awserr.New("InvalidEventPatternException", "%v", err)
	}
	matches, err := pattern.Matches([]byte(in.Event))
	if err != nil {
		return awserr.New("ValidationException", "Parameter Event is not valid.")
	}
	return output(w, map[string]bool{"Result": matches})
}
