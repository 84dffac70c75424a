package s3svc

import (
	"encoding/xml"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// parsed reads a policy of one statement, given without its braces.
func parsed(statement string) *policy.Document {
	document, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":{` + statement + `}}`))
	Expect(err).NotTo(HaveOccurred())
	return document
}

var _ = Describe("A bucket policy", func() {
	DescribeTable("should be refused",
		func(statement, message string) {
			Expect(checkPolicy(parsed(statement), "b")).To(MatchError(HaveSuffix(message)))
		},
		Entry("without a principal", `"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b"`, "Missing required field Principal"),
		Entry("with a principal that is a name", `"Effect":"Deny","Principal":{"AWS":"ann"},"Action":"s3:*","Resource":"arn:aws:s3:::b"`, "Invalid principal in policy"),
		Entry("with a wildcard in a principal", `"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123456789012:role/*"},"Action":"s3:*","Resource":"arn:aws:s3:::b"`, "Invalid principal in policy"),
		Entry("with a service that is none", `"Effect":"Deny","Principal":{"Service":"config"},"Action":"s3:*","Resource":"arn:aws:s3:::b"`, "Invalid principal in policy"),
		Entry("with an action that is none", `"Effect":"Deny","Principal":"*","Action":"s3:PutObjects","Resource":"arn:aws:s3:::b/*"`, "Policy has invalid action"),
		Entry("with an action of another service", `"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"arn:aws:s3:::b"`, "Policy has invalid action"),
		Entry("with an action on objects and only the bucket", `"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b"`, "Action does not apply to any resource(s) in statement"),
		Entry("with an action on the bucket and only objects", `"Effect":"Deny","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::b/*"`, "Action does not apply to any resource(s) in statement"),
		Entry("without a resource", `"Effect":"Deny","Principal":"*","NotAction":"s3:GetObject"`, "Missing required field Resource"),
		Entry("with another bucket", `"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::c/*"`, "Policy has invalid resource"),
		Entry("with a bucket whose name only begins the same", `"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::bb"`, "Policy has invalid resource"),
		Entry("with a condition key that does not exist", `"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b","Condition":{"Bool":{"aws:SecureTransports":"false"}}`, "Policy has an invalid condition key"),
	)

	DescribeTable("should be accepted",
		func(statement string) { Expect(checkPolicy(parsed(statement), "b")).To(Succeed()) },
		Entry("for the bucket and its objects", `"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]`),
		Entry("with wildcards", `"Effect":"Deny","Principal":"*","Action":"s3:Put*","Resource":"arn:aws:s3:::b*"`),
		Entry("for a role and a service", `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/x","Service":"config.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/AWSLogs/*"`),
		Entry("with a tag in a condition", `"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"s3:ExistingObjectTag/secret":"yes"}}`),
		Entry("for all but some actions", `"Effect":"Deny","Principal":"*","NotAction":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`),
	)

	DescribeTable("should be public or not",
		func(statement string, expected bool) { Expect(public(parsed(statement))).To(Equal(expected)) },
		Entry("when it lets everybody in", `"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, true),
		Entry("when it only denies", `"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, false),
		Entry("when it lets an account in", `"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, false),
		Entry("when a condition names an account", `"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}`, false),
		Entry("when a condition excludes an account only", `"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"aws:SourceAccount":"123456789012"}}`, true),
		Entry("when a condition says nothing of who", `"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}`, true),
	)
})

// named reads the IDs of a lifecycle configuration's rules.
func named(document []byte) ([]string, error) {
	var configuration struct {
		Rules []struct {
			ID string `xml:"ID"`
		} `xml:"Rule"`
	}
	err := xml.Unmarshal(document, &configuration)
	ids := make([]string, 0, len(configuration.Rules))
	for _, rule := range configuration.Rules {
		ids = append(ids, rule.ID)
	}
	return ids, err
}

var _ = Describe("A lifecycle configuration", func() {
	It("should get an ID for each rule without one, and stay as it is otherwise", func() {
		before := `<LifecycleConfiguration xmlns="x"><Rule><ID>a</ID><Filter><Prefix>ID</Prefix></Filter></Rule><Rule><Status>Enabled</Status></Rule></LifecycleConfiguration>`
		after, err := nameRules([]byte(before))
		Expect(err).NotTo(HaveOccurred())
		ids, err := named(after)
		Expect(err).NotTo(HaveOccurred())
		Expect(ids).To(HaveExactElements(Equal("a"), Not(BeEmpty())))
		Expect(strings.Replace(string(after), "<ID>"+ids[1]+"</ID>", "", 1)).To(Equal(before))
	})

	It("should be refused when it is no XML", func() {
		_, err := nameRules([]byte(`<LifecycleConfiguration><Rule>`))
		Expect(err).To(MatchError(ContainSubstring("reading the lifecycle configuration")))
	})
})

func FuzzNameRules(f *testing.F) {
	f.Add(`<LifecycleConfiguration><Rule><ID>a</ID></Rule><Rule></Rule></LifecycleConfiguration>`)
	f.Add(`<a><Rule><x><ID/></x></Rule><Rule/></a>`)
	f.Add(`</a>`)
	f.Fuzz(func(t *testing.T, document string) {
		after, err := nameRules([]byte(document))
		if err == nil && len(after) < len(document) {
			t.Fatalf("%q lost something: %q", document, after)
		}
	})
}
