package exemptions_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
)

var _ = Describe("All exemptions", func() {
	const document = `{"schemaVersion":1,"exemptions":[
		{"rule":"a","resource":"x-*","owner":"o","reason":"r","expires":"2026-11-30"},
		{"rule":"b","resource":"y","owner":"o","reason":"r","expires":"2020-01-01"}]}`

	It("should be in their order, with those that have ended", func() {
		list, err := exemptions.Parse([]byte(document))
		Expect(err).NotTo(HaveOccurred())
		Expect(list.All()).To(HaveExactElements(HaveField("Rule", "a"), HaveField("Rule", "b")))
		list.All()[0].Rule = "changed"
		Expect(list.All()[0].Rule).To(Equal("a"))
	})

	DescribeTable("should say how many days they have left, in UTC",
		func(at string, days int, covers bool) {
			list, err := exemptions.Parse([]byte(document))
			Expect(err).NotTo(HaveOccurred())
			moment, err := time.Parse(time.RFC3339, at)
			Expect(err).NotTo(HaveOccurred())
			Expect(list.All()[0].DaysLeft(moment)).To(Equal(days))
			Expect(list.All()[0].Covers("a", "x-1", moment)).To(Equal(covers))
			Expect(list.All()[0].Covers("b", "x-1", moment)).To(BeFalse())
			Expect(list.All()[0].Covers("a", "y", moment)).To(BeFalse())
		},
		Entry("two weeks before", "2026-11-16T23:59:59Z", 14, true),
		Entry("on the last day", "2026-11-30T00:00:00Z", 0, true),
		Entry("at its end", "2026-11-30T23:59:59Z", 0, true),
		Entry("when it is already the next day elsewhere", "2026-12-01T00:30:00+01:00", 0, true),
		Entry("the day after", "2026-12-01T00:00:00Z", -1, false),
	)
})
