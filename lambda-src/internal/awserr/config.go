package awserr

import "github.com/aws/aws-sdk-go-v2/aws/retry"

const codeInvalidNextToken = "InvalidNextTokenException"

// IsThrottled says that AWS was asked too often. The SDK has then tried again and waited as long as its retryer lets it.
func IsThrottled(err error) bool {
	_, throttled := retry.DefaultThrottleErrorCodes[Code(err)]
	return throttled
}

// IsInvalidNextToken says that AWS Config does not know, or no longer knows, the token of a page.
func IsInvalidNextToken(err error) bool { return is(err, codeInvalidNextToken) }
