// Package configrules reads the deployment's rules and their evaluation results from AWS Config, page by page.
package configrules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
)

// pageSize is the most results that AWS Config returns at once.
const pageSize = 100

// Lister is what List calls.
type Lister interface {
	DescribeConfigRules(
		ctx context.Context, in *configservice.DescribeConfigRulesInput, options ...func(*configservice.Options),
	) (*configservice.DescribeConfigRulesOutput, error)
}

// Reader is what Each calls.
type Reader interface {
	GetComplianceDetailsByConfigRule(
		ctx context.Context, in *configservice.GetComplianceDetailsByConfigRuleInput, options ...func(*configservice.Options),
	) (*configservice.GetComplianceDetailsByConfigRuleOutput, error)
}

// List returns the short names of the rules of the deployment called prefix, sorted, without those that are being
// deleted.
func List(ctx context.Context, client Lister, prefix string) ([]string, error) {
	var found []string
	err := pages(func(token *string) (*string, error) {
		out, err := client.DescribeConfigRules(ctx, &configservice.DescribeConfigRulesInput{NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, rule := range out.ConfigRules {
			short, ours := rules.Short(prefix, aws.ToString(rule.ConfigRuleName))
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

// Result is one evaluation result as it is now.
type Result struct {
	events.Result
	Compliance string
	Recorded   time.Time // zero if AWS Config does not say
	Annotation string
}

// Each hands every result of a rule, by its name in AWS Config, to use, until that returns an error. With compliance
// types given, only results of these are read.
func Each(ctx context.Context, client Reader, configRule string, use func(Result) error, only ...types.ComplianceType) error {
	return pages(func(token *string) (*string, error) {
		page, err := ReadPage(ctx, client, configRule, aws.ToString(token), only...)
		if err != nil {
			return nil, err
		}
		for _, result := range page.Results {
			if err := use(result); err != nil {
				return nil, fmt.Errorf("reading the results of rule %s: %w", configRule, err)
			}
		}
		return &page.Next, nil
	})
}

// Page is one page of a rule's results. It may be empty and have a next one all the same.
type Page struct {
	Results []Result
	Next    string // token of the next page; "" after the last
}

// ReadPage reads one page of a rule's results, by the rule's name in AWS Config; the first one has the token "".
// With compliance types given, only results of these are read.
func ReadPage(ctx context.Context, client Reader, configRule, token string, only ...types.ComplianceType) (Page, error) {
	in := &configservice.GetComplianceDetailsByConfigRuleInput{
		ConfigRuleName: aws.String(configRule), ComplianceTypes: only, Limit: pageSize,
	}
	if token != "" {
		in.NextToken = aws.String(token)
	}
	page, err := readPage(ctx, client, in)
	if err != nil {
		return Page{}, fmt.Errorf("reading the results of rule %s: %w", configRule, err)
	}
	return page, nil
}

func readPage(ctx context.Context, client Reader, in *configservice.GetComplianceDetailsByConfigRuleInput) (Page, error) {
	out, err := client.GetComplianceDetailsByConfigRule(ctx, in)
	if err != nil {
		return Page{}, err
	}
	page := Page{Results: make([]Result, 0, len(out.EvaluationResults)), Next: aws.ToString(out.NextToken)}
	if page.Next != "" && page.Next == aws.ToString(in.NextToken) {
		return Page{}, ErrSameToken
	}
	for _, found := range out.EvaluationResults {
		result, err := newResult(*in.ConfigRuleName, found)
		if err != nil {
			return Page{}, err
		}
		page.Results = append(page.Results, result)
	}
	return page, nil
}

// ErrUnidentified is the error of an answer with a result that does not say which resource it is about, which version
// it is, or how compliant the resource is.
var ErrUnidentified = errors.New("the answer has a result without resource, ordering timestamp or compliance type")

func newResult(configRule string, found types.EvaluationResult) (Result, error) {
	identifier := found.EvaluationResultIdentifier
	if identifier == nil || identifier.EvaluationResultQualifier == nil || identifier.OrderingTimestamp == nil {
		return Result{}, ErrUnidentified
	}
	qualifier := identifier.EvaluationResultQualifier
	result := Result{
		Result: events.Result{
			ConfigRule:   configRule,
			ResourceType: aws.ToString(qualifier.ResourceType),
			ResourceID:   aws.ToString(qualifier.ResourceId),
			Ordering:     identifier.OrderingTimestamp.UTC(),
		},
		Compliance: string(found.ComplianceType),
		Recorded:   aws.ToTime(found.ResultRecordedTime).UTC(),
		Annotation: aws.ToString(found.Annotation),
	}
	if result.ResourceType == "" || result.ResourceID == "" || result.Compliance == "" {
		return Result{}, ErrUnidentified
	}
	return result, nil
}

// ErrSameToken is the error of an answer that would keep a reader busy for ever.
var ErrSameToken = errors.New("the answer's next page is the page itself")

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
			return ErrSameToken
		}
		token = next
	}
}
