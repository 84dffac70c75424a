package policydoc_test

import (
	"net/url"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
)

const written = `{"Version": "2012-10-17", "Id": "default", "Statement": [
	{"Sid": "B", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
	 "Resource": ["b", "a"], "Condition": {"ArnLike": {"AWS:SourceArn": ["y", "x"]}}},
	{"Sid": "A", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["s3:*"], "Resource": "c",
	 "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}`

var _ = Describe("A policy document", func() {
	It("should be the same whatever the order and whether single values stand in lists", func() {
		Expect(policydoc.Parse(written)).To(Equal(policydoc.Document{
			"A": policydoc.DenyPlainHTTP("s3:*", "c"),
			"B": policydoc.Allow([]string{"sqs:SendMessage"}, "a", "b").From("events.amazonaws.com").
				If("ArnLike", "aws:SourceArn", "x", "y"),
		}))
	})

	It("should be read as IAM encodes it, too", func() {
		encoded := url.QueryEscape(written)
		plain, err := policydoc.Parse(written)
		Expect(err).NotTo(HaveOccurred())
		Expect(policydoc.Decode(&encoded)).To(Equal(plain))
		encoded = "%zz"
		Expect(policydoc.Decode(&encoded)).Error().To(MatchError(ContainSubstring("decoding the policy document %zz")))
	})

	DescribeTable("should differ from one that differs in",
		func(other policydoc.Statement) {
			base := policydoc.Allow([]string{"s3:GetObject"}, "a").If("Null", "k", "true")
			Expect(other).NotTo(Equal(base))
		},
		Entry("an action", policydoc.Allow([]string{"s3:PutObject"}, "a").If("Null", "k", "true")),
		Entry("one more action", policydoc.Allow([]string{"s3:GetObject", "s3:PutObject"}, "a").If("Null", "k", "true")),
		Entry("a resource", policydoc.Allow([]string{"s3:GetObject"}, "b").If("Null", "k", "true")),
		Entry("a condition's operator", policydoc.Allow([]string{"s3:GetObject"}, "a").If("Bool", "k", "true")),
		Entry("a condition's key", policydoc.Allow([]string{"s3:GetObject"}, "a").If("Null", "l", "true")),
		Entry("a condition's value", policydoc.Allow([]string{"s3:GetObject"}, "a").If("Null", "k", "false")),
		Entry("one more condition",
			policydoc.Allow([]string{"s3:GetObject"}, "a").If("Null", "k", "true").If("Null", "l", "true")),
		Entry("a principal", policydoc.Allow([]string{"s3:GetObject"}, "a").If("Null", "k", "true").From("sns.amazonaws.com")),
	)

	DescribeTable("should be refused where it",
		func(text, complaint string) {
			Expect(policydoc.Parse(text)).Error().To(MatchError(ContainSubstring(complaint)))
		},
		Entry("is no JSON", "{", "unexpected EOF"),
		Entry("is of another version", `{"Version": "2008-10-17", "Statement": []}`, `version is "2008-10-17"`),
		Entry("has no statement", `{"Version": "2012-10-17", "Statement": []}`, "no statement"),
		Entry("has an element that nobody would look at",
			`{"Version": "2012-10-17", "Statement": [{"Sid": "A", "NotAction": "s3:*"}]}`, `unknown field "NotAction"`),
		Entry("has a statement without a Sid", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}`, `Sid ""`),
		Entry("has a Sid twice", `{"Version": "2012-10-17", "Statement": [{"Sid": "A"}, {"Sid": "A"}]}`, `Sid "A"`),
	)
})
