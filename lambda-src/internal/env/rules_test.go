package env_test

import (
	"encoding/json"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
)

var _ = Describe("Settings of rules", func() {
	allowed := catalogue.Rule{Name: "ec2-instance-type", Parameters: map[string]string{"instanceType": "t3.micro"}}

	It("should be the defaults and the catalogue's parameters where nothing is said", func() {
		Expect(env.Rules{}.Of(allowed)).To(Equal(env.Rule{Limit: 10, Parameters: map[string]string{"instanceType": "t3.micro"}}))
	})

	It("should be a rule's own over those of every rule", func() {
		rules, err := env.ParseRules(`{"*":{"limit":20},"ec2-instance-type":{"limit":3,"allowDisruption":true,"parameters":{"instanceType":"m7g.large"}}}`)
		Expect(err).NotTo(HaveOccurred())
		Expect(rules.Of(allowed)).To(Equal(env.Rule{
			Limit: 3, AllowDisruption: true, Parameters: map[string]string{"instanceType": "m7g.large"},
		}))
		Expect(rules.Of(catalogue.Rule{Name: "other"})).To(Equal(env.Rule{Limit: 20}))
	})

	It("should be able to say that a rule is deployed without parameters", func() {
		rules, err := env.ParseRules(`{"ec2-instance-type":{"parameters":{}}}`)
		Expect(err).NotTo(HaveOccurred())
		Expect(rules.Of(allowed).Parameters).To(BeEmpty())
	})

	It("should be refused with every fault at once", func() {
		_, err := env.ParseRules(`{"Bad":{},"":{},"*":{"allowDisruption":true},"low":{"limit":-1},"high":{"limit":1001},"good":{"limit":1000}}`)
		Expect(err).To(MatchError(And(
			ContainSubstring(`"Bad" is not the short name of a rule`), ContainSubstring(`"" is not the short name of a rule`),
			ContainSubstring(`rule "*" has more than a limit`), ContainSubstring(`rule "low" has limit -1: expected a whole number from 1 to 1000`),
			ContainSubstring(`rule "high" has limit 1001`), Not(ContainSubstring("good")),
		)))
	})

	DescribeTable("should be refused",
		func(text, why string) {
			_, err := env.ParseRules(text)
			Expect(err).To(MatchError(And(ContainSubstring("expected a JSON object"), ContainSubstring(why))))
		},
		Entry("when they are null", `null`, "it is null"),
		Entry("when they are a list", `[]`, "array"),
		Entry("with a field that is not known", `{"a":{"limits":1}}`, "limits"),
		Entry("with more after them", `{}{}`, "more after"),
		Entry("with a limit that is no number", `{"a":{"limit":"1"}}`, "limit"),
	)

	It("should be refused when they are cut off anywhere", func() {
		text := `{"*":{"limit":20},"a":{"limit":3,"parameters":{"b":"c"}}}`
		for length := range len(text) {
			_, err := env.ParseRules(text[:length])
			Expect(err).To(HaveOccurred(), text[:length])
		}
	})
})

func FuzzParseRules(f *testing.F) {
	for _, seed := range []string{
		`{"s3-encryption":{"limit":5}}`, `{"*":{"limit":20}}`, `{}`, `null`, `[]`, ``, `{"a":1}`, `{"a":{"parameters":null}}`,
		`{"a":{"limit":5},"a":{}}`, `{"a":{}}x`, `{"a":{"allowDisruption":true}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := env.ParseRules(text)
		if err == nil && !json.Valid([]byte(text)) {
			t.Fatal("read what is not JSON")
		}
		for _, name := range []string{"a", "s3-encryption"} {
			if limit := rules.Of(catalogue.Rule{Name: name}).Limit; limit < names.LeastBreakerLimit || limit > names.MostBreakerLimit {
				t.Fatalf("rule %s has limit %d", name, limit)
			}
		}
	})
}
