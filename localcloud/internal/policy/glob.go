package policy

import "strings"

// token is a piece of a pattern: a literal text, or a wildcard.
type token struct {
	literal  string
	wildcard byte // '*', '?', or 0 for a literal
}

// compile turns a pattern into tokens. A policy variable, like ${aws:username}, becomes the literal value that the
// keys have for it, or its default: ${aws:username, 'nobody'}. It reports false where there is neither: then the
// pattern fits nothing. Variables are only read in policies of version 2012-10-17.
func compile(pattern string, keys Keys, variables bool) ([]token, bool) {
	var tokens []token
	for pattern != "" {
		switch {
		case pattern[0] == '*' || pattern[0] == '?':
			tokens, pattern = append(tokens, token{wildcard: pattern[0]}), pattern[1:]
		case variables && strings.HasPrefix(pattern, "${") && strings.Contains(pattern, "}"):
			end := strings.IndexByte(pattern, '}')
			value, known := variable(pattern[2:end], keys)
			if !known {
				return nil, false
			}
			tokens, pattern = append(tokens, token{literal: value}), pattern[end+1:]
		default:
			end := literalEnd(pattern)
			tokens, pattern = append(tokens, token{literal: pattern[:end]}), pattern[end:]
		}
	}
	return tokens, true
}

// literalEnd is where a pattern's leading literal ends: at a wildcard or at what may be a variable.
func literalEnd(pattern string) int {
	for i := 1; i < len(pattern); i++ {
		if pattern[i] == '*' || pattern[i] == '?' || strings.HasPrefix(pattern[i:], "${") {
			return i
		}
	}
	return len(pattern)
}

// variable is the value of a policy variable. ${*}, ${?} and ${$} are how these characters are written themselves.
func variable(name string, keys Keys) (string, bool) {
	if name == "*" || name == "?" || name == "$" {
		return name, true
	}
	key, fallback, hasFallback := strings.Cut(name, ",")
	if values, found := keys.lookup(strings.TrimSpace(key)); found && len(values) == 1 {
		return values[0], true
	}
	return strings.Trim(strings.TrimSpace(fallback), "'"), hasFallback
}

// match says whether a text fits the tokens: * stands for any characters, ? for exactly one. It takes time
// proportional to the product of both lengths at worst.
func match(tokens []token, text string) bool {
	pattern, positions := flatten(tokens), []rune(text)
	p, t, star, resume := 0, 0, -1, 0
	for t < len(positions) {
		switch {
		case p < len(pattern) && pattern[p].wildcard == '*':
			star, resume = p, t
			p++
		case p < len(pattern) && (pattern[p].wildcard == '?' || (pattern[p].wildcard == 0 && pattern[p].char == positions[t])):
			p++
			t++
		case star >= 0:
			resume++
			p, t = star+1, resume
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p].wildcard == '*' {
		p++
	}
	return p == len(pattern)
}

// element is one character of a pattern, or one wildcard.
type element struct {
	char     rune
	wildcard byte
}

func flatten(tokens []token) []element {
	var elements []element
	for _, token := range tokens {
		if token.wildcard != 0 {
			elements = append(elements, element{wildcard: token.wildcard})
			continue
		}
		for _, char := range token.literal {
			elements = append(elements, element{char: char})
		}
	}
	return elements
}

// fits says whether a text fits a pattern with wildcards and variables.
func fits(pattern, text string, keys Keys, variables bool) bool {
	tokens, known := compile(pattern, keys, variables)
	return known && match(tokens, text)
}
