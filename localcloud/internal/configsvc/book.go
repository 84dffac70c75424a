package configsvc

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"
)

// ruleKey names a rule.
type ruleKey struct{ region, name string }

// entry is a rule in the book, and how its evaluations went. A rule that is put again is a new entry.
type entry struct {
	definition
	status status
	asked  time.Time // when somebody last asked for an evaluation
	busy   bool      // an evaluation that was asked for is not done yet
	stop   func()    // takes the next periodic evaluation back
}

// status is how a rule's evaluations went.
type status struct {
	activated   time.Time
	started     bool // the first evaluation has
	succeeded   time.Time
	failed      time.Time
	errorReason string
}

// book holds the rules of all regions.
type book struct {
	mutex sync.RWMutex
	rules map[ruleKey]*entry
}

func newBook() *book { return &book{rules: map[ruleKey]*entry{}} }

// put enters a rule, and gives its entry and the one that it replaces, if any.
func (b *book) put(what definition, now time.Time) (current, replaced *entry) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	replaced = b.rules[what.key]
	current = &entry{definition: what, status: status{activated: now}}
	if replaced != nil {
		current.status, current.asked = replaced.status, replaced.asked
	}
	b.rules[what.key] = current
	return current, replaced
}

// get gives a rule's entry, or nil.
func (b *book) get(key ruleKey) *entry {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	return b.rules[key]
}

// drop takes a rule out and gives its entry, or nil.
func (b *book) drop(key ruleKey) *entry {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	dropped := b.rules[key]
	delete(b.rules, key)
	return dropped
}

// of lists the rules of a region, by name.
func (b *book) of(region string) []*entry {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	var all []*entry
	for key, rule := range b.rules {
		if key.region == region {
			all = append(all, rule)
		}
	}
	slices.SortFunc(all, func(a, b *entry) int { return cmp.Compare(a.key.name, b.key.name) })
	return all
}

// watching lists the regions in which a rule is triggered by changes to resources of a type.
func (b *book) watching(kind string) []string {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	regions := map[string]bool{}
	for key, rule := range b.rules {
		if rule.watches(kind) {
			regions[key.region] = true
		}
	}
	return slices.Sorted(maps.Keys(regions))
}

// update changes what is noted of a rule.
func (b *book) update(rule *entry, change func(*entry)) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	change(rule)
}

// view copies what is noted of a rule.
func (b *book) view(rule *entry) entry {
	b.mutex.RLock()
	defer b.mutex.RUnlock()
	return *rule
}
