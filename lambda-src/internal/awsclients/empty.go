package awsclients

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
)

// ErrEmptyAnswer is what a reading call fails with when the answer says success and nothing else.
var ErrEmptyAnswer = awshttp.ErrEmptyAnswer

// prologLength is more than XML's first line ever takes, in bytes.
const prologLength = 256

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
	if err != nil || !ok || response.StatusCode >= http.StatusMultipleChoices || !reads(awsmiddleware.GetOperationName(ctx)) {
		return out, metadata, err
	}
	reader := bufio.NewReader(response.Body)
	start, err := reader.Peek(prologLength)
	if err != nil && !errors.Is(err, io.EOF) {
		return out, metadata, fmt.Errorf("reading the answer: %w", err)
	}
	if saysNothing(start) {
		return out, metadata, fmt.Errorf("reading the answer: %w", ErrEmptyAnswer)
	}
	response.Body = body{Reader: reader, Closer: response.Body}
	return out, metadata, nil
}

// reads says whether an operation is one whose answer always has a body. An object may be empty.
func reads(operation string) bool {
	return operation != "GetObject" && (strings.HasPrefix(operation, "Get") || strings.HasPrefix(operation, "Describe") ||
		strings.HasPrefix(operation, "List"))
}

// saysNothing says whether a body that starts so is empty: to the SDK, XML that ends after its first line is, too.
func saysNothing(start []byte) bool {
	start = bytes.TrimSpace(start)
	if bytes.HasPrefix(start, []byte("<?")) {
		_, start, _ = bytes.Cut(start, []byte("?>"))
	}
	return len(bytes.TrimSpace(start)) == 0
}
