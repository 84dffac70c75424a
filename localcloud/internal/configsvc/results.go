package configsvc

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"
)

// Compliance types of a result.
const (
	compliant        = "COMPLIANT"
	nonCompliant     = "NON_COMPLIANT"
	notApplicable    = "NOT_APPLICABLE"
	insufficientData = "INSUFFICIENT_DATA"
)

// Result is what one evaluation of one resource by one rule found.
type Result struct {
	ResourceType string
	ResourceID   string
	Compliance   string
	Ordering     time.Time // the result's version: an older one never replaces a newer one
	Recorded     time.Time
	Annotation   string
}

// resourceKey names a resource; results are in its order.
type resourceKey struct{ kind, id string }

func (r Result) key() resourceKey { return resourceKey{kind: r.ResourceType, id: r.ResourceID} }

func compareKeys(a, b resourceKey) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id))
}

// Results holds the latest result of each rule and resource.
type Results struct {
	mutex sync.RWMutex
	rules map[ruleKey]map[resourceKey]Result
}

// NewResults makes an empty store.
func NewResults() *Results { return &Results{rules: map[ruleKey]map[resourceKey]Result{}} }

// put records a result, and reports false where a newer one is there.
func (s *Results) put(rule ruleKey, result Result) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	resources := s.rules[rule]
	if resources == nil {
		resources = map[resourceKey]Result{}
		s.rules[rule] = resources
	}
	if last, found := resources[result.key()]; found && last.Ordering.After(result.Ordering) {
		return false
	}
	resources[result.key()] = result
	return true
}

// of lists the results of a rule, by resource type and id.
func (s *Results) of(rule ruleKey) []Result {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return slices.SortedFunc(maps.Values(s.rules[rule]), func(a, b Result) int { return compareKeys(a.key(), b.key()) })
}

func (s *Results) drop(rule ruleKey) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.rules, rule)
}

// page takes the results of one page: those after a resource, of the wanted compliance types (none means all), at most
// so many; and says whether there are more.
func page(results []Result, after resourceKey, wanted []string, limit int) ([]Result, bool) {
	var taken []Result
	for _, result := range results {
		if compareKeys(result.key(), after) <= 0 || (len(wanted) > 0 && !slices.Contains(wanted, result.Compliance)) {
			continue
		}
		if len(taken) == limit {
			return taken, true
		}
		taken = append(taken, result)
	}
	return taken, false
}

// summary is the compliance of a rule, and how many resources make it non-compliant.
func summary(results []Result) (string, int) {
	contributors, overall := 0, insufficientData
	for _, result := range results {
		switch result.Compliance {
		case nonCompliant:
			contributors++
		case compliant:
			overall = compliant
		}
	}
	if contributors > 0 {
		overall = nonCompliant
	}
	return overall, contributors
}
