package localcloud_test

import (
	"crypto/rand"

	. "github.com/onsi/ginkgo/v2"
)

var _ = Describe("What AWS Config answers", func() {
	It("should be what botocore's parser and the service model take", func(ctx SpecContext) {
		name, other := "rule-"+rand.Text(), "rule-"+rand.Text()
		aggregator := "aggregator-" + rand.Text()
		names := func(names ...string) map[string]any {
			return map[string]any{"ConfigRuleNames": append([]string{}, names...)}
		}
		put := func(name, identifier string, more map[string]any) call {
			rule := map[string]any{"ConfigRuleName": name, "Source": map[string]any{"Owner": "AWS", "SourceIdentifier": identifier}}
			for key, value := range more {
				rule[key] = value
			}
			return call{Operation: "PutConfigRule", Parameters: map[string]any{"ConfigRule": rule}}
		}
		bucket := makeBucket(ctx)
		before := []call{
			put(name, notEvaluated, nil),
			put(other, "S3_BUCKET_VERSIONING_ENABLED", map[string]any{"Scope": map[string]any{"TagKey": "a"}}),
			{Operation: "PutConfigurationAggregator", Parameters: map[string]any{
				"ConfigurationAggregatorName": aggregator,
				"AccountAggregationSources":   []any{map[string]any{"AccountIds": []string{account}, "AllAwsRegions": true}},
			}},
		}
		made := understood(ctx, "config", before)
		evaluate(ctx, name, map[string]string{bucket: "NON_COMPLIANT", "other": "COMPLIANT", "none": "NOT_APPLICABLE"})

		limited := func(parameters map[string]any, limit int) map[string]any {
			with := map[string]any{"Limit": limit}
			for key, value := range parameters {
				with[key] = value
			}
			return with
		}
		resource := map[string]any{"ResourceType": "AWS::S3::Bucket", "ResourceId": bucket}
		details := map[string]any{"ConfigurationAggregatorName": aggregator, "ConfigRuleName": name, "AccountId": account, "AwsRegion": "us-east-1"}
		of := map[string]any{"ConfigurationAggregatorName": aggregator}
		nobody := map[string]any{"ConfigurationAggregatorName": "nobody"}
		bad := map[string]any{"NextToken": "x"}
		many := make([]string, 26)
		for i := range many {
			many[i] = "rule"
		}
		calls := []call{
			{Operation: "DescribeConfigRules", Parameters: names(name, other)},
			{Operation: "DescribeConfigRules", Parameters: map[string]any{"Filters": map[string]any{"EvaluationMode": "PROACTIVE"}}},
			{Operation: "DescribeConfigRules", Parameters: names("nobody"), code: "NoSuchConfigRuleException"},
			{Operation: "DescribeConfigRules", Parameters: names(many...), code: "ValidationException"},
			{Operation: "DescribeConfigurationRecorderStatus"},
			{Operation: "StartConfigurationRecorder", Parameters: map[string]any{"ConfigurationRecorderName": "default"}},
			{Operation: "StartConfigurationRecorder", Parameters: map[string]any{"ConfigurationRecorderName": "x"}, code: "NoSuchConfigurationRecorderException"},
			{Operation: "DescribeConfigRuleEvaluationStatus"},
			{Operation: "DescribeConfigRuleEvaluationStatus", Parameters: limited(names(name, other), 1)},
			{Operation: "DescribeConfigRuleEvaluationStatus", Parameters: map[string]any{"Limit": 51}, code: "ValidationException"},
			{Operation: "DescribeConfigRuleEvaluationStatus", Parameters: bad, code: "InvalidNextTokenException"},
			{Operation: "DescribeConfigRuleEvaluationStatus", Parameters: names("nobody"), code: "NoSuchConfigRuleException"},
			{Operation: "DescribeComplianceByConfigRule"},
			{Operation: "DescribeComplianceByConfigRule", Parameters: map[string]any{"ComplianceTypes": []string{"NON_COMPLIANT"}}},
			{Operation: "DescribeComplianceByConfigRule", Parameters: map[string]any{"ComplianceTypes": []string{"NOT_APPLICABLE"}}, code: "InvalidParameterValueException"},
			{Operation: "DescribeComplianceByConfigRule", Parameters: bad, code: "InvalidNextTokenException"},
			{Operation: "DescribeComplianceByConfigRule", Parameters: names("nobody"), code: "NoSuchConfigRuleException"},
			{Operation: "DescribeComplianceByResource", Parameters: limited(nil, 2)},
			{Operation: "DescribeComplianceByResource", Parameters: resource},
			{Operation: "DescribeComplianceByResource", Parameters: map[string]any{"ResourceType": "AWS::S3::Bucket", "ResourceId": "unheard-of"}},
			{Operation: "DescribeComplianceByResource", Parameters: map[string]any{"ResourceId": bucket}, code: "InvalidParameterValueException"},
			{Operation: "DescribeComplianceByResource", Parameters: map[string]any{"Limit": 101}, code: "ValidationException"},
			{Operation: "DescribeComplianceByResource", Parameters: bad, code: "InvalidNextTokenException"},
			{Operation: "GetComplianceDetailsByConfigRule", Parameters: limited(map[string]any{"ConfigRuleName": name}, 2)},
			{Operation: "GetComplianceDetailsByConfigRule", Parameters: map[string]any{"ConfigRuleName": "nobody"}, code: "NoSuchConfigRuleException"},
			{Operation: "GetComplianceDetailsByConfigRule", Parameters: map[string]any{"ConfigRuleName": name, "NextToken": "x"}, code: "InvalidNextTokenException"},
			{Operation: "GetComplianceDetailsByResource", Parameters: resource},
			{Operation: "GetComplianceDetailsByResource", Parameters: map[string]any{"ResourceType": "AWS::S3::Bucket"}, code: "InvalidParameterValueException"},
			{Operation: "GetComplianceSummaryByConfigRule"},
			{Operation: "GetComplianceSummaryByResourceType"},
			{Operation: "GetComplianceSummaryByResourceType", Parameters: map[string]any{"ResourceTypes": []string{"AWS::S3::Bucket", "AWS::EC2::Instance"}}},
			{Operation: "GetComplianceSummaryByResourceType", Parameters: map[string]any{"ResourceTypes": many}, code: "ValidationException"},
			{Operation: "DescribeAggregateComplianceByConfigRules", Parameters: limited(of, 1)},
			{Operation: "DescribeAggregateComplianceByConfigRules", Parameters: nobody, code: "NoSuchConfigurationAggregatorException"},
			{Operation: "DescribeAggregateComplianceByConfigRules", Parameters: limited(of, 1001), code: "ValidationException"},
			{Operation: "DescribeAggregateComplianceByConfigRules", Parameters: map[string]any{
				"ConfigurationAggregatorName": aggregator, "Filters": map[string]any{"ComplianceType": "NOT_APPLICABLE"},
			}, code: "ValidationException"},
			{Operation: "DescribeAggregateComplianceByConfigRules", Parameters: map[string]any{
				"ConfigurationAggregatorName": aggregator, "NextToken": "x",
			}, code: "InvalidNextTokenException"},
			{Operation: "GetAggregateComplianceDetailsByConfigRule", Parameters: limited(details, 1)},
			{Operation: "GetAggregateComplianceDetailsByConfigRule", Parameters: of, code: "ValidationException"},
			{Operation: "GetAggregateConfigRuleComplianceSummary", Parameters: of},
			{Operation: "GetAggregateConfigRuleComplianceSummary", Parameters: map[string]any{"ConfigurationAggregatorName": aggregator, "GroupByKey": "AWS_REGION"}},
			{Operation: "GetAggregateConfigRuleComplianceSummary", Parameters: nobody, code: "NoSuchConfigurationAggregatorException"},
			{Operation: "StartConfigRulesEvaluation", Parameters: names(name, other)},
			{Operation: "StartConfigRulesEvaluation", Parameters: names(name), code: "LimitExceededException"},
			{Operation: "StartConfigRulesEvaluation", Parameters: names(), code: "ValidationException"},
			{Operation: "StartConfigRulesEvaluation", Parameters: names("nobody"), code: "NoSuchConfigRuleException"},
			put(name, "S3_BUCKET_VERSIONING_ENABLED", map[string]any{"MaximumExecutionFrequency": "One_Hour"}),
			{Operation: "DeleteEvaluationResults", Parameters: map[string]any{"ConfigRuleName": name}},
			{Operation: "DeleteEvaluationResults", Parameters: map[string]any{"ConfigRuleName": "nobody"}, code: "NoSuchConfigRuleException"},
			{Operation: "DeleteConfigRule", Parameters: map[string]any{"ConfigRuleName": name}},
			{Operation: "DeleteConfigRule", Parameters: map[string]any{"ConfigRuleName": name}, code: "NoSuchConfigRuleException"},
			{Operation: "DeleteConfigRule", Parameters: map[string]any{"ConfigRuleName": other}},
			{Operation: "DeleteConfigurationAggregator", Parameters: of},
		}
		calls[len(calls)-7].code = "InvalidParameterValueException"
		checkEveryOperation(ctx, "config", append(made, understood(ctx, "config", calls)...))
	})
})
