package configsvc

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/evaluate"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// aggregator is what a configuration aggregator gathers.
type aggregator struct {
	AccountAggregationSources []struct {
		AccountIDs []string `json:"AccountIds"`
		source
	}
	OrganizationAggregationSource *source
}

// source is the regions that are gathered from.
type source struct {
	AllAwsRegions bool
	AwsRegions    []string
}

func (s source) has(region string) bool {
	return s.AllAwsRegions || slices.Contains(s.AwsRegions, region)
}

// gathers says whether the aggregator has the results of a region of the one account that there is.
func (a aggregator) gathers(region string) bool {
	if a.OrganizationAggregationSource != nil && a.OrganizationAggregationSource.has(region) {
		return true
	}
	for _, source := range a.AccountAggregationSources {
		if slices.Contains(source.AccountIDs, evaluate.AccountID) && source.has(region) {
			return true
		}
	}
	return false
}

// aggregated finds the aggregator with a name, which moto knows.
func (h *Handler) aggregated(r *http.Request, name string) (aggregator, error) {
	if err := checkPattern(name, "configurationAggregatorName", aggregatorPattern); err != nil {
		return aggregator{}, err
	}
	var out struct{ ConfigurationAggregators []aggregator }
	query := map[string]any{"ConfigurationAggregatorNames": []string{name}}
	err := relay.Call(r.Context(), h.moto, caller(r), targetPrefix+"DescribeConfigurationAggregators", query, &out)
	if err != nil {
		return aggregator{}, err
	}
	if len(out.ConfigurationAggregators) == 0 {
		return aggregator{}, noSuchAggregator()
	}
	return out.ConfigurationAggregators[0], nil
}

// aggregateFilters narrow the queries to an aggregator. There is one account, so another's number leaves nothing.
type aggregateFilters struct {
	ConfigRuleName string
	ComplianceType string
	AccountID      string `json:"AccountId"`
	AwsRegion      string
}

func (f aggregateFilters) check() error {
	if f.AccountID != "" {
		if err := checkPattern(f.AccountID, "filters.accountId", accountPattern); err != nil {
			return err
		}
	}
	return checkAggregateType(f.ComplianceType)
}

func (f aggregateFilters) take(rule ruleKey) bool {
	return (f.ConfigRuleName == "" || f.ConfigRuleName == rule.name) && (f.AwsRegion == "" || f.AwsRegion == rule.region) &&
		(f.AccountID == "" || f.AccountID == evaluate.AccountID)
}

// ruleOutcome is a rule that has results.
type ruleOutcome struct {
	key        ruleKey
	compliance string
	tally      tally
}

// outcomes lists the rules with results that an aggregator has and filters take, by name and region. Rules whose
// results say nothing are not aggregated.
func (h *Handler) outcomes(from aggregator, filters aggregateFilters) []ruleOutcome {
	var all []ruleOutcome
	for _, key := range h.results.allRules() {
		if !from.gathers(key.region) || !filters.take(key) {
			continue
		}
		outcome := ruleOutcome{key: key}
		results := h.results.of(key)
		outcome.compliance, _ = summary(results)
		for _, result := range results {
			outcome.tally.add(result.Compliance)
		}
		if outcome.compliance != insufficientData && (filters.ComplianceType == "" || filters.ComplianceType == outcome.compliance) {
			all = append(all, outcome)
		}
	}
	slices.SortFunc(all, func(a, b ruleOutcome) int { return compareRules(a.key, b.key) })
	return all
}

func compareRules(a, b ruleKey) int {
	return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.region, b.region))
}

// grouped counts rules by account or region, or all of them together under an empty name. The names are in order.
func grouped(outcomes []ruleOutcome, by string) ([]string, map[string]*tally) {
	groups := map[string]*tally{}
	if by == "" {
		groups[""] = &tally{}
	}
	for _, outcome := range outcomes {
		name := map[string]string{"ACCOUNT_ID": evaluate.AccountID, "AWS_REGION": outcome.key.region}[by]
		if groups[name] == nil {
			groups[name] = &tally{}
		}
		groups[name].add(outcome.compliance)
	}
	return slices.Sorted(maps.Keys(groups)), groups
}
