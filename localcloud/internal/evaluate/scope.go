package evaluate

import (
	"context"
	"fmt"
)

// tagged leaves out the verdicts on what does not have a tag. Tags are read as REQUIRED_TAGS reads them, so a resource
// of a type that it does not look at has none.
func (a *Account) tagged(ctx context.Context, kind string, verdicts []Verdict, wanted Tag) ([]Verdict, error) {
	if wanted.Key == "" || len(verdicts) == 0 {
		return verdicts, nil
	}
	values := map[string]string{"tag1Key": wanted.Key}
	if wanted.Value != "" {
		values["tag1Value"] = wanted.Value
	}
	has := map[Resource]bool{}
	for _, check := range rules["REQUIRED_TAGS"] {
		if check.kind != kind {
			continue
		}
		found, err := check.run(ctx, a, &parameters{values: values}, "")
		if err != nil {
			return nil, fmt.Errorf("reading the tags of the rule's scope: %w", err)
		}
		for _, verdict := range found {
			has[verdict.Resource] = verdict.Compliance == Compliant
		}
	}
	var kept []Verdict
	for _, verdict := range verdicts {
		if has[verdict.Resource] {
			kept = append(kept, verdict)
		}
	}
	return kept, nil
}
