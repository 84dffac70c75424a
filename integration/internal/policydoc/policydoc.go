// Package policydoc reads IAM policy documents into a form in which equal documents are equal Go values: whatever the
// order of their statements, of the values in a list, and whether a single value stands in a list or by itself.
package policydoc

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Document is one policy, its statements by their Sid.
type Document map[string]Statement

// Statement is one statement of a policy. Lists are sorted.
type Statement struct {
	Effect    string
	Principal map[string][]string // "AWS" or "Service" → who; nil in identity policies
	Action    []string
	Resource  []string
	Condition map[string]map[string][]string // operator → context key → values
}

// wire is a document as AWS has it. Elements that are not here, such as NotAction, are refused by the decoder.
type wire struct {
	Version   string
	ID        string `json:"Id"`
	Statement []wireStatement
}

type wireStatement struct {
	Sid       string
	Effect    string
	Principal map[string]texts
	Action    texts
	Resource  texts
	Condition map[string]map[string]texts
}

// texts is a list of texts, or one text by itself.
type texts []string

// UnmarshalJSON reads a list or a text, and sorts the list.
func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = texts{one}
		return nil
	}
	var all []string
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	slices.Sort(all)
	*t = all
	return nil
}

// version is the policy language's only current version; documents of another one are refused.
const version = "2012-10-17"

// Parse reads a document. It refuses another version, unknown elements, and statements without a Sid of their own.
func Parse(text string) (Document, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	var read wire
	if err := decoder.Decode(&read); err != nil {
		return nil, fmt.Errorf("reading the policy document %s: %w", text, err)
	}
	if read.Version != version {
		return nil, fmt.Errorf("reading the policy document %s: its version is %q, not %s", text, read.Version, version)
	}
	document := Document{}
	for _, statement := range read.Statement {
		if _, twice := document[statement.Sid]; twice || statement.Sid == "" {
			return nil, fmt.Errorf("reading the policy document %s: Sid %q is missing or there twice", text, statement.Sid)
		}
		document[statement.Sid] = statement.value()
	}
	if len(document) == 0 {
		return nil, errors.New("reading the policy document: it has no statement")
	}
	return document, nil
}

// Decode reads a document as IAM hands it out: encoded for a URL.
func Decode(encoded *string) (Document, error) {
	text, err := url.QueryUnescape(aws.ToString(encoded))
	if err != nil {
		return nil, fmt.Errorf("decoding the policy document %s: %w", aws.ToString(encoded), err)
	}
	return Parse(text)
}

func (s wireStatement) value() Statement {
	value := Statement{Effect: s.Effect, Action: s.Action, Resource: s.Resource}
	if s.Principal != nil {
		value.Principal = map[string][]string{}
	}
	for kind, who := range s.Principal {
		value.Principal[kind] = who
	}
	if s.Condition != nil {
		value.Condition = map[string]map[string][]string{}
	}
	for operator, keys := range s.Condition {
		value.Condition[operator] = map[string][]string{}
		for key, values := range keys {
			value.Condition[operator][globalKey(key)] = values
		}
	}
	return value
}

// globalKey writes the prefix of AWS's own context keys as its documentation does; Lambda writes it in capitals.
func globalKey(key string) string {
	if rest, found := strings.CutPrefix(key, "AWS:"); found {
		return "aws:" + rest
	}
	return key
}

// Allow is a statement of an identity policy.
func Allow(actions []string, resources ...string) Statement {
	slices.Sort(actions)
	slices.Sort(resources)
	return Statement{Effect: "Allow", Action: actions, Resource: resources}
}

// DenyPlainHTTP is the statement that refuses every request which did not come over TLS.
func DenyPlainHTTP(action string, resources ...string) Statement {
	return Allow([]string{action}, resources...).Denied().By("*").If("Bool", "aws:SecureTransport", "false")
}

// From is the statement with a principal: the AWS service of that name.
func (s Statement) From(service string) Statement {
	s.Principal = map[string][]string{"Service": {service}}
	return s
}

// By is the statement with principals of the given ARNs.
func (s Statement) By(arns ...string) Statement {
	slices.Sort(arns)
	s.Principal = map[string][]string{"AWS": arns}
	return s
}

// Denied is the statement with the other effect.
func (s Statement) Denied() Statement {
	s.Effect = "Deny"
	return s
}

// If is the statement with one more condition.
func (s Statement) If(operator, key string, values ...string) Statement {
	slices.Sort(values)
	condition := map[string]map[string][]string{operator: {key: values}}
	for name, keys := range s.Condition {
		if name != operator {
			condition[name] = keys
			continue
		}
		for other, of := range keys {
			condition[name][other] = of
		}
	}
	s.Condition = condition
	return s
}
