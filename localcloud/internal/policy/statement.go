package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

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
