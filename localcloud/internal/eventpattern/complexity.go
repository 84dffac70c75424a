package eventpattern

import (
	"fmt"
	"maps"
	"slices"
)

// MaxComplexity is how many beginnings of a field's wildcard patterns one value may fit at a time, at worst. AWS names
// the measure, which its engine computes, and not its limit; 10 is what others found, and agrees with patterns that are
// known to have been refused and taken (not verified with AWS).
const MaxComplexity = 10

// maxStates bounds the search for the worst value. Patterns that need more are too complex, too.
const maxStates = 20_000

// anyByte stands for the bytes that no pattern has, and star for *.
const (
	anyByte = -1
	star    = -2
)

// complexity is the greatest of all fields, counted up to one above the limit.
func (p *Pattern) complexity() int {
	greatest := 0
	for _, alternative := range p.alternatives {
		for _, demand := range alternative {
			greatest = max(greatest, complexityOf(wildcardsOf(demand.matchers)))
		}
	}
	return greatest
}

// costly is a wildcard pattern. Those of one anything-but have the same owner.
type costly struct {
	owner  string
	tokens []int
}

// wildcardsOf are the wildcard patterns among matchers, each once.
func wildcardsOf(matchers []matcher) []costly {
	var found []costly
	add := func(owner string, one wildcard) {
		same := func(other costly) bool { return other.owner == owner && slices.Equal(other.tokens, one.tokens()) }
		if !slices.ContainsFunc(found, same) {
			found = append(found, costly{owner, one.tokens()})
		}
	}
	for _, one := range matchers {
		switch one := one.(type) {
		case wildcard:
			add(fmt.Sprintf("%q", []string(one)), one)
		case anythingBut:
			var excluded []string
			for _, nested := range wildcardsOf(one) {
				excluded = append(excluded, nested.owner)
			}
			slices.Sort(excluded)
			for _, nested := range one {
				if nested, ok := nested.(wildcard); ok {
					add(fmt.Sprint("but ", excluded), nested)
				}
			}
		}
	}
	return found
}

// count counts beginnings. Those of one owner that are the same up to their first star are one; and so are whole patterns.
func count(patterns []costly, state map[position]bool) int {
	distinct := map[string]bool{}
	for at := range state {
		pattern := patterns[at.pattern]
		beginning := pattern.tokens[:at.length]
		switch first := slices.Index(beginning, star); {
		case at.length == len(pattern.tokens):
			distinct[pattern.owner] = true
		case first < 0 || first == at.length-1:
			distinct[fmt.Sprint(pattern.owner, beginning)] = true
		default:
			distinct[fmt.Sprint(at)] = true
		}
	}
	return len(distinct)
}

// tokens are the bytes of a pattern in its quotes, and its stars.
func (m wildcard) tokens() []int {
	tokens := []int{'"'}
	for i, piece := range m {
		if i > 0 {
			tokens = append(tokens, star)
		}
		for _, char := range []byte(piece) {
			tokens = append(tokens, int(char))
		}
	}
	return append(tokens, '"')
}

// position is a beginning of a pattern: its first tokens.
type position struct{ pattern, length int }

// complexityOf tries all values, byte by byte, and counts the beginnings that fit: the states of an automaton that
// follows all of them at a time.
func complexityOf(patterns []costly) int {
	if len(patterns) == 0 {
		return 0
	}
	alphabet := map[int]bool{anyByte: true}
	start := map[position]bool{}
	for i, one := range patterns {
		start[position{pattern: i}] = true
		for _, token := range one.tokens {
			if token != star {
				alphabet[token] = true
			}
		}
	}
	greatest, seen, pending := 0, map[string]bool{}, []map[position]bool{start}
	for len(pending) > 0 {
		state := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for char := range alphabet {
			next := step(patterns, state, char)
			greatest = max(greatest, count(patterns, next))
			key := fmt.Sprint(slices.SortedFunc(maps.Keys(next), comparePositions))
			if len(next) == 0 || seen[key] {
				continue
			}
			if seen[key] = true; greatest > MaxComplexity || len(seen) > maxStates {
				return MaxComplexity + 1
			}
			pending = append(pending, next)
		}
	}
	return greatest
}

func comparePositions(a, b position) int {
	if a.pattern != b.pattern {
		return a.pattern - b.pattern
	}
	return a.length - b.length
}

// step is which beginnings fit after one more byte.
func step(patterns []costly, state map[position]bool, char int) map[position]bool {
	next := map[position]bool{}
	reach := func(at position) {
		next[at] = true
		if tokens := patterns[at.pattern].tokens; at.length < len(tokens) && tokens[at.length] == star {
			next[position{at.pattern, at.length + 1}] = true // a star may stand for nothing
		}
	}
	for at := range state {
		tokens := patterns[at.pattern].tokens
		if at.length > 0 && tokens[at.length-1] == star {
			reach(at)
		}
		if at.length < len(tokens) && tokens[at.length] == char {
			reach(position{at.pattern, at.length + 1})
		}
	}
	return next
}
