package policy

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// text draws short texts of few letters, so that patterns often nearly fit.
var text = rapid.StringMatching(`[ab/:*?é]{0,12}`)

func TestGlobAgreesWithARegularExpression(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab/:*?é]{0,10}`).Draw(t, "pattern")
		value := text.Draw(t, "value")
		expression := strings.NewReplacer(`\*`, `[\s\S]*`, `\?`, `[\s\S]`).Replace(regexp.QuoteMeta(pattern))
		expected := regexp.MustCompile("^" + expression + "$").MatchString(value)
		if got := fits(pattern, value, nil, true); got != expected {
			t.Fatalf("%q fits %q: %t, by a regular expression %t", value, pattern, got, expected)
		}
	})
}

func TestANegationIsTheContraryWhereTheKeyIsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		negated := rapid.SampledFrom([]string{"StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "NumericNotEquals", "NotIpAddress", "ArnNotLike"}).Draw(t, "operator")
		wanted := rapid.SliceOfN(text, 1, 3).Draw(t, "wanted")
		keys := Keys{"k": {text.Draw(t, "value")}}
		negation, positive := Condition{Key: "k", Values: wanted}, Condition{Key: "k", Values: wanted}
		negation.Operator, _ = parseOperator(negated)
		positive.Operator, _ = parseOperator(negations[negated])
		if negation.holds(keys, true) == positive.holds(keys, true) {
			t.Fatalf("%s and its contrary agree on %v for %v", negated, keys, wanted)
		}
	})
}

func TestDecisionsDoNotDependOnTheOrderOfStatements(t *testing.T) {
	statement := rapid.Custom(func(t *rapid.T) Statement {
		return Statement{
			Effect:     rapid.SampledFrom([]Effect{Allow, Deny}).Draw(t, "effect"),
			Principals: &Principals{Everyone: true},
			Actions:    []string{rapid.SampledFrom([]string{"s3:*", "s3:GetObject", "s3:PutObject"}).Draw(t, "action")},
			Resources:  []string{rapid.SampledFrom([]string{"*", "arn:aws:s3:::a/*", "arn:aws:s3:::b/*"}).Draw(t, "resource")},
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		statements := rapid.SliceOfN(statement, 1, 6).Draw(t, "statements")
		request := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a/k"}
		decided := (&Document{Statements: statements}).Decide(request).Effect
		shuffled := rapid.Permutation(statements).Draw(t, "shuffled")
		if again := (&Document{Statements: shuffled}).Decide(request).Effect; again != decided {
			t.Fatalf("%q, and in another order %q", decided, again)
		}
		denied := (&Document{Statements: append(shuffled, Statement{
			Effect: Deny, Principals: &Principals{Everyone: true}, Actions: []string{"*"}, Resources: []string{"*"},
		})}).Decide(request).Effect
		if denied != Deny {
			t.Fatalf("a statement that denies everything was outweighed: %q", denied)
		}
	})
}
