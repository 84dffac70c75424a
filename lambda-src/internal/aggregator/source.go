package aggregator

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
)

// pageSize is the most results that AWS Config returns at once.
const pageSize = 100

// Config is what is called of AWS Config.
type Config interface {
	DescribeConfigRules(
		ctx context.Context, in *configservice.DescribeConfigRulesInput, options ...func(*configservice.Options),
	) (*configservice.DescribeConfigRulesOutput, error)
	GetComplianceDetailsByConfigRule(
		ctx context.Context, in *configservice.GetComplianceDetailsByConfigRuleInput, options ...func(*configservice.Options),
	) (*configservice.GetComplianceDetailsByConfigRuleOutput, error)
}

// source reads the deployment's rules and their results from AWS Config.
type source struct {
	client Config
	prefix string
}

// rules lists the short names of the deployment's rules, sorted, without those that are being deleted.
func (s source) rules(ctx context.Context) ([]string, error) {
	var found []string
	err := pages(func(token *string) (*string, error) {
		out, err := s.client.DescribeConfigRules(ctx, &configservice.DescribeConfigRulesInput{NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, rule := range out.ConfigRules {
			short, ours := rules.Short(s.prefix, aws.ToString(rule.ConfigRuleName))
			if ours && !beingDeleted(rule.ConfigRuleState) {
				found = append(found, short)
			}
		}
		return out.NextToken, nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing the Config rules: %w", err)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

func beingDeleted(state types.ConfigRuleState) bool {
	return state == types.ConfigRuleStateDeleting || state == types.ConfigRuleStateDeletingResults
}

// results hands each result of a rule, by its name in AWS Config, to each. It stops at the first error.
func (s source) results(ctx context.Context, configRule string, each func(Result) error) error {
	err := pages(func(token *string) (*string, error) {
		out, err := s.client.GetComplianceDetailsByConfigRule(ctx, &configservice.GetComplianceDetailsByConfigRuleInput{
			ConfigRuleName: aws.String(configRule), Limit: pageSize, NextToken: token,
		})
		if err != nil {
			return nil, err
		}
		for _, found := range out.EvaluationResults {
			result, err := newResult(found)
			if err != nil {
				return nil, err
			}
			if err := each(result); err != nil {
				return nil, err
			}
		}
		return out.NextToken, nil
	})
	if err != nil {
		return fmt.Errorf("reading the results of rule %s: %w", configRule, err)
	}
	return nil
}

// errSameToken is what AWS's answer would keep a reader of pages busy for ever with.
var errSameToken = errors.New("the answer's next page is the page itself")

// pages reads page after page until there is no next one. A page may be empty and have a next one all the same.
func pages(read func(token *string) (next *string, err error)) error {
	var token *string
	for {
		next, err := read(token)
		switch {
		case err != nil:
			return err
		case aws.ToString(next) == "":
			return nil
		case token != nil && *token == *next:
			return errSameToken
		}
		token = next
	}
}
