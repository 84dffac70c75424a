// Package configrules reads the deployment's rules and their evaluation results from AWS Config, page by page.
package configrules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
)

// Lister is what List calls.
type Lister interface {
	DescribeConfigRules(ctx context.Context, token string) (awshttp.ConfigRules, error)
}

// Reader is what Each calls.
type Reader interface {
	GetComplianceDetailsByConfigRule(ctx context.Context, query awshttp.ComplianceQuery) (awshttp.Compliance, error)
}

// List returns the short names of the rules of the deployment called prefix, sorted, without those that are being
// deleted.
func List(ctx context.Context, client Lister, prefix string) ([]string, error) {
	var found []string
	err := pages(func(token string) (string, error) {
		page, err := client.DescribeConfigRules(ctx, token)
		if err != nil {
			return "", err
		}
		for _, rule := range page.Rules {
			short, ours := rules.Short(prefix, rule.Name)
			if ours && !beingDeleted(rule.State) {
				found = append(found, short)
			}
		}
		return page.Next, nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing the Config rules: %w", err)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

func beingDeleted(state string) bool { return state == "DELETING" || state == "DELETING_RESULTS" }

// Result is one evaluation result as it is now.
type Result struct {
	events.Result
	Compliance string
	Recorded   time.Time // zero if AWS Config does not say
	Annotation string
}

// Each hands every result of a rule, by its name in AWS Config, to use, until that returns an error. With compliance
// types given, only results of these are read.
func Each(ctx context.Context, client Reader, configRule string, use func(Result) error, only ...string) error {
	return pages(func(token string) (string, error) {
		page, err := ReadPage(ctx, client, configRule, token, only...)
		if err != nil {
			return "", err
		}
		for _, found := range page.Results {
			if err := use(newResult(configRule, found)); err != nil {
				return "", fmt.Errorf("reading the results of rule %s: %w", configRule, err)
			}
		}
		return page.Next, nil
	})
}

// ReadPage reads one page of a rule's results, by the rule's name in AWS Config; the first one has the token "".
// It may be empty and have a next one all the same. With compliance types given, only results of these are read.
func ReadPage(ctx context.Context, client Reader, configRule, token string, only ...string) (awshttp.Compliance, error) {
	page, err := client.GetComplianceDetailsByConfigRule(ctx, awshttp.ComplianceQuery{Rule: configRule, Only: only, Token: token})
	if err == nil {
		err = fault(page, token)
	}
	if err != nil {
		return awshttp.Compliance{}, fmt.Errorf("reading the results of rule %s: %w", configRule, err)
	}
	return page, nil
}

// fault is why the page that the token asked for can't be what it should be.
func fault(page awshttp.Compliance, token string) error {
	if page.Next != "" && page.Next == token {
		return ErrSameToken
	}
	for i := range page.Results {
		one := &page.Results[i]
		if one.ResourceType == "" || one.ResourceID == "" || one.Compliance == "" || one.Ordering.IsZero() {
			return ErrUnidentified
		}
	}
	return nil
}

// ErrUnidentified is the error of an answer with a result that does not say which resource it is about, which version
// it is, or how compliant the resource is.
var ErrUnidentified = errors.New("the answer has a result without resource, ordering timestamp or compliance type")

func newResult(configRule string, found awshttp.Evaluation) Result {
	return Result{
		Result: events.Result{
			ConfigRule: configRule, ResourceType: found.ResourceType, ResourceID: found.ResourceID, Ordering: found.Ordering,
		},
		Compliance: found.Compliance, Recorded: found.Recorded, Annotation: found.Annotation,
	}
}

// ErrSameToken is the error of an answer that would keep a reader busy for ever.
var ErrSameToken = errors.New("the answer's next page is the page itself")

// pages reads page after page until there is no next one. A page may be empty and have a next one all the same.
func pages(read func(token string) (next string, err error)) error {
	for token := ""; ; {
		next, err := read(token)
		switch {
		case err != nil:
			return err
		case next == "":
			return nil
		case next == token:
			return ErrSameToken
		}
		token = next
	}
}
