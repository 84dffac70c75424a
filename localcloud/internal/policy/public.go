package policy

import (
	"slices"
	"strings"
)

// narrowing are the condition keys that keep a statement for everybody from being public, given a positive operator.
var narrowing = []string{
	"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
	"aws:sourcearn", "aws:sourceip", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid",
	"s3:dataaccesspointaccount", "s3:dataaccesspointarn",
}

// Public says whether a statement lets everybody in: it allows anyone something, and no condition narrows it.
func (s Statement) Public() bool {
	return s.Effect == Allow && s.Principals != nil && s.Principals.Everyone && !s.Narrowed()
}

// Narrowed says whether a condition ties a statement to an account, an organization, a network or a source.
func (s Statement) Narrowed() bool {
	return slices.ContainsFunc(s.Conditions, func(condition Condition) bool {
		return !condition.Operator.Negated && slices.Contains(narrowing, strings.ToLower(condition.Key))
	})
}
