package localcloud_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A request to invoke a function", func() {
	DescribeTable("should be refused",
		func(ctx SpecContext, kind types.InvocationType, payload func() []byte, expected string) {
			f := deploy(ctx, client, nil)
			_, err := f.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &f.name, InvocationType: kind, Payload: payload()})
			Expect(err).To(code(expected))
			Expect(f.history(ctx)).To(BeEmpty())
		},
		Entry("with what is no JSON", types.InvocationTypeRequestResponse, func() []byte { return []byte("{") }, "InvalidRequestContentException"),
		Entry("with too much", types.InvocationTypeRequestResponse, func() []byte { return bytes.Repeat([]byte(" "), 6<<20+1) }, "RequestTooLargeException"),
		Entry("with too much for the queue", types.InvocationTypeEvent, func() []byte { return bytes.Repeat([]byte(" "), 1<<20+1) }, "RequestTooLargeException"),
		Entry("of no kind", types.InvocationType("Maybe"), func() []byte { return nil }, "ValidationException"),
	)

	It("should run nothing when it is a dry run", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		out, err := f.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &f.name, InvocationType: types.InvocationTypeDryRun})
		Expect(err).NotTo(HaveOccurred())
		Expect(out.StatusCode).To(BeEquivalentTo(http.StatusNoContent))
		Expect(f.history(ctx)).To(BeEmpty())
	})

	It("should not be for a stream", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		_, err := f.client.InvokeWithResponseStream(ctx, &lambda.InvokeWithResponseStreamInput{FunctionName: &f.name})
		Expect(err).To(And(code("NotImplemented"), MatchError(ContainSubstring("use Invoke"))))
	})

	It("should be throttled as the reserved concurrency says", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		reserve := func(count int32) {
			_, err := f.client.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{FunctionName: &f.name, ReservedConcurrentExecutions: &count})
			Expect(err).NotTo(HaveOccurred())
		}
		reserve(0)
		_, err := f.try(ctx, "", nil)
		var throttled *types.TooManyRequestsException
		Expect(errors.As(err, &throttled)).To(BeTrue(), fmt.Sprint(err))
		Expect(throttled.Reason).To(Equal(types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded))
		Expect(*throttled.Message).To(Equal("Rate Exceeded."))
		reserve(1)
		f.hold(ctx)()
		Expect(f.answer(ctx, []byte(`1`))).To(Equal(`1`))
		Expect(f.history(ctx)).To(ContainElement(HaveField("Outcome", "throttled")))
	})
})
