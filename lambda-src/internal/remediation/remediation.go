// Package remediation knows how to fix a resource, one remediation a file.
//
// A remediation reads the live resource before it plans, because AWS Config tells what was, and says exactly what it
// would change. It keeps the whole state before and after as a document, so that the one can be verified and the other
// restored.
package remediation

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// Why a remediation can't go on.
var (
	ErrGone    = errors.New("the resource does not exist any more")
	ErrDiffers = errors.New("the resource is not as planned")
)

// Change is what happens to one property of a resource. The values are for people.
type Change struct {
	Property string `json:"property"`
	Before   string `json:"before"`
	After    string `json:"after"`
}

// Plan is what a remediation would do to a resource. Without changes, the resource is compliant as it is.
type Plan struct {
	Changes []Change        `json:"changes"`
	Before  json.RawMessage `json:"before"` // the state that was read
	After   json.RawMessage `json:"after"`  // the state that it is to have
}

// Remediation fixes one kind of violation.
type Remediation interface {
	// Tags reads the resource's tags. It returns ErrGone when there is no such resource.
	Tags(ctx context.Context, target resource.Resource) (map[string]string, error)
	// Plan reads the resource and says what to change. It returns ErrGone when there is no such resource.
	Plan(ctx context.Context, target resource.Resource) (Plan, error)
	// Apply changes the resource as planned.
	Apply(ctx context.Context, target resource.Resource, plan Plan) error
	// Verify reads the resource again. It returns ErrDiffers when it is not as planned.
	Verify(ctx context.Context, target resource.Resource, plan Plan) error
}

// All is every remediation, by its name in the catalogue.
func All(s3 S3, keyARN string) map[string]Remediation {
	return map[string]Remediation{
		S3DefaultEncryption: NewS3DefaultEncryption(s3, keyARN),
	}
}
