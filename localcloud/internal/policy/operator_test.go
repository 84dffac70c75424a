package policy

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// holds decides one condition on one key, k, which has the given values; none means that it is not there.
func holds(operator string, wanted []string, values ...string) bool {
	parsed, err := parseOperator(operator)
	Expect(err).NotTo(HaveOccurred())
	keys := Keys{}
	if len(values) > 0 {
		keys.Set("K", values...)
	}
	return Condition{Operator: parsed, Key: "k", Values: wanted}.holds(keys, true)
}

var _ = Describe("A condition", func() {
	DescribeTable("on a key with one value",
		func(operator, wanted, value string, satisfied bool) {
			Expect(holds(operator, []string{wanted}, value)).To(Equal(satisfied))
		},
		Entry("should compare strings by case", "StringEquals", "a", "A", false),
		Entry("should compare strings without case when asked", "StringEqualsIgnoreCase", "a", "A", true),
		Entry("should take a star literally in StringEquals", "StringEquals", "a*", "ab", false),
		Entry("should take a star as any text in StringLike", "StringLike", "a*c", "abbc", true),
		Entry("should take a question mark as one character", "StringLike", "a?c", "abbc", false),
		Entry("should deny what it negates", "StringNotEquals", "a", "a", false),
		Entry("should negate a pattern", "StringNotLike", "a*", "b", true),
		Entry("should compare numbers as numbers", "NumericLessThan", "10", "9", true),
		Entry("should compare fractions", "NumericLessThan", "1.2", "1.1", true),
		Entry("should not take an equal number for a smaller one", "NumericLessThan", "1.2", "1.2", false),
		Entry("should take an equal number when asked", "NumericLessThanEquals", "1.2", "1.2", true),
		Entry("should satisfy nothing with what is no number", "NumericLessThan", "1.2", "abc", false),
		Entry("should compare greater numbers", "NumericGreaterThan", "7", "8", true),
		Entry("should compare truth without case", "Bool", "true", "True", true),
		Entry("should tell true from false", "Bool", "true", "false", false),
		Entry("should compare dates", "DateLessThan", "2026-01-02T00:00:00Z", "2026-01-01T23:59:59Z", true),
		Entry("should compare a date with seconds since 1970", "DateGreaterThan", "1700000000", "2026-01-01T00:00:00Z", true),
		Entry("should find an address in its block", "IpAddress", "10.0.0.0/8", "10.1.2.3", true),
		Entry("should not find an address in another block", "IpAddress", "10.0.0.0/8", "11.1.2.3", false),
		Entry("should take an address alone as itself", "IpAddress", "::1", "::1", true),
		Entry("should negate a block", "NotIpAddress", "10.0.0.0/8", "11.1.2.3", true),
		Entry("should match an ARN part by part", "ArnLike", "arn:aws:events:*:123456789012:rule/x*", "arn:aws:events:us-east-1:123456789012:rule/xy", true),
		Entry("should not let a star cross from one part of an ARN into the next", "ArnLike", "arn:aws:events:*:rule/x", "arn:aws:events:us-east-1:123456789012:rule/x", false),
		Entry("should let ArnEquals take wildcards too", "ArnEquals", "arn:aws:sns:*:*:t", "arn:aws:sns:eu-west-1:1:t", true),
		Entry("should negate an ARN", "ArnNotLike", "arn:aws:sns:*:*:t", "arn:aws:sns:eu-west-1:1:u", true),
		Entry("should compare bytes", "BinaryEquals", "QUI=", "QUI=", true),
	)

	DescribeTable("on a key that is not there",
		func(operator string, satisfied bool) {
			Expect(holds(operator, []string{"a"})).To(Equal(satisfied))
		},
		Entry("should not be satisfied", "StringEquals", false),
		Entry("should be satisfied by a negation", "StringNotEquals", true),
		Entry("should be satisfied by a negation if it exists", "StringNotEqualsIfExists", true),
		Entry("should be satisfied if it exists", "StringEqualsIfExists", true),
		Entry("should be satisfied for all values", "ForAllValues:StringEquals", true),
		Entry("should not be satisfied for any value", "ForAnyValue:StringEquals", false),
		Entry("should not be satisfied by a negation for any value", "ForAnyValue:StringNotEquals", false),
		Entry("should be satisfied by a negated address", "NotIpAddress", true),
		Entry("should not be satisfied by a truth value", "Bool", false),
	)

	DescribeTable("on a key with several values",
		func(operator string, wanted, values []string, satisfied bool) {
			Expect(holds(operator, wanted, values...)).To(Equal(satisfied))
		},
		Entry("should hold for any value that fits", "ForAnyValue:StringEquals", []string{"a", "b"}, []string{"c", "b"}, true),
		Entry("should not hold for any value where none fits", "ForAnyValue:StringEquals", []string{"a"}, []string{"b", "c"}, false),
		Entry("should hold for all values that fit", "ForAllValues:StringEquals", []string{"a", "b"}, []string{"a", "b"}, true),
		Entry("should not hold for all values where one does not fit", "ForAllValues:StringEquals", []string{"a"}, []string{"a", "b"}, false),
		Entry("should hold for any value that a negation spares", "ForAnyValue:StringNotEquals", []string{"a"}, []string{"a", "b"}, true),
		Entry("should hold a negation for all values only", "StringNotEquals", []string{"a"}, []string{"a", "b"}, false),
	)

	It("should be satisfied by one of several wanted values", func() {
		Expect(holds("StringEquals", []string{"a", "b"}, "b")).To(BeTrue())
	})

	It("should not be satisfied by a negation when one of several values fits", func() {
		Expect(holds("StringNotEquals", []string{"a", "b"}, "b")).To(BeFalse())
	})

	DescribeTable("of the operator Null",
		func(wanted string, there, satisfied bool) {
			values := map[bool][]string{true: {"x"}, false: nil}[there]
			Expect(holds("Null", []string{wanted}, values...)).To(Equal(satisfied))
		},
		Entry("should hold for a missing key when it is to be missing", "true", false, true),
		Entry("should not hold for a key that is there when it is to be missing", "true", true, false),
		Entry("should hold for a key that is there when it is not to be missing", "false", true, true),
		Entry("should not hold for a missing key when it is not to be missing", "false", false, false),
	)

	DescribeTable("of an operator that does not exist should be malformed",
		func(operator string) {
			_, err := parseOperator(operator)
			Expect(err).To(MatchError(ErrMalformed))
		},
		Entry("a misspelled one", "StringEqual"),
		Entry("a set of what is no set", "ForSomeValues:StringEquals"),
		Entry("Null if it exists", "NullIfExists"),
		Entry("Null for all values", "ForAllValues:Null"),
		Entry("nothing", ""),
	)

	It("should read policy variables", func() {
		keys := Keys{}
		keys.Set("aws:username", "ann")
		keys.Set("s3:prefix", "home/ann/x")
		operator, err := parseOperator("StringLike")
		Expect(err).NotTo(HaveOccurred())
		condition := Condition{Operator: operator, Key: "s3:prefix", Values: []string{"home/${aws:username}/*"}}
		Expect(condition.holds(keys, true)).To(BeTrue())
		Expect(condition.holds(keys, false)).To(BeFalse(), "the language of 2008 has no variables")
	})

	It("should read policy variables where there are no wildcards", func() {
		Expect(stringEquals("home-ann", "home-${aws:username}", Keys{"aws:username": {"ann"}}, true)).To(BeTrue())
		Expect(stringEquals("a*-ann", "a*-${aws:username}", Keys{"aws:username": {"ann"}}, true)).To(BeTrue())
		Expect(stringEquals("home-", "home-${aws:username}", Keys{}, true)).To(BeFalse())
	})

	It("should not split an ARN within a variable", func() {
		keys := Keys{"aws:principalaccount": {"123456789012"}}
		Expect(arnFits("arn:aws:sns:*:${aws:PrincipalAccount}:t", "arn:aws:sns:eu-west-1:123456789012:t", keys, true)).To(BeTrue())
		Expect(arnFits("arn:aws:sns:*:${aws:PrincipalAccount}:t", "arn:aws:sns:eu-west-1:210987654321:t", keys, true)).To(BeFalse())
	})

	It("should take the default of a variable that has no value, and fit nothing where there is none", func() {
		Expect(fits("${aws:username, 'nobody'}", "nobody", Keys{}, true)).To(BeTrue())
		Expect(fits("${aws:username}", "", Keys{}, true)).To(BeFalse())
	})

	It("should take a wildcard from a variable's value literally", func() {
		keys := Keys{}
		keys.Set("aws:username", "a*")
		Expect(fits("${aws:username}", "ab", keys, true)).To(BeFalse())
		Expect(fits("${aws:username}", "a*", keys, true)).To(BeTrue())
		Expect(fits("x${*}", "xy", keys, true)).To(BeFalse())
	})
})
