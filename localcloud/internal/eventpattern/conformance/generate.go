package main

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
)

// generator makes patterns out of few names and values, so that they meet in events.
type generator struct{ *rand.Rand }

type object = map[string]any

var (
	names   = []string{"a", "b", "c", "d", "a.b", "Größe"}
	texts   = []string{"", "a", "A", "ab", "aB", "abc", "abcabc", "b", "b*c", `b\c`, "café", "CAFÉ", "日本", "null", "true", "5", "x y", `"q"`}
	numbers = []string{
		"0", "-0", "0.0", "1", "1.0", "1e0", "10", "1E+1", "-1", "-1.5", "0.1", "0.10", "300", "3.018e2", "301.8", "5000000000", "1e400",
		"12345678901234567890", "9007199254740993", "9007199254740992", "0.30000000000000004", "1e-7", "123456789012",
	}
	addresses = []string{
		"10.0.0.1", "10.0.0.255", "10.0.1.0", "10.0.0.9", "192.168.1.15", "::1", "0:0:0:0:0:0:0:1", "2001:db8::f", "2001:DB8::F",
		"2001:db8:0:1::", "::ffff:a00:1", "10.0.0", "256.0.0.1", "1.2.3.4.5", "::g",
	}
	blocks    = []string{"10.0.0.0/24", "10.0.0.0/31", "10.0.0.77/8", "0.0.0.0/0", "2001:db8::/32", "::/127", "192.168.1.9/30", "::ffff:a00:0/24"}
	wildcards = []string{"*", "a*", "*a", "*a*", "a*c", "a*b*c", `b\*c`, `b\\c`, `*\*`, "ca*", "*é", "abc", "", "*abc*abc", "日*"}
)

func pick[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }

func (g *generator) one(in int) bool { return g.IntN(in) == 0 }

// pattern makes a pattern, which is valid but for what numbers can't be compared.
func (g *generator) pattern() object { return g.object(0) }

func (g *generator) object(depth int) object {
	made := object{}
	for range 1 + g.IntN(3) {
		name := pick(g, names)
		switch {
		case depth < 2 && g.one(3):
			made[name] = g.object(depth + 1)
		case depth < 2 && g.one(8):
			made["$or"] = g.alternatives(depth)
		default:
			made[name] = g.values()
		}
	}
	return made
}

func (g *generator) alternatives(depth int) []any {
	var made []any
	for range 2 + g.IntN(2) {
		made = append(made, g.object(depth+1))
	}
	return made
}

func (g *generator) values() []any {
	var made []any
	for range 1 + g.IntN(2) {
		made = append(made, g.matcher())
	}
	return made
}

func (g *generator) number() json.Number { return json.Number(pick(g, numbers)) }

// matcher makes a plain value or an operator.
func (g *generator) matcher() any {
	switch g.IntN(14) {
	case 0:
		return object{"prefix": pick(g, texts)}
	case 1:
		return object{"suffix": pick(g, texts)}
	case 2:
		return object{pick(g, []string{"prefix", "suffix"}): object{"equals-ignore-case": pick(g, texts)}}
	case 3:
		return object{"equals-ignore-case": pick(g, texts)}
	case 4:
		return object{"wildcard": pick(g, wildcards)}
	case 5, 6:
		return object{"anything-but": g.unwanted()}
	case 7:
		return object{"exists": g.one(2)}
	case 8:
		return object{"numeric": g.numeric()}
	case 9:
		return object{"cidr": pick(g, blocks)}
	case 10:
		return object{"exactly": pick(g, texts)}
	}
	return g.scalar()
}

func (g *generator) unwanted() any {
	list := func(make func() any) any {
		if g.one(2) {
			return make()
		}
		return []any{make(), make()}
	}
	text := func() any { return pick(g, texts) }
	switch g.IntN(6) {
	case 0:
		return list(func() any { return g.number() })
	case 1:
		return object{"prefix": list(text)}
	case 2:
		return object{"suffix": list(text)}
	case 3:
		return object{"equals-ignore-case": list(text)}
	case 4:
		return object{"wildcard": list(func() any { return pick(g, wildcards) })}
	}
	return list(text)
}

func (g *generator) numeric() []any {
	switch g.IntN(3) {
	case 0:
		return []any{pick(g, []string{"=", "<", "<="}), g.number()}
	case 1:
		return []any{pick(g, []string{">", ">="}), g.number()}
	}
	return []any{pick(g, []string{">", ">="}), g.number(), pick(g, []string{"<", "<="}), g.number()}
}

// scalar makes a value for patterns and events.
func (g *generator) scalar() any {
	switch g.IntN(7) {
	case 0:
		return nil
	case 1:
		return g.one(2)
	case 2, 3:
		return g.number()
	case 4:
		return pick(g, addresses)
	}
	return pick(g, texts)
}

// wildcards makes a field with patterns that may be too complex.
func (g *generator) wildcards() object {
	var made []any
	for range 1 + g.IntN(3) {
		var text strings.Builder
		for range 1 + g.IntN(8) {
			piece := pick(g, []string{"a", "b", "ab", "/", "*"})
			if piece != "*" || !strings.HasSuffix(text.String(), "*") {
				text.WriteString(piece)
			}
		}
		made = append(made, object{"wildcard": text.String()})
	}
	return object{"a": made}
}
