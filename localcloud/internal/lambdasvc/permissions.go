package lambdasvc

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// permissions is the resource policy of a function, a version or an alias.
type permissions struct {
	revision   string
	statements []statement
}

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

// functionARN asks moto for the ARN of a function, with the qualifier that a request gives.
func (h *Handler) functionARN(r *http.Request, about reference) (string, error) {
	path := "/2015-03-31/functions/" + url.PathEscape(about.name) + "/configuration"
	if about.qualifier != "" {
		path += "?Qualifier=" + url.QueryEscape(about.qualifier)
	}
	caller := relay.Caller{Service: "lambda", Region: awsreq.From(r).Region, Authorization: r.Header.Get("Authorization")}
	answer, err := relay.Ask(r.Context(), h.moto, caller, http.MethodGet, path, "", nil)
	if err != nil {
		return "", err
	}
	var found struct {
		FunctionArn string
		Message     string
	}
	if err := json.Unmarshal(answer.Body, &found); err != nil || !answer.OK() {
		return "", notFound("Function not found: " + about.name)
	}
	arn, _, _ := strings.Cut(found.FunctionArn, ":function:")
	arn += ":function:" + about.name
	if about.qualifier != "" {
		arn += ":" + about.qualifier
	}
	return arn, nil
}

func (h *Handler) addPermission(w http.ResponseWriter, r *http.Request, about route) error {
	in, err := input[permission](r)
	if err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	arn, err := h.functionARN(r, about.function)
	if err != nil {
		return err
	}
	added := in.statement(arn)
	h.functions.with(keyOf(r, about.function.name), func(kept *function) {
		err = kept.policy(about.function.qualifier).add(added, in.RevisionID)
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(added)
	if err != nil {
		return fmt.Errorf("encoding a permission: %w", err)
	}
	return output(w, http.StatusCreated, map[string]string{"Statement": string(text)})
}

func (h *Handler) removePermission(w http.ResponseWriter, r *http.Request, about route) error {
	if _, err := h.functionARN(r, about.function); err != nil {
		return err
	}
	var err error
	h.functions.with(keyOf(r, about.function.name), func(kept *function) {
		err = kept.policy(about.function.qualifier).remove(about.statement, r.URL.Query().Get("RevisionId"))
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (h *Handler) getPolicy(w http.ResponseWriter, r *http.Request, about route) error {
	if _, err := h.functionARN(r, about.function); err != nil {
		return err
	}
	var held permissions
	h.functions.with(keyOf(r, about.function.name), func(kept *function) {
		policy := kept.policy(about.function.qualifier)
		held = permissions{revision: policy.revision, statements: slices.Clone(policy.statements)}
	})
	if len(held.statements) == 0 {
		return notFound("The resource you requested does not exist.")
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Id": "default", "Statement": held.statements})
	if err != nil {
		return fmt.Errorf("encoding a function's policy: %w", err)
	}
	return output(w, http.StatusOK, map[string]string{"Policy": string(text), "RevisionId": held.revision})
}

// policy is the policy under a qualifier, which is begun where there is none.
func (f *function) policy(qualifier string) *permissions {
	if f.permissions[qualifier] == nil {
		f.permissions[qualifier] = &permissions{revision: awserr.RequestID()}
	}
	return f.permissions[qualifier]
}

// expect refuses a change that was meant for another revision.
func (p *permissions) expect(revision string) error {
	if revision == "" || revision == p.revision {
		return nil
	}
	return &awserr.Error{
		Status: http.StatusPreconditionFailed, Code: "PreconditionFailedException",
		Message: "The RevisionId provided does not match the latest RevisionId. Call the GetPolicy API to retrieve the latest RevisionId",
	}
}

func (p *permissions) find(sid string) int {
	return slices.IndexFunc(p.statements, func(s statement) bool { return s.Sid == sid })
}

func (p *permissions) add(added statement, revision string) error {
	if err := p.expect(revision); err != nil {
		return err
	}
	if p.find(added.Sid) >= 0 {
		return &awserr.Error{
			Status: http.StatusConflict, Code: "ResourceConflictException",
			Message: "The statement id (" + added.Sid + ") provided already exists. Please provide a new statement id, or remove the existing statement.",
		}
	}
	p.statements = append(p.statements, added)
	p.revision = awserr.RequestID()
	return nil
}

func (p *permissions) remove(sid, revision string) error {
	if err := p.expect(revision); err != nil {
		return err
	}
	at := p.find(sid)
	if at < 0 {
		return notFound("Statement " + sid + " is not found in resource policy.")
	}
	p.statements = slices.Delete(p.statements, at, at+1)
	p.revision = awserr.RequestID()
	return nil
}
