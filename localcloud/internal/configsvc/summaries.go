package configsvc

import (
	"net/http"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
)

const (
	cappedResources = 100 // resources are counted up to this
	maxSummaryTypes = 20  // types in a query for their summaries
)

type complianceSummary struct {
	CompliantResourceCount     *contributorCount
	NonCompliantResourceCount  *contributorCount
	ComplianceSummaryTimestamp float64
}

// tally counts what is compliant and what is not.
type tally struct{ compliant, not int }

func (t *tally) add(compliance string) {
	switch compliance {
	case compliant:
		t.compliant++
	case nonCompliant:
		t.not++
	}
}

func (t tally) summary(limit int, now time.Time) complianceSummary {
	return complianceSummary{counted(t.compliant, limit), counted(t.not, limit), epoch(now)}
}

// ruleSummary answers GetComplianceSummaryByConfigRule: how many rules are compliant.
func (h *Handler) ruleSummary(w http.ResponseWriter, r *http.Request) error {
	var rules tally
	for _, rule := range h.results.rulesOf(awsreq.From(r).Region) {
		rules.add(h.compliance(rule).ComplianceType)
	}
	return output(w, struct{ ComplianceSummary complianceSummary }{rules.summary(cappedCount, h.clock.Now())})
}

type typeSummary struct {
	ResourceType      string `json:",omitempty"`
	ComplianceSummary complianceSummary
}

// typeSummary answers GetComplianceSummaryByResourceType: how many resources are compliant, of each type that is asked
// for, or of all types together.
func (h *Handler) typeSummary(w http.ResponseWriter, r *http.Request) error {
	in, err := input[struct{ ResourceTypes []string }](r)
	if err != nil {
		return err
	}
	if len(in.ResourceTypes) > maxSummaryTypes {
		return awserr.Validation(in.ResourceTypes, "resourceTypes", "Member must have length less than or equal to 20")
	}
	var all tally
	tallies := map[string]*tally{}
	for _, kind := range in.ResourceTypes {
		tallies[kind] = &tally{}
	}
	for key, results := range h.resources(awsreq.From(r).Region) {
		overall, _ := summary(results)
		all.add(overall)
		if of := tallies[key.kind]; of != nil {
			of.add(overall)
		}
	}
	now := h.clock.Now()
	summaries := []typeSummary{}
	for _, kind := range in.ResourceTypes {
		summaries = append(summaries, typeSummary{kind, tallies[kind].summary(cappedResources, now)})
	}
	if len(summaries) == 0 {
		summaries = append(summaries, typeSummary{ComplianceSummary: all.summary(cappedResources, now)})
	}
	return output(w, struct{ ComplianceSummariesByResourceType []typeSummary }{summaries})
}
