package configsvc

import (
	"cmp"
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/evaluate"
)

// Limits of the service model.
const (
	maxAggregate            = 1000 // rules, or groups, on a page
	defaultAggregateDetails = 50   // results on a page
	maxAggregateRuleName    = 128
)

func noSuchAggregator() error {
	return awserr.New("NoSuchConfigurationAggregatorException",
		"The configuration aggregator does not exist. Check the configuration aggregator name and try again.")
}

// checkAggregateType refuses what is not aggregated.
func checkAggregateType(given string) error {
	if err := checkEnum(given, "complianceType", compliant, nonCompliant, notApplicable, insufficientData); err != nil {
		return err
	}
	if given == notApplicable || given == insufficientData {
		return awserr.New("ValidationException", "The compliance type %s is not aggregated. Use COMPLIANT or NON_COMPLIANT", given)
	}
	return nil
}

type aggregateRule struct {
	ConfigRuleName string
	Compliance     complianceOf
	AccountID      string `json:"AccountId"`
	AwsRegion      string
}

// aggregateCompliance answers DescribeAggregateComplianceByConfigRules.
func (h *Handler) aggregateCompliance(w http.ResponseWriter, r *http.Request) error {
	in, err := input[struct {
		ConfigurationAggregatorName string
		Filters                     aggregateFilters
		Limit                       int
		NextToken                   string
	}](r)
	if err != nil {
		return err
	}
	if err := cmp.Or(in.Filters.check(), checkLimit(in.Limit, maxAggregate)); err != nil {
		return err
	}
	query := "aggregate rules of " + in.ConfigurationAggregatorName
	after, err := decodeToken(in.NextToken, query, 2)
	if err != nil {
		return err
	}
	from, err := h.aggregated(r, in.ConfigurationAggregatorName)
	if err != nil {
		return err
	}
	out := struct {
		AggregateComplianceByConfigRules []aggregateRule
		NextToken                        string `json:",omitempty"`
	}{AggregateComplianceByConfigRules: []aggregateRule{}}
	for _, outcome := range h.outcomes(from, in.Filters) {
		if compareRules(outcome.key, ruleKey{name: after[0], region: after[1]}) <= 0 {
			continue
		}
		if count := len(out.AggregateComplianceByConfigRules); count == cmp.Or(in.Limit, maxAggregate) {
			last := out.AggregateComplianceByConfigRules[count-1]
			out.NextToken = encodeToken(query, last.ConfigRuleName, last.AwsRegion)
			break
		}
		out.AggregateComplianceByConfigRules = append(out.AggregateComplianceByConfigRules, outcome.wire())
	}
	return output(w, out)
}

// wire is a rule's compliance as an aggregator tells it: also with the number of compliant resources.
func (o ruleOutcome) wire() aggregateRule {
	count := o.tally.compliant
	if o.compliance == nonCompliant {
		count = o.tally.not
	}
	return aggregateRule{
		ConfigRuleName: o.key.name, AccountID: evaluate.AccountID, AwsRegion: o.key.region,
		Compliance: complianceOf{ComplianceType: o.compliance, ComplianceContributorCount: counted(count, cappedResources)},
	}
}

type aggregateDetailsInput struct {
	ConfigurationAggregatorName string
	ConfigRuleName              string
	AccountID                   string `json:"AccountId"`
	AwsRegion                   string
	ComplianceType              string
	Limit                       int
	NextToken                   string
}

func (in aggregateDetailsInput) check() error {
	return cmp.Or(
		checkLength(in.ConfigRuleName, "configRuleName", maxAggregateRuleName),
		checkPattern(in.AccountID, "accountId", accountPattern),
		checkLength(in.AwsRegion, "awsRegion", maxRuleName),
		checkAggregateType(in.ComplianceType),
		checkLimit(in.Limit, maxDetails),
	)
}

type aggregateResult struct {
	evaluationResult
	AccountID string `json:"AccountId"`
	AwsRegion string
}

// aggregateDetails answers GetAggregateComplianceDetailsByConfigRule: of a rule that nobody knows, nothing is known.
func (h *Handler) aggregateDetails(w http.ResponseWriter, r *http.Request) error {
	in, err := input[aggregateDetailsInput](r)
	if err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	query := "aggregate details of " + in.ConfigurationAggregatorName + " " + in.AwsRegion + " " + in.ConfigRuleName
	after, err := decodeToken(in.NextToken, query, 2)
	if err != nil {
		return err
	}
	from, err := h.aggregated(r, in.ConfigurationAggregatorName)
	if err != nil {
		return err
	}
	var all []Result
	if in.AccountID == evaluate.AccountID && from.gathers(in.AwsRegion) {
		all = h.results.of(ruleKey{region: in.AwsRegion, name: in.ConfigRuleName})
	}
	wanted := []string{compliant, nonCompliant}
	if in.ComplianceType != "" {
		wanted = []string{in.ComplianceType}
	}
	results, more := page(all, resourceKey{after[0], after[1]}, wanted, cmp.Or(in.Limit, defaultAggregateDetails))
	out := struct {
		AggregateEvaluationResults []aggregateResult
		NextToken                  string `json:",omitempty"`
	}{AggregateEvaluationResults: make([]aggregateResult, 0, len(results))}
	for _, result := range results {
		out.AggregateEvaluationResults = append(out.AggregateEvaluationResults,
			aggregateResult{wire(in.ConfigRuleName, result), in.AccountID, in.AwsRegion})
	}
	if more {
		last := results[len(results)-1]
		out.NextToken = encodeToken(query, last.ResourceType, last.ResourceID)
	}
	return output(w, out)
}
