package configsvc

import (
	"encoding/json"
	"sync"
)

// ruleKey names a rule.
type ruleKey struct{ region, name string }

// kept is what moto drops of a rule.
type kept struct {
	scope json.RawMessage // moto turns a scope by tag into something else
	modes json.RawMessage // moto forgets the evaluation modes
}

// detective is the evaluation mode of a rule that names none.
var detective = json.RawMessage(`[{"Mode":"DETECTIVE"}]`)

func keptOf(rule ruleInput) kept {
	k := kept{modes: detective}
	if scoped(rule.Scope) {
		k.scope = rule.Scope
	}
	var modes []any
	if json.Unmarshal(rule.EvaluationModes, &modes) == nil && len(modes) > 0 {
		k.modes = rule.EvaluationModes
	}
	return k
}

// keeper holds what moto drops, for all rules.
type keeper struct {
	mutex sync.RWMutex
	rules map[ruleKey]kept
}

func newKeeper() *keeper { return &keeper{rules: map[ruleKey]kept{}} }

func (k *keeper) put(key ruleKey, what kept) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.rules[key] = what
}

func (k *keeper) get(key ruleKey) (kept, bool) {
	k.mutex.RLock()
	defer k.mutex.RUnlock()
	what, found := k.rules[key]
	return what, found
}

func (k *keeper) drop(key ruleKey) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	delete(k.rules, key)
}
