package awserr_test

import (
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
)

var _ = DescribeTable("An error of AWS Config",
	func(code string, throttled, token bool) {
		err := fmt.Errorf("reading: %w", &smithy.GenericAPIError{Code: code})
		Expect(awserr.IsThrottled(err)).To(Equal(throttled))
		Expect(awserr.IsInvalidNextToken(err)).To(Equal(token))
	},
	Entry("that it was asked too often", "ThrottlingException", true, false),
	Entry("that it was asked too often, in other words", "TooManyRequestsException", true, false),
	Entry("that it does not know a page", "InvalidNextTokenException", false, true),
	Entry("of another kind", "AccessDeniedException", false, false),
)

var _ = Describe("An error that is no answer", func() {
	It("should be neither", func() {
		Expect(awserr.IsThrottled(errors.New("ThrottlingException"))).To(BeFalse())
		Expect(awserr.IsThrottled(nil)).To(BeFalse())
		Expect(awserr.IsInvalidNextToken(nil)).To(BeFalse())
	})
})
