// Package invocation tells which invocation of which function is running: in which account and region,
// under which request id, and until when.
package invocation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// longest is how long Lambda lets an invocation run at most; it stands in where a context has no deadline.
const longest = 15 * time.Minute

// Invocation is one run of a function. Lambda's retries of an asynchronous invocation keep its RequestID.
type Invocation struct {
	RequestID string
	Account   string
	Region    string
	Deadline  time.Time // when Lambda stops this run
}

// From reads the invocation from the context that Lambda's runtime made. Its account and region come from the
// function's own ARN, so that nobody needs permission to ask for them.
func From(ctx context.Context, now time.Time) (Invocation, error) {
	lambda, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return Invocation{}, errors.New("reading the invocation: the context is not one of Lambda's; start the function through its runtime")
	}
	function, err := arn.Parse(lambda.InvokedFunctionArn)
	if err != nil || function.AccountID == "" || function.Region == "" {
		return Invocation{}, fmt.Errorf("reading the invocation: %q is not the ARN of a function; start it through Lambda",
			lambda.InvokedFunctionArn)
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = now.Add(longest)
	}
	return Invocation{RequestID: lambda.AwsRequestID, Account: function.AccountID, Region: function.Region, Deadline: deadline}, nil
}

// reserve is how much of an invocation is kept for writing down what it has done, and the most of the time left
// that this may be.
const (
	reserve      = 20 * time.Second
	reserveShare = 4
)

// WorkFor is how long to go on reading, so that there is time left to write down what was read.
func (i Invocation) WorkFor(now time.Time) time.Duration {
	left := i.Deadline.Sub(now)
	return left - min(reserve, left/reserveShare)
}

// Claim says which invocation is working on an object, and until when it can be alive.
type Claim struct {
	RequestID string    `json:"requestId"`
	Until     time.Time `json:"until"`
}

// Claim is this invocation's claim.
func (i Invocation) Claim() Claim {
	return Claim{RequestID: i.RequestID, Until: i.Deadline.UTC()}
}

// MayTake says whether this invocation may take over the work that another claimed: when the claim is its own
// (Lambda is retrying it after a failure), or when the claimant's time is over.
func (i Invocation) MayTake(claim Claim, now time.Time) bool {
	return claim.RequestID == i.RequestID || now.After(claim.Until)
}
