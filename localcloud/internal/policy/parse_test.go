package policy

import (
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// whole is a statement that has everything it needs.
const whole = `"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"`

var _ = Describe("Parsing a policy", func() {
	It("should read every element", func() {
		document, err := Parse([]byte(`{
			"Version": "2012-10-17", "Id": "p",
			"Statement": [{
				"Sid": "one", "Effect": "Deny",
				"NotPrincipal": {"AWS": ["1", "2"], "Service": "x.amazonaws.com", "Federated": "f", "CanonicalUser": "c"},
				"NotAction": ["s3:GetObject"], "NotResource": "arn:aws:s3:::b",
				"Condition": {"NumericLessThan": {"s3:TlsVersion": 1.2}, "ForAnyValue:StringNotLikeIfExists": {"k": ["a", true]}}
			}]
		}`))
		Expect(err).NotTo(HaveOccurred())
		Expect(document).To(Equal(&Document{
			Version: "2012-10-17", ID: "p",
			Statements: []Statement{{
				Sid: "one", Effect: Deny,
				NotPrincipals: &Principals{
					AWS: []string{"1", "2"}, Service: []string{"x.amazonaws.com"}, Federated: []string{"f"}, Canonical: []string{"c"},
				},
				NotActions: []string{"s3:GetObject"}, NotResources: []string{"arn:aws:s3:::b"},
				Conditions: []Condition{
					{Operator: Operator{Base: "NumericLessThan"}, Key: "s3:TlsVersion", Values: []string{"1.2"}},
					{Operator: Operator{Base: "StringLike", Negated: true, IfExists: true, Set: "ForAnyValue"}, Key: "k", Values: []string{"a", "true"}},
				},
			}},
		}))
	})

	It("should take a policy without a version for one of 2008", func() {
		document, err := Parse([]byte(`{"Statement":{` + whole + `}}`))
		Expect(err).NotTo(HaveOccurred())
		Expect(document.Version).To(Equal(version2008))
	})

	DescribeTable("should refuse, and say why,",
		func(text, reason string) {
			_, err := Parse([]byte(text))
			Expect(err).To(MatchError(ErrMalformed))
			Expect(err).To(MatchError(ContainSubstring(reason)))
		},
		Entry("nothing", ``, "first byte must be '{'"),
		Entry("an array", `[]`, "first byte must be '{'"),
		Entry("half of a policy", `{"Statement":[{`, "invalid Json"),
		Entry("something after a policy", `{"Statement":{`+whole+`}} x`, "invalid Json"),
		Entry("an element twice", `{"Statement":{`+whole+`,"Effect":"Allow"}}`, "duplicate keys: Effect"),
		Entry("an unknown element", `{"Statement":{`+whole+`,"Resources":"*"}}`, "Unknown field Resources"),
		Entry("an element in the wrong case", `{"statement":{`+whole+`}}`, "Unknown field statement"),
		Entry("an unknown version", `{"Version":"2013-01-01","Statement":{`+whole+`}}`, "valid version string"),
		Entry("no statement", `{"Version":"2012-10-17"}`, "Missing required field Statement"),
		Entry("no statements", `{"Statement":[]}`, "Missing required field Statement"),
		Entry("a statement that is none", `{"Statement":["x"]}`, "a statement must be an object"),
		Entry("no effect", `{"Statement":{"Principal":"*","Action":"*","Resource":"*"}}`, "Missing required field Effect"),
		Entry("another effect", `{"Statement":{"Effect":"deny","Principal":"*","Action":"*","Resource":"*"}}`, "Invalid effect: deny"),
		Entry("no action", `{"Statement":{"Effect":"Deny","Principal":"*","Resource":"*"}}`, "Missing required field Action"),
		Entry("an empty action", `{"Statement":{"Effect":"Deny","Principal":"*","Action":"","Resource":"*"}}`, "Action must be a string or a list"),
		Entry("an empty list of actions", `{"Statement":{"Effect":"Deny","Principal":"*","Action":[],"Resource":"*"}}`, "Action must be a string or a list"),
		Entry("a number for an action", `{"Statement":{"Effect":"Deny","Principal":"*","Action":[1],"Resource":"*"}}`, "Action must be a string or a list"),
		Entry("both kinds of action", `{"Statement":{`+whole+`,"NotAction":"*"}}`, "both Action and NotAction"),
		Entry("both kinds of resource", `{"Statement":{`+whole+`,"NotResource":"*"}}`, "both Resource and NotResource"),
		Entry("both kinds of principal", `{"Statement":{`+whole+`,"NotPrincipal":"*"}}`, "both Principal and NotPrincipal"),
		Entry("an Allow for all but some", `{"Statement":{"Effect":"Allow","NotPrincipal":"*","Action":"*","Resource":"*"}}`, "Allow with NotPrincipal"),
		Entry("a principal that is a name", `{"Statement":{"Effect":"Deny","Principal":"ann","Action":"*","Resource":"*"}}`, "Principal must be"),
		Entry("a principal of an unknown kind", `{"Statement":{"Effect":"Deny","Principal":{"Aws":"*"},"Action":"*","Resource":"*"}}`, "Invalid principal in policy: Aws"),
		Entry("the same Sid twice", `{"Statement":[{"Sid":"a",`+whole+`},{"Sid":"a",`+whole+`}]}`, "must be unique: a"),
		Entry("a Sid that is no string", `{"Statement":{"Sid":1,`+whole+`}}`, "Sid must be a string"),
		Entry("a condition that is none", `{"Statement":{`+whole+`,"Condition":[]}}`, "Condition must be an object"),
		Entry("an unknown operator", `{"Statement":{`+whole+`,"Condition":{"Equals":{"k":"v"}}}}`, "Invalid Condition type : Equals"),
		Entry("an operator without keys", `{"Statement":{`+whole+`,"Condition":{"Bool":"true"}}}`, "Bool must be an object"),
		Entry("an object for a condition's value", `{"Statement":{`+whole+`,"Condition":{"Bool":{"k":{}}}}}`, "condition key k"),
	)
})

func FuzzParse(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{` + whole + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`)
	f.Add(`{"Statement":{"Effect":"Allow","Principal":{"AWS":["1"]},"NotAction":"a?b*${x}","NotResource":["r"]}}`)
	f.Add(`{"Statement":{` + whole + `,"Condition":{"ForAllValues:ArnNotLikeIfExists":{"k":[1,true,"${k, 'd'}"]}}}}`)
	f.Add(strings.Repeat(`{"Statement":[`, 50))
	f.Fuzz(func(t *testing.T, text string) {
		document, err := Parse([]byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), ErrMalformed.Error()) {
				t.Fatalf("another error than of a malformed policy: %v", err)
			}
			return
		}
		if len(document.Statements) == 0 {
			t.Fatal("a policy without statements was accepted")
		}
		// Whatever is accepted can be decided by.
		document.Decide(Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Keys: Keys{"k": {"v"}}})
	})
}
