package eventpattern

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// or is the name of alternatives.
const or = "$or"

// reserved are names that fields may not have in an alternative: they are, or may become, operators.
var reserved = []string{
	"exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric", "cidr",
	"=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case", "date-after", "date-on-or-after",
	"date-before", "date-on-or-before", "in-date-range", "ip-address-in-range", "ip-address-not-in-range",
}

// fields are the matchers for each path.
type fields map[string][]matcher

// sorted gives them in the order of their paths.
func (f fields) sorted() alternative {
	var demands alternative
	for _, path := range slices.Sorted(maps.Keys(f)) {
		demands = append(demands, demand{path: path, matchers: f[path]})
	}
	return demands
}

// parser reads a pattern token by token, for the order of names matters and so do names that come twice.
type parser struct {
	source string
	tokens *json.Decoder
	rules  []fields // alternatives read so far
}

// parse reads a pattern into its alternatives.
func parse(text string) ([]fields, error) {
	p := &parser{source: text, tokens: json.NewDecoder(strings.NewReader(text))}
	p.tokens.UseNumber()
	first, err := p.tokens.Token()
	if err != nil || first != json.Delim('{') {
		return nil, p.fail("Filter is not an object")
	}
	if !json.Valid([]byte(text)) {
		return nil, p.invalid()
	}
	if err := p.object(nil, false); err != nil {
		return nil, err
	}
	return p.rules, nil
}

// fail refuses the pattern at the place that was read last.
func (p *parser) fail(format string, arguments ...any) error {
	return &Error{Reason: fmt.Sprintf(format, arguments...), Source: p.source, Offset: p.tokens.InputOffset()}
}

// invalid tells where a text stops being JSON.
func (p *parser) invalid() error {
	var value any
	reason, offset := "The event pattern is not valid JSON", int64(0)
	err := json.Unmarshal([]byte(p.source), &value)
	if syntax, ok := err.(*json.SyntaxError); ok { //nolint:errorlint // it comes as it is
		reason, offset = "The event pattern is not valid JSON: "+syntax.Error(), syntax.Offset
	}
	return &Error{Reason: reason, Source: p.source, Offset: offset}
}

// next is the next token of a text that is known to be JSON.
func (p *parser) next() json.Token {
	token, _ := p.tokens.Token()
	return token
}

// object reads the fields of an object, whose opening brace has been read.
func (p *parser) object(path []string, inOr bool) error {
	empty := true
	for token := p.next(); token != json.Delim('}'); token = p.next() {
		empty = false
		if err := p.field(path, token.(string), inOr); err != nil {
			return err
		}
	}
	if empty {
		return p.fail("Empty objects are not allowed")
	}
	return nil
}

func (p *parser) field(path []string, name string, inOr bool) error {
	if name == or {
		return p.alternatives(path)
	}
	if inOr && slices.Contains(reserved, name) {
		return p.fail("%s is Ruler reserved fieldName which cannot be used inside %s.", name, or)
	}
	path = append(slices.Clip(path), name)
	switch p.next() {
	case json.Delim('{'):
		return p.object(path, inOr)
	case json.Delim('['):
		return p.values(strings.Join(path, "."))
	}
	return p.fail("%q must be an object or an array", name)
}

// alternatives reads the array of a $or: what was read before it, and comes after it, is demanded with each.
func (p *parser) alternatives(path []string) error {
	if p.next() != json.Delim('[') {
		return p.fail("It must be an Array followed with %s.", or)
	}
	before, after, count := p.rules, []fields(nil), 0
	if len(before) == 0 {
		before = []fields{{}}
	}
	for token := p.next(); token != json.Delim(']'); token = p.next() {
		if token != json.Delim('{') {
			return p.fail("Only JSON object is allowed in array of %s relationship.", or)
		}
		p.rules = nil
		for _, rule := range before {
			p.rules = append(p.rules, maps.Clone(rule))
		}
		if err := p.object(path, true); err != nil {
			return err
		}
		after = append(after, p.rules...)
		if len(after) > MaxCombinations {
			return p.fail("The alternatives of %s make more than %d combinations", or, MaxCombinations)
		}
		count++
	}
	if count < 2 {
		return p.fail("There must have at least 2 Objects in %s relationship.", or)
	}
	p.rules = after
	return nil
}

// values reads the array of a field, whose opening bracket has been read.
func (p *parser) values(path string) error {
	var matchers []matcher
	for token := p.next(); token != json.Delim(']'); token = p.next() {
		read, err := p.value(token)
		if err != nil {
			return err
		}
		matchers = append(matchers, read)
	}
	if len(matchers) == 0 {
		return p.fail("Empty arrays are not allowed")
	}
	if len(p.rules) == 0 {
		p.rules = []fields{{}}
	}
	for _, rule := range p.rules {
		rule[path] = matchers
	}
	return nil
}

// value reads one element of a field's array.
func (p *parser) value(token json.Token) (matcher, error) {
	switch value := token.(type) {
	case json.Delim:
		if value == '{' {
			return p.expression()
		}
		return nil, p.fail("Match value must be String, number, true, false, or null")
	case string:
		if address, ok := parseAddress(value); ok {
			return inBlock{first: address, last: address}, nil
		}
		return equals(quote(value)), nil
	case json.Number:
		return equalsNumber(value.String()), nil
	case bool:
		return equals(fmt.Sprint(value)), nil
	}
	return equals("null"), nil
}
