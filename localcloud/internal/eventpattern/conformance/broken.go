package main

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"
)

// sorted goes through an object in the order of its names, so that each run makes the same.
func sorted(from object) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, name := range slices.Sorted(maps.Keys(from)) {
			if !yield(name, from[name]) {
				return
			}
		}
	}
}

// wrong are values that are out of place in most places.
var wrong = []any{
	nil, true, 5, "a", "", "**", `a\`, "10.0.0.0", "10.0.0.0/33", "x/8", "10.0.0.0/a",
	[]any{},
	[]any{nil},
	[]any{"a", 5},
	[]any{"="},
	[]any{"<", "a"},
	[]any{">", 5, "<", 3},
	[]any{">", 5, 6},
	[]any{5},
	[]any{"=", 1, 2},
	[]any{[]any{}},
	object{},
	object{"prefix": "a"},
	object{"prefix": ""},
	object{"wildcard": "**"},
	object{"exists": true},
	object{"a": []any{"b"}},
	object{"equals-ignore-case": 5},
	object{"equals-ignore-case": "a"},
}

// broken makes a pattern and replaces, adds or takes away one thing in it. It may be valid all the same.
func (g *generator) broken() string {
	text := encode(g.pattern())
	if g.one(10) {
		at := g.IntN(len(text))
		return text[:at] + text[at+1:]
	}
	var read any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&read); err != nil {
		panic(err) // it was encoded above
	}
	return encode(g.damage(read))
}

// damage changes one of the values in a value, or itself.
func (g *generator) damage(value any) any {
	switch value := value.(type) {
	case object:
		if len(value) > 0 && !g.one(4) {
			name := pick(g, slices.Sorted(maps.Keys(value)))
			value[name] = g.damage(value[name])
			return value
		}
		value[pick(g, []string{"prefix", "$or", "equals-ignore-case", "unknown", "numeric", "a"})] = pick(g, wrong)
		return value
	case []any:
		if len(value) > 0 && !g.one(4) {
			i := g.IntN(len(value))
			value[i] = g.damage(value[i])
			return value
		}
		return append(value, pick(g, wrong))
	}
	return pick(g, wrong)
}

// replace replaces texts in a text, given as old, new, old, new and so on.
func replace(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
