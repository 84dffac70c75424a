package configsvc

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"
)

var key = ruleKey{region: "us-east-1", name: "r"}

func result(id, compliance string, ordering int64) Result {
	return Result{ResourceType: "AWS::S3::Bucket", ResourceID: id, Compliance: compliance, Ordering: time.Unix(ordering, 0)}
}

var _ = Describe("Results", func() {
	var results *Results

	BeforeEach(func() { results = NewResults() })

	It("should keep the latest of each resource, whatever the order in which they come", func() {
		_, first := results.put(key, result("b", nonCompliant, 2))
		_, second := results.put(key, result("b", compliant, 1))
		Expect([]bool{first, second}).To(Equal([]bool{true, false}))
		Expect(results.of(key)).To(Equal([]Result{result("b", nonCompliant, 2)}))
	})

	It("should be listed by resource", func() {
		results.put(key, result("b", compliant, 1))
		results.put(key, result("a", compliant, 1))
		Expect(results.of(key)).To(HaveExactElements(HaveField("ResourceID", "a"), HaveField("ResourceID", "b")))
	})

	It("should go with their rule", func() {
		results.put(key, result("b", compliant, 1))
		results.drop(key)
		Expect(results.of(key)).To(BeEmpty())
	})

	DescribeTable("should sum up",
		func(expected string, contributors int, types ...string) {
			var all []Result
			for _, compliance := range types {
				all = append(all, result("x", compliance, 1))
			}
			overall, count := summary(all)
			Expect(overall).To(Equal(expected))
			Expect(count).To(Equal(contributors))
		},
		Entry("to insufficient data without any", insufficientData, 0),
		Entry("to insufficient data where none applies", insufficientData, 0, notApplicable),
		Entry("to compliant", compliant, 0, compliant, notApplicable),
		Entry("to non-compliant if one is", nonCompliant, 1, compliant, nonCompliant, compliant),
	)
})

func TestPagesHoldEveryWantedResultOnce(t *testing.T) {
	drawn := rapid.Custom(func(t *rapid.T) Result {
		return result(rapid.StringMatching(`[a-e]{1,3}`).Draw(t, "id"),
			rapid.SampledFrom([]string{compliant, nonCompliant, notApplicable}).Draw(t, "compliance"), 1)
	})
	rapid.Check(t, func(t *rapid.T) {
		results := NewResults()
		for _, result := range rapid.SliceOfN(drawn, 0, 40).Draw(t, "results") {
			results.put(key, result)
		}
		wanted := rapid.SliceOfDistinct(rapid.SampledFrom([]string{compliant, nonCompliant, notApplicable}), rapid.ID[string]).Draw(t, "wanted")
		limit := rapid.IntRange(1, 10).Draw(t, "limit")
		var paged []Result
		after, more := resourceKey{}, true
		for more {
			var taken []Result
			taken, more = page(results.of(key), after, wanted, limit)
			if len(taken) > limit || (more && len(taken) == 0) {
				t.Fatalf("a page of %d with more to come: %t", len(taken), more)
			}
			if len(taken) > 0 {
				after = taken[len(taken)-1].key()
			}
			paged = append(paged, taken...)
		}
		expected := slices.DeleteFunc(results.of(key), func(r Result) bool {
			return len(wanted) > 0 && !slices.Contains(wanted, r.Compliance)
		})
		if !slices.Equal(paged, expected) {
			t.Fatalf("paged %v, want %v", paged, expected)
		}
	})
}

var _ = Describe("A NextToken", func() {
	It("should bring back where the query stopped", func() {
		Expect(decodeToken(encodeToken("q", "a", "b"), "q", 2)).To(Equal([]string{"a", "b"}))
	})

	It("should stand for the beginning where there is none", func() {
		Expect(decodeToken("", "q", 2)).To(Equal([]string{"", ""}))
	})

	DescribeTable("should be refused",
		func(token string) {
			_, err := decodeToken(token, "q", 1)
			Expect(err).To(MatchError(HavePrefix("InvalidNextTokenException")))
		},
		Entry("when it is of another query", encodeToken("other", "a")),
		Entry("when it has too many parts", encodeToken("q", "a", "b")),
		Entry("when it was made up", "abc"),
		Entry("when it is no JSON", "YWJj"),
	)
})

func FuzzDecodeToken(f *testing.F) {
	f.Add(encodeToken("q", "a"))
	f.Add("YWJj")
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		parts, err := decodeToken(token, "q", 1)
		if err == nil && len(parts) != 1 {
			t.Fatalf("%q was read as %d parts", token, len(parts))
		}
	})
}

var _ = Describe("A query for details", func() {
	DescribeTable("should be refused",
		func(in detailsInput, code string) { Expect(in.check()).To(MatchError(HavePrefix(code))) },
		Entry("without a rule", detailsInput{}, "ValidationException"),
		Entry("with a name that is too long", detailsInput{ConfigRuleName: strings.Repeat("x", 65)}, "ValidationException"),
		Entry("with a limit over 100", detailsInput{ConfigRuleName: "r", Limit: 101}, "ValidationException"),
		Entry("with a limit below 0", detailsInput{ConfigRuleName: "r", Limit: -1}, "ValidationException"),
		Entry("for results without data", detailsInput{ConfigRuleName: "r", ComplianceTypes: []string{insufficientData}}, "InvalidParameterValueException"),
		Entry("with four types", detailsInput{ConfigRuleName: "r", ComplianceTypes: []string{compliant, compliant, compliant, compliant}}, "ValidationException"),
	)

	It("should be accepted at its limits", func() {
		in := detailsInput{ConfigRuleName: strings.Repeat("é", 64), Limit: 100, ComplianceTypes: []string{compliant, nonCompliant, notApplicable}}
		Expect(in.check()).To(Succeed())
	})
})

var _ = Describe("Evaluations that a test puts in", func() {
	good := Evaluation{Rule: "r", ResourceType: "AWS::S3::Bucket", ResourceID: "b", ComplianceType: compliant}
	known := map[string]string{"r": "arn"}

	It("should be read alone or as an array", func() {
		one := `{"rule":"r","resourceType":"AWS::S3::Bucket","resourceId":"b","complianceType":"COMPLIANT"}`
		Expect(parseEvaluations([]byte(one))).To(Equal([]Evaluation{good}))
		Expect(parseEvaluations([]byte("[" + one + "," + one + "]"))).To(HaveLen(2))
	})

	It("should be refused with a field that does not exist", func() {
		_, err := parseEvaluations([]byte(`{"rulename":"r"}`))
		Expect(err).To(MatchError(ContainSubstring("rulename")))
	})

	It("should be accepted when all is right", func() {
		Expect(checkEvaluations([]Evaluation{good}, known)).To(Succeed())
	})

	It("should be refused with every fault named", func() {
		bad := Evaluation{Rule: "x", ComplianceType: insufficientData, Annotation: strings.Repeat("a", 257)}
		Expect(checkEvaluations([]Evaluation{good, bad}, known)).To(MatchError(And(
			ContainSubstring(`evaluation 1: there is no rule "x"`),
			ContainSubstring("evaluation 1: resourceType and resourceId must not be empty"),
			ContainSubstring(`evaluation 1: complianceType "INSUFFICIENT_DATA"`),
			ContainSubstring("evaluation 1: the annotation is longer than 256"),
			Not(ContainSubstring("evaluation 0")),
		)))
	})

	It("should be ordered by now where they say no time", func() {
		now := time.Unix(5, 0)
		Expect(good.result(now).Ordering).To(Equal(now))
	})
})
