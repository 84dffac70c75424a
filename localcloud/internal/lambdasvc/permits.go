package lambdasvc

import (
	"encoding/json"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// Permits says whether a function's policy lets an AWS service invoke it on behalf of a resource. The ARN may name a
// version or an alias, whose own policy decides then. The source's account is not known to the policy where it is empty.
func (h *Handler) Permits(region, functionARN, servicePrincipal, sourceARN, sourceAccount string) bool {
	about := parseReference(functionARN)
	var statements []statement
	h.functions.look(functionKey{region: region, name: about.name}, func(kept *function) {
		if held := kept.permissions[about.qualifier]; held != nil {
			statements = append(statements, held.statements...)
		}
	})
	if len(statements) == 0 {
		return false
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		return false
	}
	document, err := policy.Parse(text)
	if err != nil {
		return false
	}
	keys := policy.Keys{}
	keys.Set("aws:PrincipalIsAWSService", "true")
	keys.Set("aws:PrincipalServiceName", servicePrincipal)
	if sourceARN != "" {
		keys.Set("aws:SourceArn", sourceARN)
	}
	if sourceAccount != "" {
		keys.Set("aws:SourceAccount", sourceAccount)
	}
	decision := document.Decide(policy.Request{
		Action: "lambda:InvokeFunction", Resource: functionARN, Principal: policy.Principal{Service: servicePrincipal}, Keys: keys,
	})
	return decision.Effect == policy.Allow
}
