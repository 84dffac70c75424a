// Package remediation knows how to fix a resource, one remediation a file.
//
// A remediation reads the live resource, because AWS Config tells what was, and says exactly what it would change.
// What it reads and writes is a state: a document with everything that it may change, and nothing else. So a fix can be
// verified by reading again, and undone by writing the state before it.
package remediation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// Why a remediation can't go on.
var (
	ErrGone         = errors.New("the resource does not exist any more")
	ErrDiffers      = errors.New("the resource is not as planned")
	ErrIrreversible = errors.New("AWS has no way back to that state")
	ErrByHand       = errors.New("it has to be changed by hand") // trying again does not help
)

// State is a resource's state as far as one remediation is concerned. The same state is always the same bytes.
type State = json.RawMessage

// Parameters are those of the Config rule that a resource violates, by AWS's names.
type Parameters map[string]string

// Change is what happens to one property of a resource. The values are for people.
type Change struct {
	Property string `json:"property"`
	Before   string `json:"before"`
	After    string `json:"after"`
}

// Plan is what a remediation would do to a resource. Without changes, the resource is compliant as it is.
type Plan struct {
	Changes []Change
	Before  State // as it was read
	After   State // as it is to be
}

// Remediation fixes one kind of violation.
type Remediation interface {
	// Tags reads the resource's tags. It returns ErrGone when there is no such resource, and no tags for what can't have any.
	Tags(ctx context.Context, target resource.Resource) (map[string]string, error)
	// Read reads the resource's state. It returns ErrGone when there is no such resource. What is on its way to a state
	// counts as being in it.
	Read(ctx context.Context, target resource.Resource) (State, error)
	// Plan decides what to change about a resource in the given state. It asks nobody. Where there can be no plan, its error is
	// ErrByHand and says why: which parameter it does not understand, say.
	Plan(target resource.Resource, current State, parameters Parameters) (Plan, error)
	// Write brings the resource from one state to the other; a second time, it comes to the same end. It returns
	// ErrIrreversible, and has changed nothing, when AWS has no way to it.
	Write(ctx context.Context, target resource.Resource, from, to State) error
}

// Verify reads the resource. It returns ErrDiffers when the state is not the wanted one.
func Verify(ctx context.Context, fix Remediation, target resource.Resource, wanted State) error {
	current, err := fix.Read(ctx, target)
	if err != nil {
		return fmt.Errorf("verifying %s: %w", target, err)
	}
	if !bytes.Equal(current, wanted) {
		return fmt.Errorf("verifying %s: %w: it is %s", target, ErrDiffers, current)
	}
	return nil
}
