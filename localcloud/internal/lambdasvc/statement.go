package lambdasvc

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
)

// statement is a statement as Lambda writes it.
type statement struct {
	Sid       string
	Effect    string
	Principal any
	Action    string
	Resource  string
	Condition map[string]map[string]string `json:",omitempty"`
}

// permission is what AddPermission is given.
type permission struct {
	Action                string
	EventSourceToken      string
	FunctionURLAuthType   string `json:"FunctionUrlAuthType"`
	InvokedViaFunctionURL *bool  `json:"InvokedViaFunctionUrl"`
	Principal             string
	PrincipalOrgID        string
	RevisionID            string `json:"RevisionId"`
	SourceAccount         string
	SourceArn             string
	StatementID           string `json:"StatementId"`
}

var (
	statementIDPattern = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,100}$`)
	actionPattern      = regexp.MustCompile(`^(lambda:[*]|lambda:[a-zA-Z]+|[*])$`)
	accountPattern     = regexp.MustCompile(`^\d{12}$`)
)

// check refuses what breaks the service model.
func (p permission) check() error {
	switch {
	case !statementIDPattern.MatchString(p.StatementID):
		return awserr.Validation(p.StatementID, "statementId", "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)")
	case !actionPattern.MatchString(p.Action):
		return awserr.Validation(p.Action, "action", `Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])`)
	case p.Principal == "":
		return awserr.Validation(p.Principal, "principal", "Member must not be null")
	}
	return nil
}

// statement is how a permission is written in the policy of a resource.
func (p permission) statement(resource string) statement {
	s := statement{Sid: p.StatementID, Effect: "Allow", Principal: principal(p.Principal), Action: p.Action, Resource: resource}
	equals := map[string]string{}
	for key, value := range map[string]string{
		"AWS:SourceAccount":          p.SourceAccount,
		"aws:PrincipalOrgID":         p.PrincipalOrgID,
		"lambda:EventSourceToken":    p.EventSourceToken,
		"lambda:FunctionUrlAuthType": p.FunctionURLAuthType,
	} {
		if value != "" {
			equals[key] = value
		}
	}
	s.Condition = map[string]map[string]string{}
	if len(equals) > 0 {
		s.Condition["StringEquals"] = equals
	}
	if p.SourceArn != "" {
		s.Condition["ArnLike"] = map[string]string{"AWS:SourceArn": p.SourceArn}
	}
	if p.InvokedViaFunctionURL != nil {
		s.Condition["Bool"] = map[string]string{"lambda:InvokedViaFunctionUrl": fmt.Sprint(*p.InvokedViaFunctionURL)}
	}
	return s
}

// principal is how a principal is written: everyone, a service, or an account or ARN.
func principal(name string) any {
	switch {
	case name == "*":
		return name
	case accountPattern.MatchString(name):
		return map[string]string{"AWS": "arn:aws:iam::" + name + ":root"}
	case strings.HasPrefix(name, "arn:"):
		return map[string]string{"AWS": name}
	}
	return map[string]string{"Service": name}
}
