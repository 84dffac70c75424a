package eventpattern

import (
	"encoding/json"
	"slices"
)

// anythingBut reads what values may not be: one, a list, or an operator on either.
func (p *parser) anythingBut() (matcher, error) {
	token, operator := p.next(), ""
	if token == json.Delim('{') {
		name, ok := p.next().(string)
		if !ok {
			return nil, p.fail("Anything-But expression name not found")
		}
		if !slices.Contains([]string{ignoreCase, "prefix", "suffix", "wildcard"}, name) {
			return nil, p.fail("Unsupported anything-but pattern: %s", name)
		}
		operator, token = name, p.next()
	}
	listed, err := p.list(token, operator)
	if err != nil {
		return nil, err
	}
	const tooMany = "Too many elements in numeric expression" // that is what AWS says
	if err := p.end(tooMany); err != nil {
		return nil, err
	}
	if operator != "" {
		if err := p.end(tooMany); err != nil {
			return nil, err
		}
	}
	return anythingBut(listed), nil
}

// list reads a value, or an array of them, of which all are numbers or all are strings.
func (p *parser) list(token json.Token, operator string) ([]matcher, error) {
	tokens, err := p.listOf(token, operator)
	if err != nil {
		return nil, err
	}
	var listed []matcher
	numbers := 0
	for _, token := range tokens {
		made, err := p.listed(token, operator)
		if err != nil {
			return nil, err
		}
		if _, isNumber := token.(json.Number); isNumber {
			numbers++
		}
		listed = append(listed, made)
	}
	switch {
	case operator == "" && (len(listed) == 0 || (numbers > 0 && numbers < len(listed))):
		return nil, p.fail("Inside anything but list, either all values are number or string, mixed type is not supported")
	case len(listed) == 0:
		return nil, p.fail("%s", emptyList)
	}
	return listed, nil
}

// listOf reads a value, or those of an array.
func (p *parser) listOf(token json.Token, operator string) ([]json.Token, error) {
	switch token.(type) {
	case string, json.Number:
		return []json.Token{token}, nil
	}
	if token != json.Delim('[') {
		return nil, p.fail("Value of anything-but must be an array or single string/number value.")
	}
	var tokens []json.Token
	for token = p.next(); token != json.Delim(']'); token = p.next() {
		if _, nested := token.(json.Delim); nested {
			return nil, p.fail("%s", notListable(operator))
		}
		tokens = append(tokens, token)
	}
	return tokens, nil
}

// notListable is the fault of a value that may not be in a list.
func notListable(operator string) string {
	switch operator {
	case "":
		return "Inside anything but list, start|null|boolean is not supported."
	case ignoreCase:
		return "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
	case "wildcard":
		return "wildcard match pattern must be a string"
	}
	return "prefix/suffix match pattern must be a string"
}

// listed makes the matcher of one value that is not to be.
func (p *parser) listed(token json.Token, operator string) (matcher, error) {
	text, isText := token.(string)
	number, isNumber := token.(json.Number)
	switch {
	case operator == "" && isNumber:
		value, err := p.double(number)
		return numberRange{bottom: value, top: value}, err
	case !isText:
		return nil, p.fail("%s", notListable(operator))
	case operator == ignoreCase:
		return foldEquals(text), nil
	case operator == "wildcard":
		return p.wildcard(text)
	case operator == "":
		return equals(quote(text)), nil
	case text == "":
		return nil, p.fail("Null prefix/suffix not allowed")
	case operator == "prefix":
		return prefix(text), nil
	}
	return suffix(text), nil
}
