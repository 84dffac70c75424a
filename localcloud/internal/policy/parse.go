package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ErrMalformed is in every error of [Parse]; what follows it is written as AWS writes it.
var ErrMalformed = errors.New("malformed policy")

// Versions of the policy language.
const (
	version2008 = "2008-10-17" // what a policy without a version is in; it has no variables
	version2012 = "2012-10-17"
)

// malformed makes an error that [ErrMalformed] is in.
func malformed(format string, arguments ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, arguments...))
}

// Parse reads a policy document. It checks the grammar only; what a service demands of its policies is checked by the
// service. Names of elements and effects mind the case, as they do at AWS, and no name may appear twice.
func Parse(text []byte) (*Document, error) {
	if trimmed := bytes.TrimSpace(text); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, malformed("Policies must be valid JSON and the first byte must be '{'")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value, err := decode(decoder)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, malformed("This policy contains invalid Json")
	}
	return parseDocument(value.(object))
}

// object is a JSON object that keeps the order of its members.
type object []member

type member struct {
	name  string
	value any
}

// decode reads one JSON value, and refuses a name that appears twice in an object.
func decode(decoder *json.Decoder) (any, error) {
	first, err := decoder.Token()
	if err != nil {
		return nil, malformed("This policy contains invalid Json")
	}
	switch first {
	case json.Delim('{'):
		return decodeObject(decoder)
	case json.Delim('['):
		return decodeArray(decoder)
	}
	return first, nil
}

func decodeObject(decoder *json.Decoder) (any, error) {
	members := object{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, malformed("This policy contains invalid Json")
		}
		if slices.ContainsFunc(members, func(m member) bool { return m.name == name }) {
			return nil, malformed("This policy contains duplicate keys: %v", name)
		}
		value, err := decode(decoder)
		if err != nil {
			return nil, err
		}
		members = append(members, member{name: name.(string), value: value})
	}
	return members, closing(decoder)
}

func decodeArray(decoder *json.Decoder) (any, error) {
	elements := []any{}
	for decoder.More() {
		value, err := decode(decoder)
		if err != nil {
			return nil, err
		}
		elements = append(elements, value)
	}
	return elements, closing(decoder)
}

// closing reads the bracket at the end.
func closing(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return malformed("This policy contains invalid Json")
	}
	return nil
}

func parseDocument(members object) (*Document, error) {
	document := &Document{Version: version2008}
	for _, m := range members {
		var err error
		switch m.name {
		case "Version":
			document.Version, err = parseVersion(m.value)
		case "Id":
			document.ID, err = parseString(m)
		case "Statement":
			document.Statements, err = parseStatements(m.value)
		default:
			err = malformed("Unknown field %s", m.name)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(document.Statements) == 0 {
		return nil, malformed("Missing required field Statement")
	}
	return document, nil
}

func parseVersion(value any) (string, error) {
	if value != version2008 && value != version2012 {
		return "", malformed("The policy must contain a valid version string")
	}
	return value.(string), nil
}

func parseString(m member) (string, error) {
	text, ok := m.value.(string)
	if !ok {
		return "", malformed("%s must be a string", m.name)
	}
	return text, nil
}

// parseStrings reads a string or an array of strings, neither of them empty.
func parseStrings(m member) ([]string, error) {
	if text, ok := m.value.(string); ok && text != "" {
		return []string{text}, nil
	}
	elements, ok := m.value.([]any)
	if !ok || len(elements) == 0 {
		return nil, malformed("Invalid policy syntax: %s must be a string or a list of strings, and not empty", m.name)
	}
	texts := make([]string, 0, len(elements))
	for _, element := range elements {
		text, ok := element.(string)
		if !ok || text == "" {
			return nil, malformed("Invalid policy syntax: %s must be a string or a list of strings, and not empty", m.name)
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func parseStatements(value any) ([]Statement, error) {
	elements, ok := value.([]any)
	if !ok {
		elements = []any{value}
	}
	statements := make([]Statement, 0, len(elements))
	sids := map[string]bool{}
	for _, element := range elements {
		members, ok := element.(object)
		if !ok {
			return nil, malformed("Invalid policy syntax: a statement must be an object")
		}
		statement, err := parseStatement(members)
		if err != nil {
			return nil, err
		}
		if statement.Sid != "" && sids[statement.Sid] {
			return nil, malformed("Statement IDs (SID) in a single policy must be unique: %s", statement.Sid)
		}
		sids[statement.Sid] = true
		statements = append(statements, statement)
	}
	return statements, nil
}

func parseStatement(members object) (Statement, error) {
	var statement Statement
	for _, m := range members {
		if err := statement.parseElement(m); err != nil {
			return statement, err
		}
	}
	return statement, statement.complete()
}

func (s *Statement) parseElement(m member) (err error) {
	switch m.name {
	case "Sid":
		s.Sid, err = parseString(m)
	case "Effect":
		s.Effect, err = parseEffect(m.value)
	case "Principal":
		s.Principals, err = parsePrincipals(m)
	case "NotPrincipal":
		s.NotPrincipals, err = parsePrincipals(m)
	case "Action":
		s.Actions, err = parseStrings(m)
	case "NotAction":
		s.NotActions, err = parseStrings(m)
	case "Resource":
		s.Resources, err = parseStrings(m)
	case "NotResource":
		s.NotResources, err = parseStrings(m)
	case "Condition":
		s.Conditions, err = parseConditions(m.value)
	default:
		err = malformed("Unknown field %s", m.name)
	}
	return err
}

func parseEffect(value any) (Effect, error) {
	if value != string(Allow) && value != string(Deny) {
		return Silent, malformed("Invalid effect: %v", value)
	}
	return Effect(value.(string)), nil
}

// complete checks what a statement of every kind of policy must have, and may not have twice.
func (s *Statement) complete() error {
	switch {
	case s.Effect == Silent:
		return malformed("Missing required field Effect")
	case s.Actions == nil && s.NotActions == nil:
		return malformed("Missing required field Action")
	case s.Actions != nil && s.NotActions != nil:
		return malformed("Statement cannot have both Action and NotAction")
	case s.Resources != nil && s.NotResources != nil:
		return malformed("Statement cannot have both Resource and NotResource")
	case s.Principals != nil && s.NotPrincipals != nil:
		return malformed("Statement cannot have both Principal and NotPrincipal")
	case s.NotPrincipals != nil && s.Effect == Allow:
		return malformed("Allow with NotPrincipal is not allowed")
	}
	return nil
}

func parsePrincipals(m member) (*Principals, error) {
	if m.value == "*" {
		return &Principals{Everyone: true}, nil
	}
	members, ok := m.value.(object)
	if !ok || len(members) == 0 {
		return nil, malformed("Invalid policy syntax: %s must be \"*\" or an object", m.name)
	}
	principals := &Principals{}
	for _, kind := range members {
		named, err := parseStrings(kind)
		if err != nil {
			return nil, err
		}
		switch kind.name {
		case "AWS":
			principals.Everyone = slices.Contains(named, "*")
			principals.AWS = named
		case "Service":
			principals.Service = named
		case "Federated":
			principals.Federated = named
		case "CanonicalUser":
			principals.Canonical = named
		default:
			return nil, malformed("Invalid principal in policy: %s", kind.name)
		}
	}
	return principals, nil
}

func parseConditions(value any) ([]Condition, error) {
	operators, ok := value.(object)
	if !ok {
		return nil, malformed("Invalid policy syntax: Condition must be an object")
	}
	var conditions []Condition
	for _, operator := range operators {
		parsed, err := parseOperator(operator.name)
		if err != nil {
			return nil, err
		}
		keys, ok := operator.value.(object)
		if !ok {
			return nil, malformed("Invalid policy syntax: %s must be an object", operator.name)
		}
		for _, key := range keys {
			values, err := conditionValues(key)
			if err != nil {
				return nil, err
			}
			conditions = append(conditions, Condition{Operator: parsed, Key: key.name, Values: values})
		}
	}
	return conditions, nil
}

// conditionValues reads one value or several: strings, numbers and truth values, all kept as text.
func conditionValues(key member) ([]string, error) {
	elements, ok := key.value.([]any)
	if !ok {
		elements = []any{key.value}
	}
	values := make([]string, 0, len(elements))
	for _, element := range elements {
		switch value := element.(type) {
		case string:
			values = append(values, value)
		case json.Number, bool:
			values = append(values, strings.ToLower(fmt.Sprint(value)))
		default:
			return nil, malformed("Invalid policy syntax: the value of the condition key %s must be a string or a list of strings", key.name)
		}
	}
	return values, nil
}
