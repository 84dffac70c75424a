package configsvc

import (
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// startEvaluation has rules evaluated. AWS wants to be called once a minute at most; its documentation speaks of "the
// specified rules", so the minute is taken to be each rule's own.
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
	var rules []*entry
	for _, name := range in.ConfigRuleNames {
		if rule := h.book.get(ruleKey{region: awsreq.From(r).Region, name: name}); rule != nil {
			rules = append(rules, rule)
		}
	}
	if rule := h.engine.ask(rules); rule != nil {
		return awserr.New("LimitExceededException", "The evaluation of the rule %s is in progress or was started less than a minute ago. "+
			"Please retry after some time", rule.key.name)
	}
	return output(w, struct{}{})
}

// startRecorder has all rules that changes trigger look at what happened while the recorder was off: a recorder that
// is started takes stock first.
func (h *Handler) startRecorder(w http.ResponseWriter, r *http.Request) error {
	answer := relay.Capture(h.moto, r)
	if answer.OK() {
		h.engine.takeStock(awsreq.From(r).Region)
	}
	answer.Send(w)
	return nil
}
