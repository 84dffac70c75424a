package function_test

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/function"
)

type handler func(payload []byte) error

func (h handler) Handle(_ context.Context, payload []byte) error { return h(payload) }

// answering is a handler that answers with the payload, in a list.
type answering struct{ handler }

func (answering) Answer(_ context.Context, payload []byte) ([]byte, error) {
	return []byte("[" + string(payload) + "]"), nil
}

var _ lambda.Handler = (*function.Lazy)(nil)

var _ = Describe("A lazy handler", func() {
	It("should be built at the first event, once, and given each payload as it came", func() {
		built := 0
		var payloads []string
		lazy := function.NewLazy(func() (function.Handler, error) {
			built++
			return handler(func(payload []byte) error {
				payloads = append(payloads, string(payload))
				return nil
			}), nil
		})
		Expect(built).To(BeZero())
		for _, payload := range []string{"{}", "not JSON"} {
			answer, err := lazy.Invoke(context.Background(), []byte(payload))
			Expect(err).NotTo(HaveOccurred())
			Expect(answer).To(MatchJSON("null"))
		}
		Expect(built).To(Equal(1))
		Expect(payloads).To(Equal([]string{"{}", "not JSON"}))
	})

	It("should pass on the handler's error, so that Lambda tries again", func() {
		fault := errors.New("no luck")
		lazy := function.NewLazy(func() (function.Handler, error) { return handler(func([]byte) error { return fault }), nil })
		_, err := lazy.Invoke(context.Background(), nil)
		Expect(err).To(MatchError(fault))
	})

	It("should hand on what a handler answers", func() {
		lazy := function.NewLazy(func() (function.Handler, error) { return answering{}, nil })
		answer, err := lazy.Invoke(context.Background(), []byte("1"))
		Expect(err).NotTo(HaveOccurred())
		Expect(answer).To(MatchJSON("[1]"))
	})

	It("should fail every event when it can't be built", func() {
		fault := errors.New("no catalogue")
		lazy := function.NewLazy(func() (function.Handler, error) { return nil, fault })
		for range 2 {
			_, err := lazy.Invoke(context.Background(), nil)
			Expect(err).To(MatchError(fault))
		}
	})
})

var _ = Describe("Sleeping", func() {
	It("should end when the time is over", func() {
		Expect(function.Sleep(context.Background(), time.Nanosecond)).To(Succeed())
	})

	It("should end with an error when the invocation is over", func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		Expect(function.Sleep(ctx, time.Hour)).To(MatchError(context.Canceled))
	})
})
