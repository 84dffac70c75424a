package configrules_test

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/configrules"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
)

type fakeConfig struct {
	rulePages   []*configservice.DescribeConfigRulesOutput
	resultPages []*configservice.GetComplianceDetailsByConfigRuleOutput
	err         error // after the last page
	tokens      []string
	asked       *configservice.GetComplianceDetailsByConfigRuleInput
}

func (f *fakeConfig) DescribeConfigRules(
	_ context.Context, in *configservice.DescribeConfigRulesInput, _ ...func(*configservice.Options),
) (*configservice.DescribeConfigRulesOutput, error) {
	f.tokens = append(f.tokens, aws.ToString(in.NextToken))
	if len(f.rulePages) == 0 {
		return nil, f.err
	}
	page := f.rulePages[0]
	f.rulePages = f.rulePages[1:]
	return page, nil
}

func (f *fakeConfig) GetComplianceDetailsByConfigRule(
	_ context.Context, in *configservice.GetComplianceDetailsByConfigRuleInput, _ ...func(*configservice.Options),
) (*configservice.GetComplianceDetailsByConfigRuleOutput, error) {
	f.tokens, f.asked = append(f.tokens, aws.ToString(in.NextToken)), in
	if len(f.resultPages) == 0 {
		return nil, f.err
	}
	page := f.resultPages[0]
	f.resultPages = f.resultPages[1:]
	return page, nil
}

func rulePage(next string, rules ...types.ConfigRule) *configservice.DescribeConfigRulesOutput {
	return &configservice.DescribeConfigRulesOutput{ConfigRules: rules, NextToken: aws.String(next)}
}

func rule(name string, state types.ConfigRuleState) types.ConfigRule {
	return types.ConfigRule{ConfigRuleName: aws.String(name), ConfigRuleState: state}
}

func resultPage(next string, ids ...string) *configservice.GetComplianceDetailsByConfigRuleOutput {
	page := &configservice.GetComplianceDetailsByConfigRuleOutput{NextToken: aws.String(next)}
	for _, id := range ids {
		page.EvaluationResults = append(page.EvaluationResults, result(id))
	}
	return page
}

var at = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("X", 3600))

func result(id string) types.EvaluationResult {
	return types.EvaluationResult{
		ComplianceType: types.ComplianceTypeNonCompliant, Annotation: aws.String("bad"), ResultRecordedTime: aws.Time(at),
		EvaluationResultIdentifier: &types.EvaluationResultIdentifier{
			OrderingTimestamp: aws.Time(at),
			EvaluationResultQualifier: &types.EvaluationResultQualifier{
				ConfigRuleName: aws.String("monitor-a"), ResourceType: aws.String("AWS::S3::Bucket"), ResourceId: aws.String(id),
			},
		},
	}
}

var _ = Describe("The list of rules", func() {
	It("should be the deployment's own, of all pages, sorted, and each once", func() {
		client := &fakeConfig{rulePages: []*configservice.DescribeConfigRulesOutput{
			rulePage("1", rule("monitor-b", types.ConfigRuleStateActive), rule("other-x", types.ConfigRuleStateActive)),
			rulePage("2"),
			rulePage("", rule("monitor-a", types.ConfigRuleStateEvaluating), rule("monitor-b", types.ConfigRuleStateActive),
				rule("monitor-c", types.ConfigRuleStateDeleting), rule("monitor-d", types.ConfigRuleStateDeletingResults)),
		}}
		Expect(configrules.List(context.Background(), client, "monitor")).To(Equal([]string{"a", "b"}))
		Expect(client.tokens).To(Equal([]string{"", "1", "2"}))
	})

	It("should not be read for ever when a page names itself as the next one", func() {
		client := &fakeConfig{rulePages: []*configservice.DescribeConfigRulesOutput{rulePage("1"), rulePage("1")}}
		Expect(configrules.List(context.Background(), client, "monitor")).Error().To(MatchError(configrules.ErrSameToken))
	})

	It("should be an error, and no part of the list, when a page can't be read", func() {
		client := &fakeConfig{err: errors.New("throttled"), rulePages: []*configservice.DescribeConfigRulesOutput{
			rulePage("1", rule("monitor-b", types.ConfigRuleStateActive)),
		}}
		found, err := configrules.List(context.Background(), client, "monitor")
		Expect(err).To(MatchError(client.err))
		Expect(found).To(BeNil())
	})
})

var _ = Describe("A rule's results", func() {
	var seen []configrules.Result
	use := func(result configrules.Result) error {
		seen = append(seen, result)
		return nil
	}

	BeforeEach(func() { seen = nil })

	It("should be read to the last page, past empty ones", func() {
		client := &fakeConfig{resultPages: []*configservice.GetComplianceDetailsByConfigRuleOutput{
			resultPage("1", "a"), resultPage("2"), resultPage("3"), resultPage("", "b"),
		}}
		Expect(configrules.Each(context.Background(), client, "monitor-a", use, types.ComplianceTypeNonCompliant)).To(Succeed())
		Expect(client.tokens).To(Equal([]string{"", "1", "2", "3"}))
		Expect(*client.asked.ConfigRuleName).To(Equal("monitor-a"))
		Expect(client.asked.Limit).To(BeEquivalentTo(100))
		Expect(client.asked.ComplianceTypes).To(Equal([]types.ComplianceType{types.ComplianceTypeNonCompliant}))
		Expect(seen).To(HaveLen(2))
		Expect(seen[1]).To(Equal(configrules.Result{
			Result: events.Result{
				ConfigRule: "monitor-a", ResourceType: "AWS::S3::Bucket", ResourceID: "b", Ordering: at.UTC(),
			},
			Compliance: "NON_COMPLIANT", Recorded: at.UTC(), Annotation: "bad",
		}))
	})

	It("should stop at AWS's error, naming the rule", func() {
		client := &fakeConfig{err: errors.New("throttled"), resultPages: []*configservice.GetComplianceDetailsByConfigRuleOutput{
			resultPage("1", "a"),
		}}
		err := configrules.Each(context.Background(), client, "monitor-a", use)
		Expect(err).To(MatchError(client.err))
		Expect(err).To(MatchError(ContainSubstring("monitor-a")))
	})

	It("should stop at the reader's own error", func() {
		fault := errors.New("disk full")
		client := &fakeConfig{resultPages: []*configservice.GetComplianceDetailsByConfigRuleOutput{resultPage("1", "a", "b")}}
		calls := 0
		err := configrules.Each(context.Background(), client, "monitor-a", func(configrules.Result) error { calls++; return fault })
		Expect(err).To(MatchError(fault))
		Expect(calls).To(Equal(1))
	})

	It("should not be read for ever when a page names itself as the next one", func() {
		client := &fakeConfig{resultPages: []*configservice.GetComplianceDetailsByConfigRuleOutput{resultPage("1"), resultPage("1")}}
		Expect(configrules.Each(context.Background(), client, "monitor-a", use)).To(MatchError(configrules.ErrSameToken))
	})

	DescribeTable("should be refused, a page whole, when one can't be told from another",
		func(spoil func(*types.EvaluationResult)) {
			page := resultPage("", "a", "b")
			spoil(&page.EvaluationResults[1])
			client := &fakeConfig{resultPages: []*configservice.GetComplianceDetailsByConfigRuleOutput{page}}
			Expect(configrules.Each(context.Background(), client, "monitor-a", use)).To(MatchError(configrules.ErrUnidentified))
			Expect(seen).To(BeEmpty())
		},
		Entry("without an identifier", func(r *types.EvaluationResult) { r.EvaluationResultIdentifier = nil }),
		Entry("without a qualifier", func(r *types.EvaluationResult) { r.EvaluationResultIdentifier.EvaluationResultQualifier = nil }),
		Entry("without an ordering timestamp", func(r *types.EvaluationResult) { r.EvaluationResultIdentifier.OrderingTimestamp = nil }),
		Entry("without a resource", func(r *types.EvaluationResult) {
			r.EvaluationResultIdentifier.EvaluationResultQualifier.ResourceId = nil
		}),
		Entry("without a resource type", func(r *types.EvaluationResult) {
			r.EvaluationResultIdentifier.EvaluationResultQualifier.ResourceType = nil
		}),
		Entry("without a compliance type", func(r *types.EvaluationResult) { r.ComplianceType = "" }),
	)
})
