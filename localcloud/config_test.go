package localcloud_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud"
)

// notEvaluated is a managed rule that has no evaluator: the results it has are those that a test puts in.
const notEvaluated = "AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED"

// evaluate puts results of a rule in, of resources named by compliance type.
func evaluate(ctx context.Context, rule string, resources map[string]string) {
	GinkgoHelper()
	evaluateType(ctx, rule, "AWS::S3::Bucket", resources)
}

// evaluateType puts results of a rule in about resources of a type.
func evaluateType(ctx context.Context, rule, kind string, resources map[string]string) {
	GinkgoHelper()
	var evaluations []map[string]string
	for id, compliance := range resources {
		evaluations = append(evaluations, map[string]string{
			"rule": rule, "resourceType": kind, "resourceId": id, "complianceType": compliance, "annotation": "seen by a test",
		})
	}
	body, err := json.Marshal(evaluations)
	Expect(err).NotTo(HaveOccurred())
	status, answer := send(ctx, http.MethodPost, "/_localcloud/config/evaluations", nil, strings.NewReader(string(body)))
	Expect(status).To(Equal(http.StatusOK), answer)
}

var _ = Describe("AWS Config", func() {
	var (
		config *configservice.Client
		name   string
	)

	BeforeEach(func() {
		config = configservice.NewFromConfig(client)
		name = "rule-" + rand.Text()
	})

	// putRule puts a managed rule.
	putRule := func(ctx context.Context, identifier string, change func(*types.ConfigRule)) error {
		rule := &types.ConfigRule{
			ConfigRuleName: &name,
			Source:         &types.Source{Owner: types.OwnerAws, SourceIdentifier: &identifier},
		}
		if change != nil {
			change(rule)
		}
		_, err := config.PutConfigRule(ctx, &configservice.PutConfigRuleInput{ConfigRule: rule})
		return err
	}
	AfterEach(func(ctx SpecContext) { // so that it is not evaluated for ever after
		_, err := config.DeleteConfigRule(ctx, &configservice.DeleteConfigRuleInput{ConfigRuleName: &name})
		Expect(err).To(Or(Succeed(), code("NoSuchConfigRuleException")))
	})
	describe := func(ctx context.Context) types.ConfigRule {
		GinkgoHelper()
		out, err := config.DescribeConfigRules(ctx, &configservice.DescribeConfigRulesInput{ConfigRuleNames: []string{name}})
		Expect(err).NotTo(HaveOccurred())
		Expect(out.ConfigRules).To(HaveLen(1))
		return out.ConfigRules[0]
	}

	Context("when a rule is put", func() {
		It("should keep its scope by tag and its evaluation mode", func(ctx SpecContext) {
			Expect(putRule(ctx, "REQUIRED_TAGS", func(rule *types.ConfigRule) {
				rule.InputParameters = aws.String(`{"tag1Key":"Environment"}`)
				rule.Scope = &types.Scope{TagKey: aws.String("a"), TagValue: aws.String("b")}
			})).To(Succeed())
			Expect(describe(ctx)).To(And(
				HaveField("Scope", HaveValue(Equal(types.Scope{TagKey: aws.String("a"), TagValue: aws.String("b")}))),
				HaveField("EvaluationModes", HaveExactElements(HaveField("Mode", types.EvaluationModeDetective))),
				HaveField("ConfigRuleState", types.ConfigRuleStateActive),
			))
			for mode, count := range map[types.EvaluationMode]int{types.EvaluationModeDetective: 1, types.EvaluationModeProactive: 0} {
				out, err := config.DescribeConfigRules(ctx, &configservice.DescribeConfigRulesInput{
					ConfigRuleNames: []string{name}, Filters: &types.DescribeConfigRulesFilters{EvaluationMode: mode},
				})
				Expect(err).NotTo(HaveOccurred())
				Expect(out.ConfigRules).To(HaveLen(count))
			}
		})

		It("should follow a change that names it by its ARN", func(ctx SpecContext) {
			Expect(putRule(ctx, "S3_BUCKET_VERSIONING_ENABLED", func(rule *types.ConfigRule) {
				rule.Scope = &types.Scope{TagKey: aws.String("a")}
			})).To(Succeed())
			arn := describe(ctx).ConfigRuleArn
			Expect(putRule(ctx, "S3_BUCKET_VERSIONING_ENABLED", func(rule *types.ConfigRule) {
				rule.ConfigRuleName, rule.ConfigRuleArn = nil, arn
			})).To(Succeed())
			Expect(describe(ctx).Scope).To(BeNil())
		})

		DescribeTable("should refuse what AWS refuses",
			func(ctx SpecContext, identifier string, change func(*types.ConfigRule)) {
				Expect(putRule(ctx, identifier, change)).To(code("InvalidParameterValueException"))
			},
			Entry("a frequency when changes trigger it", "S3_BUCKET_VERSIONING_ENABLED",
				func(rule *types.ConfigRule) { rule.MaximumExecutionFrequency = types.MaximumExecutionFrequencySixHours }),
			Entry("a scope when time triggers it", "IAM_ROOT_ACCESS_KEY_CHECK",
				func(rule *types.ConfigRule) { rule.Scope = &types.Scope{TagKey: aws.String("a")} }),
			Entry("an identifier that is not one", "RESTRICTED_SSH", nil),
			Entry("a parameter that the rule does not have", "S3_BUCKET_VERSIONING_ENABLED",
				func(rule *types.ConfigRule) { rule.InputParameters = aws.String(`{"nope":"1"}`) }),
		)

		It("should take a frequency when time triggers it", func(ctx SpecContext) {
			Expect(putRule(ctx, "IAM_ROOT_ACCESS_KEY_CHECK", func(rule *types.ConfigRule) {
				rule.MaximumExecutionFrequency = types.MaximumExecutionFrequencySixHours
			})).To(Succeed())
			Expect(describe(ctx).MaximumExecutionFrequency).To(Equal(types.MaximumExecutionFrequencySixHours))
		})
	})

	Context("when a rule is asked for that does not exist", func() {
		It("should say so in every query", func(ctx SpecContext) {
			names := []string{name}
			_, err := config.DescribeConfigRules(ctx, &configservice.DescribeConfigRulesInput{ConfigRuleNames: names})
			Expect(err).To(code("NoSuchConfigRuleException"))
			_, err = config.DescribeComplianceByConfigRule(ctx, &configservice.DescribeComplianceByConfigRuleInput{ConfigRuleNames: names})
			Expect(err).To(code("NoSuchConfigRuleException"))
			_, err = config.GetComplianceDetailsByConfigRule(ctx, &configservice.GetComplianceDetailsByConfigRuleInput{ConfigRuleName: &name})
			Expect(err).To(code("NoSuchConfigRuleException"))
			_, err = config.StartConfigRulesEvaluation(ctx, &configservice.StartConfigRulesEvaluationInput{ConfigRuleNames: names})
			Expect(err).To(And(code("NoSuchConfigRuleException"), MatchError(ContainSubstring(name))))
			status, body := send(ctx, http.MethodPost, "/_localcloud/config/evaluations", nil,
				strings.NewReader(`{"rule":"`+name+`","resourceType":"t","resourceId":"i","complianceType":"COMPLIANT"}`))
			Expect(status).To(Equal(http.StatusBadRequest))
			Expect(body).To(ContainSubstring("there is no rule"))
		})
	})

	Context("when a rule has results", func() {
		BeforeEach(func(ctx SpecContext) {
			Expect(putRule(ctx, notEvaluated, nil)).To(Succeed())
		})

		compliance := func(ctx context.Context) *types.Compliance {
			GinkgoHelper()
			out, err := config.DescribeComplianceByConfigRule(ctx, &configservice.DescribeComplianceByConfigRuleInput{ConfigRuleNames: []string{name}})
			Expect(err).NotTo(HaveOccurred())
			Expect(out.ComplianceByConfigRules).To(HaveLen(1))
			return out.ComplianceByConfigRules[0].Compliance
		}

		It("should report insufficient data before the first", func(ctx SpecContext) {
			Expect(compliance(ctx)).To(HaveField("ComplianceType", types.ComplianceTypeInsufficientData))
			out, err := config.GetComplianceDetailsByConfigRule(ctx, &configservice.GetComplianceDetailsByConfigRuleInput{ConfigRuleName: &name})
			Expect(err).NotTo(HaveOccurred())
			Expect(out.EvaluationResults).To(BeEmpty())
		})

		It("should count what makes it non-compliant, up to 25", func(ctx SpecContext) {
			resources := map[string]string{"good": "COMPLIANT"}
			evaluate(ctx, name, resources)
			Expect(compliance(ctx)).To(HaveField("ComplianceType", types.ComplianceTypeCompliant))
			for i := range 30 {
				resources[fmt.Sprint("bad", i)] = "NON_COMPLIANT"
			}
			evaluate(ctx, name, resources)
			Expect(compliance(ctx)).To(HaveField("ComplianceContributorCount", HaveValue(Equal(
				types.ComplianceContributorCount{CappedCount: 25, CapExceeded: true}))))
		})

		It("should give its results in pages", func(ctx SpecContext) {
			resources := map[string]string{}
			for i := range 25 {
				resources[fmt.Sprintf("bucket-%02d", i)] = []string{"COMPLIANT", "NON_COMPLIANT"}[i%2]
			}
			evaluate(ctx, name, resources)
			pages := configservice.NewGetComplianceDetailsByConfigRulePaginator(config, &configservice.GetComplianceDetailsByConfigRuleInput{ConfigRuleName: &name})
			var sizes []int
			seen := map[string]string{}
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				Expect(err).NotTo(HaveOccurred())
				sizes = append(sizes, len(page.EvaluationResults))
				for _, result := range page.EvaluationResults {
					Expect(*result.EvaluationResultIdentifier.EvaluationResultQualifier.ConfigRuleName).To(Equal(name))
					Expect(*result.Annotation).To(Equal("seen by a test"))
					Expect(result.EvaluationResultIdentifier.OrderingTimestamp).NotTo(BeNil())
					seen[*result.EvaluationResultIdentifier.EvaluationResultQualifier.ResourceId] = string(result.ComplianceType)
				}
			}
			Expect(sizes).To(Equal([]int{10, 10, 5}), "ten is AWS's default")
			Expect(seen).To(Equal(resources))
		})

		It("should give the results of one kind", func(ctx SpecContext) {
			evaluate(ctx, name, map[string]string{"a": "COMPLIANT", "b": "NON_COMPLIANT", "c": "NOT_APPLICABLE"})
			out, err := config.GetComplianceDetailsByConfigRule(ctx, &configservice.GetComplianceDetailsByConfigRuleInput{
				ConfigRuleName: &name, ComplianceTypes: []types.ComplianceType{types.ComplianceTypeNonCompliant}, Limit: 100,
			})
			Expect(err).NotTo(HaveOccurred())
			Expect(out.EvaluationResults).To(HaveExactElements(HaveField("ComplianceType", types.ComplianceTypeNonCompliant)))
		})

		It("should refuse a limit over 100 and a token that it did not give", func(ctx SpecContext) {
			_, err := config.GetComplianceDetailsByConfigRule(ctx, &configservice.GetComplianceDetailsByConfigRuleInput{ConfigRuleName: &name, Limit: 101})
			Expect(err).To(code("ValidationException"))
			_, err = config.GetComplianceDetailsByConfigRule(ctx, &configservice.GetComplianceDetailsByConfigRuleInput{ConfigRuleName: &name, NextToken: aws.String("x")})
			Expect(err).To(code("InvalidNextTokenException"))
		})

		It("should accept a call to evaluate it again", func(ctx SpecContext) {
			_, err := config.StartConfigRulesEvaluation(ctx, &configservice.StartConfigRulesEvaluationInput{ConfigRuleNames: []string{name}})
			Expect(err).NotTo(HaveOccurred())
		})

		It("should forget them with the rule", func(ctx SpecContext) {
			evaluate(ctx, name, map[string]string{"a": "NON_COMPLIANT"})
			_, err := config.DeleteConfigRule(ctx, &configservice.DeleteConfigRuleInput{ConfigRuleName: &name})
			Expect(err).NotTo(HaveOccurred())
			Expect(putRule(ctx, notEvaluated, nil)).To(Succeed())
			Expect(compliance(ctx)).To(HaveField("ComplianceType", types.ComplianceTypeInsufficientData))
		})
	})

	Context("when two rules have results about the same resources", func() {
		var rules []string

		BeforeEach(func(ctx SpecContext) {
			rules = []string{name + "-a", name + "-b"}
			for _, each := range rules {
				name = each
				Expect(putRule(ctx, notEvaluated, nil)).To(Succeed())
			}
			evaluateType(ctx, rules[0], "AWS::Test::"+rules[0][:20], map[string]string{"one": "NON_COMPLIANT", "two": "COMPLIANT", "three": "COMPLIANT"})
			evaluateType(ctx, rules[1], "AWS::Test::"+rules[0][:20], map[string]string{"one": "NON_COMPLIANT", "two": "COMPLIANT"})
			DeferCleanup(func(ctx SpecContext) {
				for _, each := range rules {
					_, err := config.DeleteConfigRule(ctx, &configservice.DeleteConfigRuleInput{ConfigRuleName: &each})
					Expect(err).To(Or(Succeed(), code("NoSuchConfigRuleException")))
				}
			})
		})

		It("should tell of each resource, page by page", func(ctx SpecContext) {
			kind := aws.String("AWS::Test::" + rules[0][:20])
			pages := configservice.NewDescribeComplianceByResourcePaginator(config, &configservice.DescribeComplianceByResourceInput{ResourceType: kind, Limit: 2})
			got := map[string]string{}
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				Expect(err).NotTo(HaveOccurred())
				Expect(len(page.ComplianceByResources)).To(BeNumerically("<=", 2))
				for _, resource := range page.ComplianceByResources {
					got[*resource.ResourceId] = string(resource.Compliance.ComplianceType)
					if resource.Compliance.ComplianceContributorCount != nil {
						Expect(resource.Compliance.ComplianceContributorCount.CappedCount).To(BeEquivalentTo(2), "both rules")
					}
				}
			}
			Expect(got).To(Equal(map[string]string{"one": "NON_COMPLIANT", "two": "COMPLIANT", "three": "COMPLIANT"}))
			out, err := config.GetComplianceDetailsByResource(ctx, &configservice.GetComplianceDetailsByResourceInput{ResourceType: kind, ResourceId: aws.String("one")})
			Expect(err).NotTo(HaveOccurred())
			Expect(out.EvaluationResults).To(HaveLen(2))
			summaries, err := config.GetComplianceSummaryByResourceType(ctx, &configservice.GetComplianceSummaryByResourceTypeInput{ResourceTypes: []string{*kind}})
			Expect(err).NotTo(HaveOccurred())
			Expect(summaries.ComplianceSummariesByResourceType[0].ComplianceSummary).To(And(
				HaveField("CompliantResourceCount.CappedCount", BeEquivalentTo(2)), HaveField("NonCompliantResourceCount.CappedCount", BeEquivalentTo(1))))
		})

		It("should gather in an aggregator, page by page", func(ctx SpecContext) {
			_, err := config.PutConfigurationAggregator(ctx, &configservice.PutConfigurationAggregatorInput{
				ConfigurationAggregatorName: &rules[0],
				AccountAggregationSources:   []types.AccountAggregationSource{{AccountIds: []string{account}, AwsRegions: []string{"us-east-1"}}},
			})
			Expect(err).NotTo(HaveOccurred())
			pages := configservice.NewDescribeAggregateComplianceByConfigRulesPaginator(config,
				&configservice.DescribeAggregateComplianceByConfigRulesInput{ConfigurationAggregatorName: &rules[0], Limit: 1})
			counts := map[string]int32{}
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				Expect(err).NotTo(HaveOccurred())
				for _, rule := range page.AggregateComplianceByConfigRules {
					counts[*rule.ConfigRuleName] = rule.Compliance.ComplianceContributorCount.CappedCount
				}
			}
			Expect(counts).To(And(HaveKeyWithValue(rules[0], BeEquivalentTo(1)), HaveKeyWithValue(rules[1], BeEquivalentTo(1))))

			query := &configservice.GetAggregateComplianceDetailsByConfigRuleInput{
				ConfigurationAggregatorName: &rules[0], ConfigRuleName: &rules[0], AccountId: aws.String(account), AwsRegion: aws.String("us-east-1"), Limit: 2,
			}
			details := configservice.NewGetAggregateComplianceDetailsByConfigRulePaginator(config, query)
			got := map[string]string{}
			for details.HasMorePages() {
				page, err := details.NextPage(ctx)
				Expect(err).NotTo(HaveOccurred())
				for _, result := range page.AggregateEvaluationResults {
					Expect(*result.AccountId).To(Equal(account))
					got[*result.EvaluationResultIdentifier.EvaluationResultQualifier.ResourceId] = string(result.ComplianceType)
				}
			}
			Expect(got).To(Equal(map[string]string{"one": "NON_COMPLIANT", "two": "COMPLIANT", "three": "COMPLIANT"}))
			query.AwsRegion = aws.String("eu-west-1")
			elsewhere, err := config.GetAggregateComplianceDetailsByConfigRule(ctx, query)
			Expect(err).NotTo(HaveOccurred())
			Expect(elsewhere.AggregateEvaluationResults).To(BeEmpty())

			summary, err := config.GetAggregateConfigRuleComplianceSummary(ctx, &configservice.GetAggregateConfigRuleComplianceSummaryInput{
				ConfigurationAggregatorName: &rules[0], GroupByKey: types.ConfigRuleComplianceSummaryGroupKeyAwsRegion,
			})
			Expect(err).NotTo(HaveOccurred())
			Expect(summary.AggregateComplianceCounts).To(ContainElement(And(HaveField("GroupName", HaveValue(Equal("us-east-1"))),
				HaveField("ComplianceSummary.NonCompliantResourceCount.CappedCount", BeNumerically(">=", 2)))))
		})
	})

	It("should hold more rules than moto alone", func(ctx SpecContext) {
		DeferCleanup(func(ctx SpecContext) {
			for i := range 151 {
				each := fmt.Sprintf("many-%03d", i)
				_, err := config.DeleteConfigRule(ctx, &configservice.DeleteConfigRuleInput{ConfigRuleName: &each})
				Expect(err).To(Or(Succeed(), code("NoSuchConfigRuleException")))
			}
		})
		for i := range 151 {
			name = fmt.Sprintf("many-%03d", i)
			Expect(putRule(ctx, notEvaluated, nil)).To(Succeed())
		}
		pages, count := configservice.NewDescribeConfigRulesPaginator(config, &configservice.DescribeConfigRulesInput{}), 0
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			Expect(err).NotTo(HaveOccurred())
			for _, rule := range page.ConfigRules {
				if strings.HasPrefix(*rule.ConfigRuleName, "many-") {
					count++
				}
			}
			if page.NextToken != nil {
				Expect(*page.NextToken).NotTo(ContainSubstring("many-"), "it is nobody's business what is in it")
			}
		}
		Expect(count).To(Equal(151))
		_, err := config.DescribeConfigRules(ctx, &configservice.DescribeConfigRulesInput{NextToken: aws.String("many-100")})
		Expect(err).To(code("InvalidNextTokenException"))
	})

	It("should page through the compliance of many rules", func(ctx SpecContext) {
		prefix, want := name, map[string]bool{}
		for i := range 30 {
			name = fmt.Sprintf("%s-%02d", prefix, i)
			Expect(putRule(ctx, notEvaluated, nil)).To(Succeed())
			want[name] = true
		}
		pages := configservice.NewDescribeComplianceByConfigRulePaginator(config, &configservice.DescribeComplianceByConfigRuleInput{})
		got := map[string]bool{}
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(len(page.ComplianceByConfigRules)).To(BeNumerically("<=", 25))
			for _, rule := range page.ComplianceByConfigRules {
				if strings.HasPrefix(*rule.ConfigRuleName, prefix) {
					got[*rule.ConfigRuleName] = true
				}
			}
		}
		Expect(got).To(Equal(want))
	})
})

var _ = Describe("The configuration recorder", Serial, func() {
	It("should be there, record and deliver, and be taken away by the API", func(ctx SpecContext) {
		own, err := localcloud.Start(ctx, localcloud.Options{Addr: "127.0.0.1:0"})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(own.Close)
		settings := client.Copy()
		settings.BaseEndpoint = aws.String(own.Endpoint())
		config := configservice.NewFromConfig(settings)

		statuses, err := config.DescribeConfigurationRecorderStatus(ctx, &configservice.DescribeConfigurationRecorderStatusInput{})
		Expect(err).NotTo(HaveOccurred())
		Expect(statuses.ConfigurationRecordersStatus).To(HaveExactElements(And(
			HaveField("Name", HaveValue(Equal("default"))), HaveField("Recording", true), HaveField("LastStatus", types.RecorderStatusSuccess))))
		channels, err := config.DescribeDeliveryChannels(ctx, &configservice.DescribeDeliveryChannelsInput{})
		Expect(err).NotTo(HaveOccurred())
		Expect(channels.DeliveryChannels).To(HaveLen(1))

		_, err = config.StopConfigurationRecorder(ctx, &configservice.StopConfigurationRecorderInput{ConfigurationRecorderName: aws.String("default")})
		Expect(err).NotTo(HaveOccurred())
		statuses, err = config.DescribeConfigurationRecorderStatus(ctx, &configservice.DescribeConfigurationRecorderStatusInput{})
		Expect(err).NotTo(HaveOccurred())
		Expect(statuses.ConfigurationRecordersStatus[0].Recording).To(BeFalse())

		_, err = config.DeleteConfigurationRecorder(ctx, &configservice.DeleteConfigurationRecorderInput{ConfigurationRecorderName: aws.String("default")})
		Expect(err).NotTo(HaveOccurred())
		_, err = config.PutConfigRule(ctx, &configservice.PutConfigRuleInput{ConfigRule: &types.ConfigRule{
			ConfigRuleName: aws.String("r"),
			Source:         &types.Source{Owner: types.OwnerAws, SourceIdentifier: aws.String("S3_BUCKET_VERSIONING_ENABLED")},
		}})
		Expect(err).To(And(code("NoAvailableConfigurationRecorderException"), MatchError(ContainSubstring("You must create a configuration recorder"))))
	}, SpecTimeout(time.Minute))
})
