// Package undo has a fix undone for an operator: it finds the fix's record in the reports bucket, and invokes the deployed
// remediator, which alone may write to resources.
package undo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	contract "github.com/compliance-monitor/compliance-monitor/contract/undo"
)

// S3 is what is called of S3.
type S3 interface {
	s3.ListObjectsV2APIClient
	GetObject(ctx context.Context, in *s3.GetObjectInput, options ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

// Lambda is what is called of Lambda.
type Lambda interface {
	Invoke(ctx context.Context, in *lambda.InvokeInput, options ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// Operator is who wants a fix undone, and where.
type Operator struct {
	S3       S3
	Lambda   Lambda
	Bucket   string // the reports bucket
	Function string // the remediator's name
	By       string // who asks: the ARN of the credentials
	Deploy   string // the command that deploys the functions layer, for errors
}

// Undo asks the deployed remediator to undo a fix, or, in a dry run, to say whether it would, and waits for its answer.
func (o Operator) Undo(ctx context.Context, fix Fix, dryRun bool) (contract.Answer, error) {
	request := contract.Request{Key: fix.Key, By: o.By, DryRun: dryRun}
	out, err := o.Lambda.Invoke(ctx, &lambda.InvokeInput{
		FunctionName: &o.Function, InvocationType: types.InvocationTypeRequestResponse, Payload: request.Event(),
	})
	switch {
	case code(err) == codeNoSuchFunction:
		return contract.Answer{}, fmt.Errorf("there is no function %s: deploy it with '%s'", o.Function, o.Deploy)
	case err != nil:
		return contract.Answer{}, fmt.Errorf("invoking the function %s: %w; run the same command again to see how far it came",
			o.Function, explain(err, "lambda:InvokeFunction on it"))
	case out.FunctionError != nil:
		return contract.Answer{}, o.failure(out.Payload)
	}
	var answer contract.Answer
	if err := json.Unmarshal(out.Payload, &answer); err != nil {
		return contract.Answer{}, fmt.Errorf("reading what the function %s answered (%q): %w", o.Function, out.Payload, err)
	}
	if answer.Outcome == "" {
		return contract.Answer{}, fmt.Errorf("the deployed function %s does not know how to undo: it is of an older version; deploy it with '%s'",
			o.Function, o.Deploy)
	}
	return answer, nil
}

// failure is what the function says of its own failing.
func (o Operator) failure(payload []byte) error {
	var said struct {
		Message string `json:"errorMessage"`
	}
	if err := json.Unmarshal(payload, &said); err != nil || said.Message == "" {
		said.Message = string(payload)
	}
	return fmt.Errorf("the function %s failed: %s\nRun the same command again: it finds out how far it came, and goes on. "+
		"Where AWS denies the write, the rule is not in mode enforce (or its allowDisruption is off), and the role may not write: "+
		"set that, deploy it with '%s', undo, and set it back", o.Function, said.Message, o.Deploy)
}

// Codes of errors that are acted on.
const (
	codeNoSuchFunction = "ResourceNotFoundException"
	codeNoSuchKey      = "NoSuchKey"
	codeNoSuchBucket   = "NoSuchBucket"
)

func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// explain adds what to do about an error of AWS; needs is the permission that the call needs.
func explain(err error, needs string) error {
	switch code(err) {
	case "AccessDenied", "AccessDeniedException":
		return fmt.Errorf("%w; the credentials need %s", err, needs)
	case codeNoSuchBucket:
		return fmt.Errorf("%w; the foundation layer has been destroyed since it was deployed", err)
	default:
		return err
	}
}

// Back are the changes of undoing a fix.
func (f Fix) Back() []contract.Change {
	back := make([]contract.Change, 0, len(f.Changes))
	for _, change := range f.Changes {
		back = append(back, contract.Change{Property: change.Property, Before: change.After, After: change.Before})
	}
	return back
}
