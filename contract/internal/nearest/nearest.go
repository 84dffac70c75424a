// Package nearest finds the names that a misspelt or misremembered name may have meant.
package nearest

import (
	"cmp"
	"slices"
	"strings"
)

// typo is the largest edit distance that is taken for a slip of the finger rather than for another name.
const typo = 2

// Names lists up to most of the candidates, the likeliest first: slips of the finger, then the candidates that share
// the most words with name (RESTRICTED_SSH is not spelt like INCOMING_SSH_DISABLED), then those spelt most like it.
func Names(name string, candidates []string, most int) []string {
	type scored struct {
		name             string
		shared, distance int
	}
	wanted := words(name)
	ranking := make([]scored, 0, len(candidates))
	for _, candidate := range candidates {
		distance := Distance(strings.ToLower(name), strings.ToLower(candidate))
		ranking = append(ranking, scored{candidate, shared(wanted, words(candidate)), distance})
	}
	slices.SortFunc(ranking, func(a, b scored) int {
		return cmp.Or(
			cmp.Compare(min(a.distance, typo+1), min(b.distance, typo+1)),
			cmp.Compare(b.shared, a.shared),
			cmp.Compare(a.distance, b.distance),
			cmp.Compare(a.name, b.name),
		)
	})
	var out []string
	for _, candidate := range ranking[:min(most, len(ranking))] {
		out = append(out, candidate.name)
	}
	return out
}

// Distance is the number of characters to insert, remove or replace to make b out of a (Levenshtein's distance).
func Distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for column := range row {
		row[column] = column
	}
	for i, have := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, want := range to {
			replaced := diagonal
			if have != want {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, diagonal+1, row[j]+1)
		}
	}
	return row[len(to)]
}

func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == '-' })
}

// shared counts the words that a candidate has, too; ENABLED and the like say nothing and do not count.
func shared(wanted, words []string) int {
	count := 0
	for _, word := range wanted {
		if !slices.Contains([]string{"enabled", "check", "prohibited"}, word) && slices.Contains(words, word) {
			count++
		}
	}
	return count
}
