package demo

import (
	"context"
	"errors"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Waiting", func() {
	It("should look again until nothing is missing", func(ctx SpecContext) {
		looks := 0
		Expect(await(ctx, func(context.Context) (string, error) {
			if looks++; looks < 3 {
				return "something is missing", nil
			}
			return "", nil
		})).To(Succeed())
		Expect(looks).To(Equal(3))
	})

	It("should end with the first error, and when it is interrupted", func(ctx SpecContext) {
		broken := errors.New("broken")
		Expect(await(ctx, func(context.Context) (string, error) { return "", broken })).To(MatchError(broken))
		interrupted, interrupt := context.WithCancel(ctx)
		interrupt()
		Expect(await(interrupted, func(context.Context) (string, error) { return "missing", nil })).To(MatchError(context.Canceled))
	})
})

var _ = Describe("The newest record", func() {
	It("should be that of the resource under the rule", func() {
		all := []Record{{ID: "1", Rule: "r", Resource: "a"}, {ID: "2", Rule: "r", Resource: "b"}, {ID: "3", Rule: "q", Resource: "a"}}
		all = append(all, Record{ID: "4", Rule: "r", Resource: "a", Ordering: all[0].Ordering.Add(1)})
		found, there := of(all, "r", "a")
		Expect(there).To(BeTrue())
		Expect(found.ID).To(Equal("4"))
		_, there = of(all, "q", "b")
		Expect(there).To(BeFalse())
	})
})
