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
	Invoked      time.Time // when the rule was
	Annotation   string
	Inserted     bool // by a test, and not found by an evaluation
}

// resourceKey names a resource; results are in its order.
type resourceKey struct{ kind, id string }

func (r Result) key() resourceKey { return resourceKey{kind: r.ResourceType, id: r.ResourceID} }

func compareKeys(a, b resourceKey) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id))
}

// Results holds the results of each rule and resource.
type Results struct {
	mutex sync.RWMutex
	rules map[ruleKey]map[resourceKey]*record
}

// NewResults makes an empty store.
func NewResults() *Results { return &Results{rules: map[ruleKey]map[resourceKey]*record{}} }

// put records a result, and reports false where a newer one is there.
func (s *Results) put(rule ruleKey, result Result) (recorded, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	known := s.known(rule, result.key())
	if len(known.history) > 0 && known.latest().Ordering.After(result.Ordering) {
		return recorded{}, false
	}
	return known.take(result), true
}

// follow records a result as the newest, whatever its time: of two evaluations, the one that ended later has seen more.
func (s *Results) follow(rule ruleKey, result Result) recorded {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	known := s.known(rule, result.key())
	result.Ordering = known.after(result.Ordering)
	return known.take(result)
}

// known is the record of a resource, new if need be. The mutex is held.
func (s *Results) known(rule ruleKey, resource resourceKey) *record {
	resources := s.rules[rule]
	if resources == nil {
		resources = map[resourceKey]*record{}
		s.rules[rule] = resources
	}
	if resources[resource] == nil {
		resources[resource] = &record{}
	}
	return resources[resource]
}

// remove records that a resource does not exist any more, and reports false where it had no result.
func (s *Results) remove(rule ruleKey, resource resourceKey, at time.Time) (recorded, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	known := s.rules[rule][resource]
	if known == nil || known.gone {
		return recorded{}, false
	}
	change := known.take(Result{
		ResourceType: resource.kind, ResourceID: resource.id, Compliance: notApplicable,
		Ordering: known.after(at), Recorded: at, Invoked: at,
	})
	known.gone = true
	return change, true
}

// of lists the latest results of a rule, by resource type and id, but for resources that are gone.
func (s *Results) of(rule ruleKey) []Result {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	var latest []Result
	for _, known := range s.rules[rule] {
		if !known.gone {
			latest = append(latest, known.latest())
		}
	}
	slices.SortFunc(latest, func(a, b Result) int { return compareKeys(a.key(), b.key()) })
	return latest
}

// history lists all results of a resource under a rule, the oldest first, also when it is gone.
func (s *Results) history(rule ruleKey, resource resourceKey) []Result {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	if known := s.rules[rule][resource]; known != nil {
		return slices.Clone(known.history)
	}
	return nil
}

// allRules lists the rules that have results.
func (s *Results) allRules() []ruleKey {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return slices.Collect(maps.Keys(s.rules))
}

// rulesOf lists the rules of a region that have results, by name.
func (s *Results) rulesOf(region string) []ruleKey {
	keys := slices.DeleteFunc(s.allRules(), func(key ruleKey) bool { return key.region != region })
	slices.SortFunc(keys, func(a, b ruleKey) int { return cmp.Compare(a.name, b.name) })
	return keys
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
