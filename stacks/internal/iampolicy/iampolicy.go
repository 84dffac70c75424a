// Package iampolicy writes IAM policy documents as typed values, so that a misspelt element is a compile error
// and tests compare documents instead of text.
package iampolicy

import "encoding/json"

// Version is the policy language's version; AWS has had no newer one since 2012.
const Version = "2012-10-17"

// Effects of a statement.
const (
	Allow = "Allow"
	Deny  = "Deny"
)

// Document is one policy.
type Document struct {
	Version   string      `json:"Version"`
	Statement []Statement `json:"Statement"`
}

// Statement is one statement of a policy. Principal stays nil in identity policies.
type Statement struct {
	Sid       string     `json:"Sid"`
	Effect    string     `json:"Effect"`
	Principal *Principal `json:"Principal,omitempty"`
	Action    []string   `json:"Action"`
	Resource  []string   `json:"Resource,omitempty"` // empty in trust policies only
	Condition Condition  `json:"Condition,omitempty"`
}

// Condition maps an operator to context keys and the values that they are compared with.
type Condition map[string]map[string][]string

// Principal says who a statement of a resource policy is about.
type Principal struct {
	AWS     []string `json:"AWS,omitempty"`
	Service []string `json:"Service,omitempty"`
}

// Service is the principal of AWS services such as "events.amazonaws.com".
func Service(names ...string) *Principal {
	return &Principal{Service: names}
}

// Account is every principal of the account; identity policies still decide.
func Account(accountID string) *Principal {
	return &Principal{AWS: []string{"arn:aws:iam::" + accountID + ":root"}}
}

// Anyone is every principal of every account. It belongs in Deny statements.
func Anyone() *Principal {
	return &Principal{AWS: []string{"*"}}
}

// New makes a document of the given statements.
func New(statements ...Statement) Document {
	return Document{Version: Version, Statement: statements}
}

// JSON is the document as AWS takes it. The types above hold nothing that could fail to marshal.
func (d Document) JSON() string {
	text, _ := json.Marshal(d) //nolint:errchkjson // strings, slices and maps of strings only
	return string(text)
}

// Trust is the trust policy of a role that the given service assumes on behalf of accountID only.
// Lambda sends no aws:SourceAccount when it assumes an execution role, so accountID may be empty.
func Trust(service, accountID string) Document {
	statement := Statement{
		Sid: "AssumeRole", Effect: Allow, Principal: Service(service), Action: []string{"sts:AssumeRole"},
	}
	if accountID != "" {
		statement.Condition = Condition{"StringEquals": {"aws:SourceAccount": {accountID}}}
	}
	return New(statement)
}

// DenyPlainHTTP refuses every request to the resources that did not come over TLS.
func DenyPlainHTTP(action string, resources ...string) Statement {
	return Statement{
		Sid: "DenyPlainHTTP", Effect: Deny, Principal: Anyone(), Action: []string{action}, Resource: resources,
		Condition: Condition{"Bool": {"aws:SecureTransport": {"false"}}},
	}
}
