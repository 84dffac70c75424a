package main

import (
	"encoding/json"
	"strings"
)

// eventFor makes an event that has what a pattern looks at, more often than not.
func (g *generator) eventFor(pattern string) string {
	var read object
	decoder := json.NewDecoder(strings.NewReader(pattern))
	decoder.UseNumber()
	if err := decoder.Decode(&read); err != nil {
		return encode(object{pick(g, names): g.scalar()})
	}
	event := object{}
	g.fill(event, read)
	if g.one(3) {
		event[pick(g, names)] = g.eventValue(nil, 0)
	}
	if looksAtAddresses(pattern) {
		return encode(withoutNumbers(event))
	}
	return encode(event)
}

// looksAtAddresses says whether a pattern has addresses. The engine then takes the digits of some numbers for those of an
// address, which is an error of its, and not asked about.
func looksAtAddresses(pattern string) bool {
	for _, address := range addresses {
		if strings.Contains(pattern, encode(address)) {
			return true
		}
	}
	return strings.Contains(pattern, `"cidr"`)
}

// withoutNumbers makes strings of the numbers in a value.
func withoutNumbers(value any) any {
	switch value := value.(type) {
	case json.Number:
		return value.String()
	case object:
		for name := range value {
			value[name] = withoutNumbers(value[name])
		}
	case []any:
		for i := range value {
			value[i] = withoutNumbers(value[i])
		}
	}
	return value
}

// fill gives an event the fields of a pattern.
func (g *generator) fill(event, pattern object) {
	for name, value := range sorted(pattern) {
		switch value := value.(type) {
		case object:
			inner, _ := event[name].(object)
			if inner == nil {
				inner = object{}
			}
			g.fill(inner, value)
			event[name] = g.maybeArray(inner)
		case []any:
			g.fillField(event, name, value)
		}
	}
}

func (g *generator) fillField(event object, name string, matchers []any) {
	switch {
	case len(matchers) == 0 || (name != "$or" && g.one(8)): // the field is missing
	case name == "$or":
		if alternative, ok := pick(g, matchers).(object); ok {
			g.fill(event, alternative)
		}
	default:
		event[name] = g.eventValue(pick(g, matchers), 0)
	}
}

// maybeArray puts an object into an array, at times beside others that take some of its fields away.
func (g *generator) maybeArray(made object) any {
	if !g.one(3) {
		return made
	}
	first, second := object{}, object{}
	for name, value := range sorted(made) {
		switch g.IntN(4) {
		case 0:
			first[name] = value
		case 1:
			second[name] = value
		default:
			first[name], second[name] = value, g.scalar()
		}
	}
	if g.one(4) {
		return []any{first, []any{second, g.scalar()}}
	}
	return []any{first, second}
}

// eventValue makes a value that a matcher may match.
func (g *generator) eventValue(matcher any, depth int) any {
	switch g.IntN(10) {
	case 0:
		return g.scalar()
	case 1:
		if depth == 0 {
			return []any{g.eventValue(matcher, 1), g.scalar()}
		}
	case 2:
		return object{pick(g, names): g.scalar()}
	}
	operator, ok := matcher.(object)
	if !ok {
		if matcher == nil || depth > 2 {
			return g.scalar()
		}
		return matcher
	}
	for name, operand := range sorted(operator) {
		return g.near(name, operand)
	}
	return g.scalar()
}

// near makes a value that an operator looks at closely.
func (g *generator) near(name string, operand any) any {
	if nested, ok := operand.(object); ok {
		for inner, text := range sorted(nested) {
			if name == "anything-but" {
				return g.near(inner, text)
			}
			return g.near(name, g.recase(text))
		}
	}
	if list, ok := operand.([]any); ok && len(list) > 0 {
		operand = pick(g, list)
	}
	switch name {
	case "numeric", "exists":
		return g.number()
	case "cidr":
		return pick(g, addresses)
	}
	if text, isText := operand.(string); isText {
		return g.nearText(name, text)
	}
	return operand
}

// nearText makes a text that an operator on texts looks at closely.
func (g *generator) nearText(name, text string) any {
	switch name {
	case "prefix":
		return text + pick(g, texts)
	case "suffix":
		return pick(g, texts) + text
	case "wildcard":
		return strings.NewReplacer(`\*`, "*", `\\`, `\`, "*", pick(g, texts)).Replace(text)
	case "equals-ignore-case":
		return g.recase(text)
	}
	return text
}

// recase changes the case of a text's letters.
func (g *generator) recase(value any) any {
	text, ok := value.(string)
	switch {
	case !ok:
		return value
	case g.one(2):
		return strings.ToUpper(text)
	}
	return strings.ToLower(text)
}
