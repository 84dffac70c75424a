package evaluate

import (
	"context"
	"errors"
	"fmt"
)

// kind is a type of resource: how the account's are listed, and how AWS Config names one.
type kind[T any] struct {
	name string
	list func(ctx context.Context, account *Account, id string) ([]T, error) // may list others than the one that is named
	id   func(T) string
}

// each makes a check out of a decision on what the list tells of a resource.
func each[T any](of kind[T], decide func(T, *parameters) Outcome) check {
	return probe(of, func(_ context.Context, _ *Account, resource T, given *parameters) (Outcome, error) {
		return decide(resource, given), nil
	})
}

// probe makes a check out of a decision that needs more than the list tells. A resource that goes while it is looked
// at is no resource any more; one that can't be read does not keep the others from being judged.
func probe[T any](of kind[T], decide func(context.Context, *Account, T, *parameters) (Outcome, error)) check {
	return check{kind: of.name, run: func(ctx context.Context, account *Account, given *parameters, id string) ([]Verdict, error) {
		resources, err := of.list(ctx, account, id)
		if id != "" && gone(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("listing %s: %w", of.name, err)
		}
		var verdicts []Verdict
		var faults []error
		for _, resource := range resources {
			name := of.id(resource)
			if id != "" && name != id {
				continue
			}
			outcome, err := decide(ctx, account, resource, given)
			switch {
			case err == nil:
				verdicts = append(verdicts, Verdict{Resource{of.name, name}, outcome})
			case !gone(err):
				faults = append(faults, fmt.Errorf("reading %s %s: %w", of.name, name, err))
			}
		}
		return verdicts, errors.Join(faults...)
	}}
}

// whole makes a check of the account itself.
func whole(decide func(context.Context, *Account, *parameters) (Outcome, error)) []check {
	account := kind[string]{
		name: AccountType,
		list: func(context.Context, *Account, string) ([]string, error) { return []string{AccountID}, nil },
		id:   func(id string) string { return id },
	}
	return []check{probe(account, func(ctx context.Context, account *Account, _ string, given *parameters) (Outcome, error) {
		return decide(ctx, account, given)
	})}
}

// require is compliant if something holds, and otherwise says why not.
func require(holds bool, annotation string, arguments ...any) Outcome {
	if holds {
		return Outcome{Compliance: Compliant}
	}
	return Outcome{Compliance: NonCompliant, Annotation: shorten(fmt.Sprintf(annotation, arguments...))}
}

// notFor is the outcome for a resource that a rule does not look at.
func notFor(annotation string) Outcome {
	return Outcome{Compliance: NotApplicable, Annotation: annotation}
}

// maxAnnotation is how many characters AWS Config keeps of an annotation.
const maxAnnotation = 256

func shorten(text string) string {
	characters := []rune(text)
	if len(characters) <= maxAnnotation {
		return text
	}
	return string(characters[:maxAnnotation-1]) + "…"
}
