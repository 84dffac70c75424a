package policy

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	account = "123456789012"
	bucket  = "arn:aws:s3:::reports"
	report  = "arn:aws:s3:::reports/a/b"
)

// decide decides a request by a policy of one statement, given without its braces.
func decide(statement string, request Request) Effect {
	document, err := Parse(fmt.Appendf(nil, `{"Version":"2012-10-17","Statement":{%s}}`, statement))
	Expect(err).NotTo(HaveOccurred())
	return document.Decide(request).Effect
}

var _ = Describe("A policy", func() {
	var request Request

	BeforeEach(func() {
		request = Request{
			Action: "s3:PutObject", Resource: report,
			Principal: Principal{Account: account, ARN: "arn:aws:iam::" + account + ":user/ann"},
			Keys:      Keys{"aws:securetransport": {"true"}},
		}
	})

	DescribeTable("should find what a statement is about",
		func(statement string, applies bool) {
			expected := map[bool]Effect{true: Deny, false: Silent}[applies]
			Expect(decide(`"Effect":"Deny",`+statement, request)).To(Equal(expected))
		},
		Entry("everything", `"Principal":"*","Action":"*","Resource":"*"`, true),
		Entry("the action by a wildcard", `"Principal":"*","Action":"s3:Put*","Resource":"*"`, true),
		Entry("the action in other case", `"Principal":"*","Action":"S3:putobject","Resource":"*"`, true),
		Entry("another action", `"Principal":"*","Action":"s3:GetObject","Resource":"*"`, false),
		Entry("all but the action", `"Principal":"*","NotAction":"s3:PutObject","Resource":"*"`, false),
		Entry("all but another action", `"Principal":"*","NotAction":["s3:GetObject","s3:List*"],"Resource":"*"`, true),
		Entry("the object by a wildcard", `"Principal":"*","Action":"*","Resource":"arn:aws:s3:::reports/*"`, true),
		Entry("the bucket and not the object", `"Principal":"*","Action":"*","Resource":"arn:aws:s3:::reports"`, false),
		Entry("a resource in other case", `"Principal":"*","Action":"*","Resource":"arn:aws:s3:::Reports/*"`, false),
		Entry("all but the object", `"Principal":"*","Action":"*","NotResource":"arn:aws:s3:::reports/a/*"`, false),
		Entry("everybody under AWS", `"Principal":{"AWS":"*"},"Action":"*","Resource":"*"`, true),
		Entry("the caller's account by its number", `"Principal":{"AWS":"123456789012"},"Action":"*","Resource":"*"`, true),
		Entry("the caller's account by its root", `"Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"*","Resource":"*"`, true),
		Entry("the caller", `"Principal":{"AWS":["arn:aws:iam::123456789012:user/ann"]},"Action":"*","Resource":"*"`, true),
		Entry("another caller", `"Principal":{"AWS":"arn:aws:iam::123456789012:user/bob"},"Action":"*","Resource":"*"`, false),
		Entry("another account", `"Principal":{"AWS":"210987654321"},"Action":"*","Resource":"*"`, false),
		Entry("a service", `"Principal":{"Service":"config.amazonaws.com"},"Action":"*","Resource":"*"`, false),
		Entry("all but the caller", `"NotPrincipal":{"AWS":"arn:aws:iam::123456789012:user/ann"},"Action":"*","Resource":"*"`, false),
		Entry("all but another caller", `"NotPrincipal":{"AWS":"arn:aws:iam::123456789012:user/bob"},"Action":"*","Resource":"*"`, true),
		Entry("a condition that holds", `"Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":true}}`, true),
		Entry("a condition that does not hold", `"Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}`, false),
		Entry("two conditions of which one does not hold", `"Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"},"Null":{"aws:SecureTransport":"true"}}`, false),
	)

	It("should find a session by its role", func() {
		request.Principal.ARN = "arn:aws:sts::" + account + ":assumed-role/fn/session"
		statement := `"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123456789012:role/fn"},"Action":"*","Resource":"*"`
		Expect(decide(statement, request)).To(Equal(Deny))
	})

	It("should find a service", func() {
		request.Principal = Principal{Service: "config.amazonaws.com"}
		statement := `"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"s3:PutObject","Resource":"*"`
		Expect(decide(statement, request)).To(Equal(Allow))
	})

	It("should not take an anonymous caller for one of an account", func() {
		request.Principal = Principal{}
		Expect(decide(`"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"*","Resource":"*"`, request)).To(Equal(Silent))
		Expect(decide(`"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"`, request)).To(Equal(Allow))
	})

	DescribeTable("should let a Deny outweigh every Allow",
		func(effects ...Effect) {
			document := &Document{Version: version2012}
			for i, effect := range effects {
				document.Statements = append(document.Statements, Statement{
					Sid: fmt.Sprint(i), Effect: effect, Principals: &Principals{Everyone: true},
					Actions: []string{"*"}, Resources: []string{"*"},
				})
			}
			Expect(document.Decide(request).Effect).To(Equal(Deny))
		},
		Entry("before it", Deny, Allow),
		Entry("after it", Allow, Deny),
		Entry("between others", Allow, Deny, Allow),
	)

	It("should name the statement that decides", func() {
		decision := `"Sid":"tls","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"`
		document, err := Parse([]byte(`{"Statement":[{"Sid":"x","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{` + decision + `}]}`))
		Expect(err).NotTo(HaveOccurred())
		Expect(document.Decide(request)).To(Equal(Decision{Effect: Deny, Sid: "tls"}))
	})

	It("should be silent about what no statement is about", func() {
		Expect(decide(`"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"`+bucket+`"`, request)).To(Equal(Silent))
	})
})
