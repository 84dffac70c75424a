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
}

// putRule refuses what AWS refuses, and keeps what moto drops. The rest is moto's.
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
		name, err := h.nameOf(r, rule)
		if err != nil {
			return err
		}
		h.kept.put(ruleKey{region: awsreq.From(r).Region, name: name}, keptOf(rule))
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

// nameOf is the name of a rule, which an update may name by its ARN or id instead.
func (h *Handler) nameOf(r *http.Request, rule ruleInput) (string, error) {
	if rule.ConfigRuleName != "" {
		return rule.ConfigRuleName, nil
	}
	rules, err := h.allRules(r)
	if err != nil {
		return "", err
	}
	for _, known := range rules {
		if known.ConfigRuleArn == rule.ConfigRuleArn || known.ConfigRuleID == rule.ConfigRuleID {
			return known.ConfigRuleName, nil
		}
	}
	return "", nil
}

// deleteRule lets what is kept of a rule go with it.
func (h *Handler) deleteRule(w http.ResponseWriter, r *http.Request) error {
	in, err := input[struct{ ConfigRuleName string }](r)
	if err != nil {
		return err
	}
	answer := relay.Capture(h.moto, r)
	if answer.OK() {
		key := ruleKey{region: awsreq.From(r).Region, name: in.ConfigRuleName}
		h.kept.drop(key)
		h.results.drop(key)
	}
	answer.Send(w)
	return nil
}

// startEvaluation accepts what AWS accepts. Nothing is evaluated: results come from the test endpoint.
func (h *Handler) startEvaluation(w http.ResponseWriter, r *http.Request) error {
	in, err := input[struct{ ConfigRuleNames []string }](r)
	if err != nil {
		return err
	}
	if count := len(in.ConfigRuleNames); count < 1 || count > maxNames {
		return awserr.Validation(in.ConfigRuleNames, "configRuleNames",
			"Member must have length between 1 and 25, inclusive")
	}
	if _, err := h.namedRules(r, in.ConfigRuleNames); err != nil {
		return err
	}
	return output(w, struct{}{})
}

// notFound says whether moto does not know a rule.
func notFound(err error) bool {
	var fault *awserr.Error
	return errors.As(err, &fault) && fault.Code == "NoSuchConfigRuleException"
}
