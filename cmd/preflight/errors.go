package preflight

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// AWS's error codes by what they say of the caller. Services differ in how they call the same thing.
var (
	expired   = []string{"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
	invalid   = []string{"InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException", "AuthFailure"}
	denied    = []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
	throttled = []string{"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"}
)

const signIn = "sign in with 'aws sso login' or 'aws configure', or set AWS_PROFILE"

// credentialsError says what is wrong with the credentials.
func credentialsError(err error) error {
	var api smithy.APIError
	var unsent *smithyhttp.RequestSendError
	switch {
	case errors.Is(err, context.Canceled), errors.As(err, &unsent):
		return fmt.Errorf("asking AWS whose credentials these are: %w", callError(err, ""))
	case !errors.As(err, &api):
		return fmt.Errorf("finding AWS credentials: %w; %s", cause(err), signIn)
	case slices.Contains(expired, api.ErrorCode()):
		return fmt.Errorf("the AWS credentials have expired (%s): sign in again, for instance with 'aws sso login', "+
			"and run the same command again", api.ErrorMessage())
	case slices.Contains(invalid, api.ErrorCode()):
		return fmt.Errorf("AWS does not accept the credentials (%s): check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "+
			"AWS_PROFILE", api.ErrorMessage())
	default:
		return fmt.Errorf("asking AWS whose credentials these are: %w", callError(err, "sts:GetCallerIdentity"))
	}
}

// callError is what a call came to, without the SDK's account of how it was made, and what to do about it. The action is
// the permission that the call needs.
func callError(err error, action string) error {
	var api smithy.APIError
	var unsent *smithyhttp.RequestSendError
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &unsent):
		return fmt.Errorf("AWS can't be reached: %w; check the network, the proxy and AWS_ENDPOINT_URL", unsent.Err)
	case !errors.As(err, &api):
		return fmt.Errorf("%w; run the same command again", cause(err))
	case slices.Contains(denied, api.ErrorCode()):
		return fmt.Errorf("%s: %s; the credentials need the permission %s", api.ErrorCode(), api.ErrorMessage(), action)
	case slices.Contains(throttled, api.ErrorCode()):
		return fmt.Errorf("%s: %s; wait a minute and run the same command again", api.ErrorCode(), api.ErrorMessage())
	default:
		return fmt.Errorf("%s: %s; run the same command again", api.ErrorCode(), api.ErrorMessage())
	}
}

// cause is the error within the SDK's account of the operation.
func cause(err error) error {
	var operation *smithy.OperationError
	if errors.As(err, &operation) {
		return operation.Err
	}
	return err
}
