package configsvc

import (
	"cmp"
	"net/http"
)

type aggregateCount struct {
	GroupName         string `json:",omitempty"`
	ComplianceSummary complianceSummary
}

// aggregateSummary answers GetAggregateConfigRuleComplianceSummary: how many rules are compliant, in all or by group.
func (h *Handler) aggregateSummary(w http.ResponseWriter, r *http.Request) error {
	in, err := input[struct {
		ConfigurationAggregatorName string
		Filters                     aggregateFilters
		GroupByKey                  string
		Limit                       int
		NextToken                   string
	}](r)
	if err != nil {
		return err
	}
	byKnownKey := checkEnum(in.GroupByKey, "groupByKey", "ACCOUNT_ID", "AWS_REGION")
	if err := cmp.Or(in.Filters.check(), checkLimit(in.Limit, maxAggregate), byKnownKey); err != nil {
		return err
	}
	query := "aggregate summary of " + in.ConfigurationAggregatorName + " " + in.GroupByKey
	after, err := decodeToken(in.NextToken, query, 1)
	if err != nil {
		return err
	}
	from, err := h.aggregated(r, in.ConfigurationAggregatorName)
	if err != nil {
		return err
	}
	out := struct {
		GroupByKey                string `json:",omitempty"`
		AggregateComplianceCounts []aggregateCount
		NextToken                 string `json:",omitempty"`
	}{GroupByKey: in.GroupByKey, AggregateComplianceCounts: []aggregateCount{}}
	names, groups := grouped(h.outcomes(from, in.Filters), in.GroupByKey)
	for _, name := range names {
		if in.NextToken != "" && name <= after[0] {
			continue
		}
		if count := len(out.AggregateComplianceCounts); count == cmp.Or(in.Limit, maxAggregate) {
			out.NextToken = encodeToken(query, out.AggregateComplianceCounts[count-1].GroupName)
			break
		}
		out.AggregateComplianceCounts = append(out.AggregateComplianceCounts,
			aggregateCount{name, groups[name].summary(cappedCount, h.clock.Now())})
	}
	return output(w, out)
}
