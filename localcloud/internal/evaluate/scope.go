package evaluate

import (
	"context"
	"fmt"
	"slices"
)

// Scope is which resources a rule is put on. The zero value is all that the rule looks at.
type Scope struct {
	Types            []string `json:"ComplianceResourceTypes"`
	ID               string   `json:"ComplianceResourceId"`
	TagKey, TagValue string
}

// inScope leaves out what does not have the scope's tag. Tags are read as REQUIRED_TAGS reads them, so a resource of a
// type that it does not look at is in no scope by tag.
func (a *Account) inScope(ctx context.Context, verdicts []Verdict, scope Scope) ([]Verdict, error) {
	if scope.TagKey == "" || len(verdicts) == 0 {
		return verdicts, nil
	}
	wanted := &parameters{values: map[string]string{"tag1Key": scope.TagKey}}
	if scope.TagValue != "" {
		wanted.values["tag1Value"] = scope.TagValue
	}
	var kept []Verdict
	for _, check := range rules["REQUIRED_TAGS"] {
		if check.kind != verdicts[0].Type {
			continue
		}
		found, err := check.run(ctx, a, wanted, "")
		if err != nil {
			return nil, fmt.Errorf("reading the tags of the rule's scope: %w", err)
		}
		for _, verdict := range verdicts {
			if slices.Contains(found, Verdict{verdict.Resource, Outcome{Compliance: Compliant}}) {
				kept = append(kept, verdict)
			}
		}
	}
	return kept, nil
}
