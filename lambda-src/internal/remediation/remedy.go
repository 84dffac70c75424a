package remediation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// remedy makes a Remediation of functions that know the type of its state. S is a struct of texts, numbers and truth
// values, and lists and structs of such. Lists are sorted where their order means nothing.
type remedy[S any] struct {
	tags       func(ctx context.Context, target resource.Resource) (map[string]string, error)
	read       func(ctx context.Context, target resource.Resource) (S, error)
	plan       func(target resource.Resource, current S, parameters Parameters) (S, error) // the state that it is to have
	write      func(ctx context.Context, target resource.Resource, from, to S) error
	properties func(state S) []property // always the same ones, in the order in which people read them
}

// property is one property of a state, for people. An empty value is one that is not there.
type property struct{ name, value string }

func (r remedy[S]) Tags(ctx context.Context, target resource.Resource) (map[string]string, error) {
	return r.tags(ctx, target)
}

func (r remedy[S]) Read(ctx context.Context, target resource.Resource) (State, error) {
	current, err := r.read(ctx, target)
	if err != nil {
		return nil, err
	}
	return document(current), nil
}

func (r remedy[S]) Plan(target resource.Resource, current State, parameters Parameters) (Plan, error) {
	before, err := parse[S](target, current)
	if err != nil {
		return Plan{}, err
	}
	after, err := r.plan(target, before, parameters)
	if err != nil {
		return Plan{}, fmt.Errorf("planning for %s: %w", target, byHand{err})
	}
	plan := Plan{Before: current, After: document(after)}
	if bytes.Equal(plan.Before, plan.After) {
		return plan, nil
	}
	now := r.properties(after)
	for i, was := range r.properties(before) {
		if was != now[i] {
			plan.Changes = append(plan.Changes, Change{Property: was.name, Before: was.value, After: now[i].value})
		}
	}
	return plan, nil
}

// byHand is a reason why there can be no plan. It is ErrByHand, without its words.
type byHand struct{ error }

func (byHand) Is(target error) bool { return target == ErrByHand }

func (r remedy[S]) Write(ctx context.Context, target resource.Resource, from, to State) error {
	before, err := parse[S](target, from)
	if err != nil {
		return err
	}
	after, err := parse[S](target, to)
	if err != nil {
		return err
	}
	return r.write(ctx, target, before, after)
}

// document is the state as a remediation's record keeps it.
func document(state any) State {
	content, _ := json.Marshal(state) //nolint:errchkjson // a state has nothing that could fail to marshal
	return content
}

// parse reads a state. A field that it does not know is an error: the state is of another version, and would be lost.
func parse[S any](target resource.Resource, content State) (S, error) {
	var state S
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&state); err != nil {
		return state, fmt.Errorf("reading the recorded state of %s (deploy the functions layer again, or restore the state by hand): %w",
			target, err)
	}
	return state, nil
}
