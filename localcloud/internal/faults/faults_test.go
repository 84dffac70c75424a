package faults

import (
	"errors"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// served is what a handler answers that is not struck.
var served = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })

// ask sends a request past the orders.
func ask(orders *Orders, info awsreq.Info) int {
	recorder := httptest.NewRecorder()
	orders.Serve(recorder, httptest.NewRequest(http.MethodPost, "/", http.NoBody), info, served)
	return recorder.Code
}

var _ = Describe("An order", func() {
	caller := policy.Principal{ARN: "arn:aws:sts::123456789012:assumed-role/remediator/session"}

	DescribeTable("should strike what it is for only",
		func(order Order, struck bool) {
			orders := New(func(*http.Request) (policy.Principal, error) { return caller, nil }, log.New(GinkgoWriter, "", 0))
			order.Kind, order.Rate = Throttle, 1
			orders.add([]*Order{&order})
			status := ask(orders, awsreq.Info{Service: "s3", Operation: "PutObject"})
			Expect(status == http.StatusServiceUnavailable).To(Equal(struck))
			Expect(order.Seen).To(Equal(order.Struck))
		},
		Entry("all", Order{}, true), Entry("its service", Order{Service: "s3"}, true), Entry("not another", Order{Service: "sqs"}, false),
		Entry("its operations", Order{Operation: "Put*"}, true), Entry("not others", Order{Operation: "Get*"}, false),
		Entry("its role", Order{Caller: "remediator"}, true), Entry("its ARN", Order{Caller: caller.ARN}, true), Entry("not another role", Order{Caller: "remedia"}, false),
	)

	It("should strike nobody for a caller who is not known", func() {
		orders := New(func(*http.Request) (policy.Principal, error) { return policy.Principal{}, errors.New("nobody knows") }, log.New(GinkgoWriter, "", 0))
		orders.add([]*Order{{Kind: Reset, Rate: 1, Caller: "remediator"}})
		Expect(ask(orders, awsreq.Info{Service: "s3"})).To(Equal(http.StatusTeapot))
	})

	It("should be refused in bodies that are too large", func() {
		recorder := httptest.NewRecorder()
		New(nil, nil).Endpoint().ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat(" ", bodyLimit+1))))
		Expect(recorder.Code).To(Equal(http.StatusBadRequest))
	})
})

func TestAsManyAreStruckAsWasOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := Order{
			Kind: ServerErr, Rate: rapid.Float64Range(0.05, 1).Draw(t, "rate"), Count: rapid.IntRange(0, 20).Draw(t, "count"), Seed: rapid.Uint64().Draw(t, "seed"),
		}
		run := func() (pattern string, struck int) {
			again := order
			orders := New(nil, nil)
			orders.add([]*Order{&again})
			for range 400 {
				if ask(orders, awsreq.Info{Service: "sqs"}) == http.StatusTeapot {
					pattern += "."
				} else {
					pattern, struck = pattern+"X", struck+1
				}
			}
			return pattern, struck
		}
		pattern, struck := run()
		if repeated, _ := run(); repeated != pattern {
			t.Fatal("the same seed strikes others")
		}
		if order.Count > 0 && struck > order.Count {
			t.Fatalf("%d are struck, not %d at most", struck, order.Count)
		}
		if expected := order.Rate * 400; order.Count == 0 && (float64(struck) < expected-100 || float64(struck) > expected+100) {
			t.Fatalf("%d of 400 are struck, where %.0f were to be", struck, expected)
		}
	})
}
