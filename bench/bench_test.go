package main

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The longest chain of waits", func() {
	const queue, key, function = "aws:sqs/queue:Queue", "aws:kms/key:Key", "aws:lambda/function:Function"

	It("should add up waits along dependencies, and not beside each other", func() {
		Expect(longest([]resource{
			{URN: "key", Type: key},
			{URN: "role", Type: "aws:iam/role:Role"},
			{URN: "function", Type: function, Dependencies: []string{"role"}},
			{URN: "queue", Type: queue, Dependencies: []string{"key"}},
			{URN: "target", Type: "aws:cloudwatch/eventTarget:EventTarget", Dependencies: []string{"queue", "function"}},
		})).To(Equal(waits[key] + waits[queue]))
	})

	It("should be nothing where nothing waits", func() {
		Expect(longest(nil)).To(BeZero())
	})
})

var _ = Describe("A line of /proc", func() {
	It("should be read past a program's name with spaces and brackets", func() {
		pid, parent, program, seconds, err := parseStat("42 (a (b) c) S 7 1 1 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 1 0 9 9 9")
		Expect(err).NotTo(HaveOccurred())
		Expect([]any{pid, parent, program, seconds}).To(Equal([]any{42, 7, "a (b) c", 2.0}))
	})

	DescribeTable("should be refused", func(line string) {
		_, _, _, _, err := parseStat(line)
		Expect(err).To(HaveOccurred())
	},
		Entry("without a name", "42 S 7"),
		Entry("when it is cut off", "42 (a) S 7 1"),
		Entry("with text for a number", "42 (a) S x 1 1 0 -1 4194304 1 2 3 4 150 50 0 0"),
	)
})

var _ = Describe("Results", func() {
	It("should relate timings of one run", func() {
		r := results{
			DeployAll: timing{Seconds: 72, CPU: map[string]float64{"pulumi": 7.2}}, Unchanged: timing{Seconds: 11},
			OneFunction: timing{Seconds: 18}, Chain: map[string]float64{"a": 34, "b": 26},
		}.judged()
		Expect(r.Ratios[0].Value).To(Equal(1.2))
		Expect(r.Ratios[1].Value).To(Equal(11.0))
		Expect(r.Ratios[2].Value).To(Equal(0.25))
		Expect(r.Shares).To(HaveKeyWithValue("pulumi", 0.1))
		Expect(r.table()).To(MatchRegexp(`(?m)^  pulumi +10%  the engine$`))
		Expect(r.table()).To(MatchRegexp(`(?m)^deploy-functions .* 0\.25 .* 0\.20  missed$`))
	})
})
