package configsvc

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const ruleList = `{"ManagedRules":{
	"CHANGED":{"Trigger type":"Configuration changes"},
	"PERIODIC":{"Trigger type":"Periodic"},
	"BOTH":{"Trigger type":"Configuration changes and Periodic"},
	"ODD":{"Trigger type":"Configuration changes (current status not checked, only evaluated when changes generate new events)"}}}`

var triggers = Triggers{
	"CHANGED": {OnChange: true}, "PERIODIC": {Periodic: true}, "BOTH": {OnChange: true, Periodic: true}, "ODD": {OnChange: true},
}

var _ = Describe("The triggers of managed rules", func() {
	It("should be read from moto's list", func() {
		var zipped bytes.Buffer
		writer := gzip.NewWriter(&zipped)
		_, err := writer.Write([]byte(ruleList))
		Expect(err).NotTo(HaveOccurred())
		Expect(writer.Close()).To(Succeed())
		path := filepath.Join(GinkgoT().TempDir(), "rules.json.gz")
		Expect(os.WriteFile(path, zipped.Bytes(), 0o600)).To(Succeed())
		Expect(LoadTriggers(path)).To(Equal(triggers))
	})

	It("should be missed aloud", func() {
		_, err := LoadTriggers(filepath.Join(GinkgoT().TempDir(), "none"))
		Expect(err).To(MatchError(ContainSubstring("opening moto's list of managed rules")))
	})

	It("should not be taken from a file that is not zipped", func() {
		path := filepath.Join(GinkgoT().TempDir(), "rules.json.gz")
		Expect(os.WriteFile(path, []byte(ruleList), 0o600)).To(Succeed())
		_, err := LoadTriggers(path)
		Expect(err).To(MatchError(ContainSubstring("unzipping moto's list")))
	})

	It("should not be taken from another list", func() {
		_, err := parseTriggers(strings.NewReader(`{"Rules":{}}`))
		Expect(err).To(MatchError(ContainSubstring("it names none")))
		_, err = parseTriggers(strings.NewReader(`{`))
		Expect(err).To(MatchError(ContainSubstring("decoding moto's list")))
	})
})

// made is what moto made of a rule that was put.
var made = rule{ConfigRuleName: "r", ConfigRuleArn: "arn:r", ConfigRuleID: "id"}

var _ = Describe("A rule", func() {
	rule := func(owner, identifier, frequency, scope string) ruleInput {
		in := ruleInput{MaximumExecutionFrequency: frequency, Scope: []byte(scope)}
		in.Source.Owner, in.Source.SourceIdentifier = owner, identifier
		return in
	}

	DescribeTable("should be refused",
		func(in ruleInput, reason string) {
			Expect(checkTrigger(in, triggers)).To(MatchError(And(HavePrefix("InvalidParameterValueException"), ContainSubstring(reason))))
		},
		Entry("with a frequency when only changes trigger it", rule("AWS", "CHANGED", "Six_Hours", ""), "maximum execution frequency"),
		Entry("with a frequency when only new changes trigger it", rule("AWS", "ODD", "One_Hour", ""), "maximum execution frequency"),
		Entry("with a scope when only time triggers it", rule("AWS", "PERIODIC", "", `{"TagKey":"a"}`), "scope"),
	)

	DescribeTable("should be accepted",
		func(in ruleInput) { Expect(checkTrigger(in, triggers)).To(Succeed()) },
		Entry("with a scope when changes trigger it", rule("AWS", "CHANGED", "", `{"TagKey":"a"}`)),
		Entry("with a frequency when time triggers it", rule("AWS", "PERIODIC", "Six_Hours", "")),
		Entry("with an empty scope when time triggers it", rule("AWS", "PERIODIC", "Six_Hours", `{}`)),
		Entry("with both when both trigger it", rule("AWS", "BOTH", "Six_Hours", `{"TagKey":"a"}`)),
		Entry("when it is nobody's, for moto to refuse", rule("AWS", "NO_SUCH_RULE", "Six_Hours", `{"TagKey":"a"}`)),
		Entry("when it is a function of ours", rule("CUSTOM_LAMBDA", "CHANGED", "Six_Hours", `{"TagKey":"a"}`)),
	)

	DescribeTable("should keep what moto drops of it",
		func(in ruleInput, scope, modes string) {
			what, err := define(key, in, made, triggers)
			Expect(err).NotTo(HaveOccurred())
			Expect(string(what.scopeText)).To(Equal(scope))
			Expect(string(what.modes)).To(Equal(modes))
		},
		Entry("its scope", ruleInput{Scope: []byte(`{"TagKey":"a"}`)}, `{"TagKey":"a"}`, `[{"Mode":"DETECTIVE"}]`),
		Entry("no scope where it is empty", ruleInput{Scope: []byte(`{}`)}, ``, `[{"Mode":"DETECTIVE"}]`),
		Entry("its evaluation modes", ruleInput{EvaluationModes: []byte(`[{"Mode":"PROACTIVE"}]`)}, ``, `[{"Mode":"PROACTIVE"}]`),
		Entry("the mode of AWS where it names none", ruleInput{EvaluationModes: []byte(`[]`)}, ``, `[{"Mode":"DETECTIVE"}]`),
	)
})
