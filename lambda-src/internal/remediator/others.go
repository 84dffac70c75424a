package remediator

import (
	"context"
	"fmt"
)

// undoneForOthers decides whether a fix would go against an operator who has had the same remediation of the resource undone
// that was made for another rule. What an operator wants is about the resource, and several rules may share a remediation:
// a bucket without encryption violates two. That somebody else undoes fixes remains one rule's affair.
func (h *Handler) undoneForOthers(ctx context.Context, record Record) (verdict, error) {
	for _, rule := range h.Catalogue.Rules {
		if rule.Remediation != record.Remediation || rule.Name == record.Rule {
			continue
		}
		other := record
		other.Rule = rule.Name
		key := historyKey(other)
		history, _, err := load(ctx, h, key, newHistory(other))
		if err != nil {
			return verdict{}, fmt.Errorf("reading the history of fixes for rule %s, without which nothing is changed: %w", rule.Name, err)
		}
		if found := history.undone(h.Now(), h.Store.URL(key)); found.against {
			return found, nil
		}
	}
	return verdict{}, nil
}
