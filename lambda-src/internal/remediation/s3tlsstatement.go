package remediation

import (
	"slices"
	"strconv"
	"strings"
)

// Words of statements that deny requests without TLS.
const (
	secureTransport  = "aws:SecureTransport"
	denySid          = "DenyInsecureTransport"
	wholeBucket      = "/*" // after a bucket's ARN: its objects
	everyone         = "*"
	anything         = "*"
	anythingOfS3     = "s3:*"
	conditionBool    = "Bool"
	conditionBoolToo = "BoolIfExists"
)

// tlsStatement is what matters of a statement in its canonical form, where a list of one is that one.
type tlsStatement struct {
	Sid, Effect                 string
	Principal, Action, Resource any
	Condition                   map[string]map[string]any
}

// deniesWithoutTLS says whether the statements together deny everyone everything without TLS, on each resource. It would
// rather miss a statement that is worded in an unusual way, and add one that changes nothing, than take one for more
// than it is.
func deniesWithoutTLS(statements []tlsStatement, resources []string) bool {
	return !slices.ContainsFunc(resources, func(name string) bool {
		return !slices.ContainsFunc(statements, func(s tlsStatement) bool { return s.deniesAllWithoutTLS() && s.covers(name) })
	})
}

func (s tlsStatement) deniesAllWithoutTLS() bool {
	principal := s.Principal
	if of, ok := principal.(map[string]any); ok {
		principal = of["AWS"]
	}
	return s.Effect == "Deny" && holds(principal, everyone) &&
		(holds(s.Action, anything) || holds(s.Action, anythingOfS3)) && s.onlyWithoutTLS()
}

// onlyWithoutTLS says whether the one condition of the statement is that the request is without TLS.
func (s tlsStatement) onlyWithoutTLS() bool {
	if len(s.Condition) != 1 {
		return false
	}
	for operator, keys := range s.Condition {
		for key, value := range keys {
			return len(keys) == 1 && (operator == conditionBool || operator == conditionBoolToo) &&
				strings.EqualFold(key, secureTransport) && value == "false"
		}
	}
	return false
}

// covers says whether the statement is about all of a resource: its patterns are compared as text, but for a * at the end.
func (s tlsStatement) covers(name string) bool {
	for _, pattern := range values(s.Resource) {
		prefix, open := strings.CutSuffix(pattern, anything)
		if pattern == name || open && !strings.ContainsAny(prefix, "*?") && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func holds(list any, value string) bool { return slices.Contains(values(list), value) }

// values are the texts of a list, or of what stands for a list of one.
func values(list any) []string {
	several, ok := list.([]any)
	if !ok {
		several = []any{list}
	}
	var texts []string
	for _, value := range several {
		if text, ok := value.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// freeSid is a name for the statement that no other one has.
func freeSid(statements []tlsStatement) string {
	sid := denySid
	for number := 2; slices.ContainsFunc(statements, func(s tlsStatement) bool { return s.Sid == sid }); number++ {
		sid = denySid + strconv.Itoa(number)
	}
	return sid
}
