package configsvc

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// maxNames is how many rules one request may name.
const maxNames = 25

// rule is a rule as moto describes it.
type rule struct {
	ConfigRuleName string
	ConfigRuleArn  string
	ConfigRuleID   string `json:"ConfigRuleId"`
}

// describeInput is what DescribeConfigRules is asked.
type describeInput struct {
	ConfigRuleNames []string
	Filters         struct{ EvaluationMode string }
	NextToken       string
}

func (in describeInput) check() error {
	return cmp.Or(checkNames(in.ConfigRuleNames), checkEnum(in.Filters.EvaluationMode, "filters.evaluationMode", "DETECTIVE", "PROACTIVE"))
}

// describeRules adds what moto dropped, takes out what AWS does not answer, and answers that a named rule does not
// exist where moto, as long as it has no rules at all, answers with none.
func (h *Handler) describeRules(w http.ResponseWriter, r *http.Request) error {
	in, err := input[describeInput](r)
	if err != nil {
		return err
	}
	if err := cmp.Or(in.check(), unwrapToken(r, in.NextToken)); err != nil {
		return err
	}
	answer := relay.Capture(h.moto, r)
	if !answer.OK() {
		answer.Send(w)
		return nil
	}
	document, err := answer.JSON()
	if err != nil {
		return err
	}
	rules, _ := document["ConfigRules"].([]any)
	if len(rules) == 0 && len(in.ConfigRuleNames) > 0 {
		return noSuchRule(in.ConfigRuleNames[0])
	}
	document["ConfigRules"] = h.mendRules(awsreq.From(r).Region, rules, in.Filters.EvaluationMode)
	if token, more := document["NextToken"].(string); more {
		document["NextToken"] = encodeToken(rulesQuery, token)
	}
	if err := answer.SetJSON(document); err != nil {
		return err
	}
	answer.Send(w)
	return nil
}

// mendRules makes moto's descriptions AWS's, and leaves out rules that do not have the wanted mode, if one is wanted.
func (h *Handler) mendRules(region string, rules []any, mode string) []any {
	wanted := make([]any, 0, len(rules))
	for _, described := range rules {
		fields, ok := described.(map[string]any)
		if !ok {
			continue
		}
		h.mendRule(region, fields)
		if modes, _ := json.Marshal(fields["EvaluationModes"]); mode == "" || strings.Contains(string(modes), mode) { //nolint:errchkjson // read from JSON
			wanted = append(wanted, fields)
		}
	}
	return wanted
}

// rulesQuery names DescribeConfigRules in its tokens.
const rulesQuery = "config rules"

// unwrapToken puts moto's own token, which is a rule's name, in the place of the one that was given out for it.
func unwrapToken(r *http.Request, token string) error {
	if token == "" {
		return nil
	}
	parts, err := decodeToken(token, rulesQuery, 1)
	if err != nil {
		return err
	}
	in, err := input[map[string]any](r)
	if err != nil {
		return err
	}
	in["NextToken"] = parts[0]
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encoding the request for moto: %w", err)
	}
	awsreq.SetBody(r, body)
	return nil
}

// mendRule makes moto's description of a rule AWS's.
func (h *Handler) mendRule(region string, fields map[string]any) {
	for _, internal := range []string{"InputParametersDict", "Tags", "AccountId", "LastUpdatedTime"} {
		delete(fields, internal)
	}
	name, _ := fields["ConfigRuleName"].(string)
	rule := h.book.get(ruleKey{region: region, name: name})
	if rule == nil {
		return
	}
	if h.book.view(rule).busy {
		fields["ConfigRuleState"] = "EVALUATING"
	}
	fields["EvaluationModes"] = rule.modes
	if rule.scopeText != nil {
		fields["Scope"] = rule.scopeText
	} else {
		delete(fields, "Scope")
	}
}

func noSuchRule(name string) error {
	return awserr.New("NoSuchConfigRuleException",
		"The ConfigRule '%s' provided in the request is invalid. Please check the configRule name", name)
}

// checkNames refuses more names than one request may have.
func checkNames(names []string) error {
	if len(names) > maxNames {
		return awserr.Validation(names, "configRuleNames", "Member must have length less than or equal to 25")
	}
	return nil
}

// allRules asks moto for all rules, on behalf of the one who sent a request.
func (h *Handler) allRules(r *http.Request) ([]rule, error) {
	return h.rulesOf(r.Context(), caller(r))
}

// rulesOf asks moto for all rules, in the order of their names.
func (h *Handler) rulesOf(ctx context.Context, caller relay.Caller) ([]rule, error) {
	var rules []rule
	page := struct{ NextToken string }{}
	for {
		var out struct {
			ConfigRules []rule
			NextToken   string
		}
		if err := relay.Call(ctx, h.moto, caller, targetPrefix+"DescribeConfigRules", page, &out); err != nil {
			return nil, err
		}
		rules = append(rules, out.ConfigRules...)
		if out.NextToken == "" {
			return rules, nil
		}
		page.NextToken = out.NextToken
	}
}

// namedRules asks moto for the rules with the given names, of which there may be at most 25; none names all rules.
func (h *Handler) namedRules(r *http.Request, names []string) ([]rule, error) {
	if len(names) == 0 {
		return h.allRules(r)
	}
	if err := checkNames(names); err != nil {
		return nil, err
	}
	var out struct{ ConfigRules []rule }
	query := map[string]any{"ConfigRuleNames": names}
	err := relay.Call(r.Context(), h.moto, caller(r), targetPrefix+"DescribeConfigRules", query, &out)
	if notFound(err) || (err == nil && len(out.ConfigRules) == 0) {
		return nil, noSuchRule(h.firstMissing(r, names))
	}
	return out.ConfigRules, err
}

// firstMissing is the first of the names that no rule has.
func (h *Handler) firstMissing(r *http.Request, names []string) string {
	rules, err := h.allRules(r)
	if err != nil {
		return names[0]
	}
	known := map[string]bool{}
	for _, rule := range rules {
		known[rule.ConfigRuleName] = true
	}
	for _, name := range names {
		if !known[name] {
			return name
		}
	}
	return names[0]
}
