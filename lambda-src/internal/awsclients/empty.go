package awsclients

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// ErrEmptyAnswer is what a reading call of AWS Config fails with when the answer says success and nothing else.
var ErrEmptyAnswer = errors.New("the answer has no body")

// body is an answer's body of which a part has been looked at.
type body struct {
	io.Reader
	io.Closer
}

// refuseEmptyAnswers makes every reading operation of a client fail on an answer without a body.
func refuseEmptyAnswers(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("RefuseEmptyAnswers", refuseEmpty), middleware.After)
}

func refuseEmpty(
	ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok || !reads(awsmiddleware.GetOperationName(ctx)) {
		return out, metadata, err
	}
	reader := bufio.NewReader(response.Body)
	if _, err := reader.Peek(1); err != nil {
		return out, metadata, fmt.Errorf("reading the answer: %w", errors.Join(ErrEmptyAnswer, err))
	}
	response.Body = body{Reader: reader, Closer: response.Body}
	return out, metadata, nil
}

func reads(operation string) bool {
	return strings.HasPrefix(operation, "Get") || strings.HasPrefix(operation, "Describe") || strings.HasPrefix(operation, "List")
}
