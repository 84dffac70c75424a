package functions

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The dead-letter queues", func() {
	It("should take messages of their function's EventBridge rules, encrypted with the key", func() {
		queue := deploy(nil).Resource("remediator-undelivered").Inputs
		Expect(queue).To(HaveKeyWithValue("kmsMasterKeyId", keyARN))
		Expect(queue["policy"]).To(And(
			ContainSubstring(`"arn:aws:events:us-east-1:111122223333:rule/monitor-test-remediator-compliance"`),
			ContainSubstring(`"arn:aws:events:us-east-1:111122223333:rule/monitor-test-remediator-schedule"`),
			Not(ContainSubstring("aggregator")),
		))
	})

	It("should take failed events from roles only", func() {
		Expect(deploy(nil).Resource("remediator-failures").Inputs["policy"]).NotTo(ContainSubstring(`"Allow"`))
	})
})
