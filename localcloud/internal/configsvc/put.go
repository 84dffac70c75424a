package configsvc

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// ruleInput is what of a rule is looked at here.
type ruleInput struct {
	ConfigRuleName  string
	ConfigRuleArn   string
	ConfigRuleID    string `json:"ConfigRuleId"`
	Scope           json.RawMessage
	EvaluationModes json.RawMessage
	Source          struct {
		Owner            string
		SourceIdentifier string
	}
	MaximumExecutionFrequency string
	InputParameters           string
}

// putRule refuses what AWS refuses, keeps what moto drops, and has the rule evaluated. The rest is moto's.
func (h *Handler) putRule(w http.ResponseWriter, r *http.Request) error {
	in, err := input[struct{ ConfigRule ruleInput }](r)
	if err != nil {
		return err
	}
	rule := in.ConfigRule
	if fault := checkTrigger(rule, h.triggers); fault != nil {
		return fault
	}
	if err := h.checkRecorder(r, rule); err != nil {
		return err
	}
	answer := relay.Capture(h.moto, r)
	if answer.OK() {
		made, err := h.made(r, rule)
		if err != nil {
			return err
		}
		what, err := define(ruleKey{region: awsreq.From(r).Region, name: made.ConfigRuleName}, rule, made, h.triggers)
		if err != nil {
			return err
		}
		h.engine.enter(what)
	}
	answer.Send(w)
	return nil
}

// checkTrigger decides whether AWS would refuse the frequency or the scope of a managed rule. An identifier that
// nobody knows is for moto to refuse.
func checkTrigger(rule ruleInput, triggers Triggers) error {
	trigger, managed := triggers[rule.Source.SourceIdentifier]
	if rule.Source.Owner != "AWS" || !managed {
		return nil
	}
	if rule.MaximumExecutionFrequency != "" && !trigger.Periodic {
		return awserr.New("InvalidParameterValueException", "A maximum execution frequency for this rule is not allowed "+
			"because only a change in resources triggers this managed rule.")
	}
	if scoped(rule.Scope) && !trigger.OnChange {
		return awserr.New("InvalidParameterValueException", "A scope for this rule is not allowed "+
			"because this managed rule is only triggered periodically.")
	}
	return nil
}

// scoped says whether a scope is there and says anything.
func scoped(scope json.RawMessage) bool {
	var members map[string]any
	return json.Unmarshal(scope, &members) == nil && len(members) > 0
}

// checkRecorder refuses a managed rule where there is no recorder. A custom rule needs none.
func (h *Handler) checkRecorder(r *http.Request, rule ruleInput) error {
	if rule.Source.Owner != "AWS" {
		return nil
	}
	var out struct{ ConfigurationRecorders []struct{} }
	err := relay.Call(r.Context(), h.moto, caller(r), targetPrefix+"DescribeConfigurationRecorders", struct{}{}, &out)
	if err == nil && len(out.ConfigurationRecorders) == 0 {
		err = awserr.New("NoAvailableConfigurationRecorderException",
			"You must create a configuration recorder before you can create or update a Config rule.")
	}
	return err
}

// made is the rule that moto made of what was put, which an update may name by its ARN or id.
func (h *Handler) made(r *http.Request, put ruleInput) (rule, error) {
	if put.ConfigRuleName != "" {
		rules, err := h.namedRules(r, []string{put.ConfigRuleName})
		if err != nil {
			return rule{}, err
		}
		return rules[0], nil
	}
	rules, err := h.allRules(r)
	if err != nil {
		return rule{}, err
	}
	for _, known := range rules {
		if known.ConfigRuleArn == put.ConfigRuleArn || known.ConfigRuleID == put.ConfigRuleID {
			return known, nil
		}
	}
	return rule{}, noSuchRule(put.ConfigRuleArn + put.ConfigRuleID)
}

// deleteRule lets what is kept of a rule go with it.
func (h *Handler) deleteRule(w http.ResponseWriter, r *http.Request) error {
	in, err := input[struct{ ConfigRuleName string }](r)
	if err != nil {
		return err
	}
	answer := relay.Capture(h.moto, r)
	if answer.OK() {
		h.engine.leave(ruleKey{region: awsreq.From(r).Region, name: in.ConfigRuleName})
	}
	answer.Send(w)
	return nil
}

// deleteResults forgets the results of a rule, and what has happened to it.
func (h *Handler) deleteResults(w http.ResponseWriter, r *http.Request) error {
	in, err := input[struct{ ConfigRuleName string }](r)
	if err != nil {
		return err
	}
	if _, err := h.namedRules(r, []string{in.ConfigRuleName}); err != nil {
		return err
	}
	h.engine.forget(ruleKey{region: awsreq.From(r).Region, name: in.ConfigRuleName})
	return output(w, struct{}{})
}

// notFound says whether moto does not know a rule.
func notFound(err error) bool {
	var fault *awserr.Error
	return errors.As(err, &fault) && fault.Code == "NoSuchConfigRuleException"
}
