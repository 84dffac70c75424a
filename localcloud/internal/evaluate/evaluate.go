// Package evaluate decides whether the resources of an account comply with AWS's managed Config rules. It reads the
// resources with AWS's own API calls; what a rule demands of them follows AWS's documentation of the rule, which each
// file links to by the rule's identifier: docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html.
package evaluate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Compliance types of an outcome.
const (
	Compliant     = "COMPLIANT"
	NonCompliant  = "NON_COMPLIANT"
	NotApplicable = "NOT_APPLICABLE"
)

// AccountType is the resource type of the account itself, whose id is the account's number.
const AccountType = "AWS::::Account"

// Outcome is what a rule finds of one resource.
type Outcome struct {
	Compliance string
	Annotation string // why, where there is something to say
}

// Resource names a resource as AWS Config does.
type Resource struct{ Type, ID string }

// Verdict is the outcome of a rule for a resource.
type Verdict struct {
	Resource
	Outcome
}

// Request is what to evaluate.
type Request struct {
	Identifier string            // of the managed rule, like S3_BUCKET_VERSIONING_ENABLED
	Parameters map[string]string // the rule's input parameters
	Types      []string          // of resources, of those that the rule looks at; others are left out
	ID         string            // of the one resource to look at; empty is all
	Tag        Tag               // that resources must have to be looked at
}

// Tag narrows a request to resources that have it. The value may be empty: then the key is enough. So may the key:
// then no tag is asked for.
type Tag struct{ Key, Value string }

// check evaluates a rule on the resources of one type.
type check struct {
	kind string
	run  func(ctx context.Context, account *Account, parameters *parameters, id string) ([]Verdict, error)
}

// rules are the evaluators by the identifier of their rule, one for each type of resource that the rule looks at.
var rules = merge(
	s3Rules, s3PublicRules, rdsRules, rdsSnapshotRules, ec2Rules, networkRules, keyRules, passwordRules, userRules,
	policyRules, dataRules, lambdaRules, trailRules, watchRules, loadBalancerRules, tagRules,
)

func merge(tables ...map[string][]check) map[string][]check {
	all := map[string][]check{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

// Known says whether a rule has an evaluator.
func Known(identifier string) bool { return rules[identifier] != nil }

// Identifiers are the rules that have an evaluator, in alphabetical order.
func Identifiers() []string { return slices.Sorted(maps.Keys(rules)) }

// Types are the types of resources that a rule looks at.
func Types(identifier string) []string {
	types := make([]string, 0, len(rules[identifier]))
	for _, check := range rules[identifier] {
		types = append(types, check.kind)
	}
	return types
}

// Evaluate gives a verdict on each resource that the request asks for and that there is. With an error, the verdicts
// are those on the resources that could be read: one that is missing may exist.
func (a *Account) Evaluate(ctx context.Context, request Request) ([]Verdict, error) {
	given := &parameters{values: request.Parameters}
	var verdicts []Verdict
	var faults []error
	for _, check := range rules[request.Identifier] {
		if !slices.Contains(request.Types, check.kind) {
			continue
		}
		judged, err := check.run(ctx, a, given, request.ID)
		faults = append(faults, err)
		tagged, err := a.tagged(ctx, check.kind, judged, request.Tag)
		verdicts, faults = append(verdicts, tagged...), append(faults, err)
	}
	if len(given.faults) > 0 {
		return nil, fmt.Errorf("reading the parameters of %s: %w", request.Identifier, errors.Join(given.faults...))
	}
	if err := errors.Join(faults...); err != nil {
		return verdicts, fmt.Errorf("evaluating %s: %w", request.Identifier, err)
	}
	return verdicts, nil
}
