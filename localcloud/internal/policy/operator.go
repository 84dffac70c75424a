package policy

import (
	"fmt"
	"strings"
)

// Operator is a condition operator, taken apart: ForAllValues:StringNotLikeIfExists.
type Operator struct {
	Base     string // as in the table of operators, like StringLike
	Negated  bool   // StringNotLike and the like
	IfExists bool   // a missing key satisfies it
	Set      string // ForAllValues, ForAnyValue, or empty
}

// Set qualifiers, for keys with several values.
const (
	forAll = "ForAllValues"
	forAny = "ForAnyValue"
)

// null tests whether a key is there at all.
const null = "Null"

// comparison says whether a request's value satisfies a policy's value.
type comparison func(value, pattern string, keys Keys, variables bool) bool

// comparisons are the operators, without their negations.
var comparisons = map[string]comparison{
	"StringEquals":             stringEquals,
	"StringEqualsIgnoreCase":   stringEqualsIgnoreCase,
	"StringLike":               stringLike,
	"NumericEquals":            numeric(func(a, b float64) bool { return a == b }),
	"NumericLessThan":          numeric(func(a, b float64) bool { return a < b }),
	"NumericLessThanEquals":    numeric(func(a, b float64) bool { return a <= b }),
	"NumericGreaterThan":       numeric(func(a, b float64) bool { return a > b }),
	"NumericGreaterThanEquals": numeric(func(a, b float64) bool { return a >= b }),
	"DateEquals":               date(func(order int) bool { return order == 0 }),
	"DateLessThan":             date(func(order int) bool { return order < 0 }),
	"DateLessThanEquals":       date(func(order int) bool { return order <= 0 }),
	"DateGreaterThan":          date(func(order int) bool { return order > 0 }),
	"DateGreaterThanEquals":    date(func(order int) bool { return order >= 0 }),
	"Bool":                     boolean,
	"BinaryEquals":             binary,
	"IpAddress":                ipAddress,
	"ArnEquals":                arnLike,
	"ArnLike":                  arnLike,
}

// negations are the operators that say that none of the values fits.
var negations = map[string]string{
	"StringNotEquals":           "StringEquals",
	"StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
	"StringNotLike":             "StringLike",
	"NumericNotEquals":          "NumericEquals",
	"DateNotEquals":             "DateEquals",
	"NotIpAddress":              "IpAddress",
	"ArnNotEquals":              "ArnEquals",
	"ArnNotLike":                "ArnLike",
}

// parseOperator takes an operator's name apart.
func parseOperator(name string) (Operator, error) {
	var operator Operator
	rest := name
	if set, base, found := strings.Cut(rest, ":"); found {
		if set != forAll && set != forAny {
			return operator, fmt.Errorf("%w: Invalid Condition type : %s", ErrMalformed, name)
		}
		operator.Set, rest = set, base
	}
	if base, found := strings.CutSuffix(rest, "IfExists"); found {
		operator.IfExists, rest = true, base
	}
	if positive, found := negations[rest]; found {
		operator.Negated, rest = true, positive
	}
	operator.Base = rest
	if comparisons[rest] == nil && (rest != null || operator.IfExists || operator.Set != "") {
		return operator, fmt.Errorf("%w: Invalid Condition type : %s", ErrMalformed, name)
	}
	return operator, nil
}

// holds decides a condition.
func (c Condition) holds(keys Keys, variables bool) bool {
	values, found := keys.lookup(c.Key)
	if c.Operator.Base == null {
		return c.nullHolds(found)
	}
	if !found {
		// A missing key satisfies a negation, for it is not the value; and ForAllValues, for there is nothing to break it.
		// It never satisfies ForAnyValue, which demands one value that fits, not even with IfExists.
		return c.Operator.Set == forAll || (c.Operator.Set != forAny && (c.Operator.IfExists || c.Operator.Negated))
	}
	satisfied := func(value string) bool {
		return c.anyFits(value, keys, variables) != c.Operator.Negated
	}
	// Without a set qualifier a key with several values is taken as AWS takes it: a negation must hold for all of
	// them, anything else for one.
	needAll := c.Operator.Set == forAll || (c.Operator.Set == "" && c.Operator.Negated)
	for _, value := range values {
		if satisfied(value) != needAll {
			return !needAll
		}
	}
	return needAll
}

// anyFits says whether one of the policy's values fits a value of the request.
func (c Condition) anyFits(value string, keys Keys, variables bool) bool {
	compare := comparisons[c.Operator.Base]
	for _, pattern := range c.Values {
		if compare(value, pattern, keys, variables) {
			return true
		}
	}
	return false
}

func (c Condition) nullHolds(found bool) bool {
	for _, value := range c.Values {
		if strings.EqualFold(value, "true") != found {
			return true
		}
	}
	return false
}
