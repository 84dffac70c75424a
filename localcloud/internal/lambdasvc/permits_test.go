package lambdasvc

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
)

var _ = Describe("A function's policy", func() {
	const (
		arn  = "arn:aws:lambda:us-east-1:123456789012:function:f"
		rule = "arn:aws:events:us-east-1:123456789012:rule/r"
	)
	var handler *Handler

	allow := func(qualifier string, given permission) {
		given.Action = "lambda:InvokeFunction"
		resource := arn
		if qualifier != "" {
			resource += ":" + qualifier
		}
		handler.functions.with(functionKey{"us-east-1", "f"}, func(kept *function) {
			Expect(kept.policy(qualifier).add(given.statement(resource), "")).To(Succeed())
		})
	}

	BeforeEach(func() {
		handler = New(Options{Clock: clock.New()})
		allow("", permission{StatementID: "events", Principal: "events.amazonaws.com", SourceArn: rule, SourceAccount: "123456789012"})
		allow("", permission{StatementID: "sns", Principal: "sns.amazonaws.com"})
		allow("live", permission{StatementID: "alias", Principal: "s3.amazonaws.com"})
	})

	DescribeTable("should permit",
		func(expected bool, function, service, source, account string) {
			Expect(handler.Permits("us-east-1", function, service, source, account)).To(Equal(expected))
		},
		Entry("the rule that it names", true, arn, "events.amazonaws.com", rule, "123456789012"),
		Entry("no other rule", false, arn, "events.amazonaws.com", rule+"2", "123456789012"),
		Entry("no other account", false, arn, "events.amazonaws.com", rule, "210987654321"),
		Entry("nothing without an account, when it names one", false, arn, "events.amazonaws.com", rule, ""),
		Entry("a service without conditions", true, arn, "sns.amazonaws.com", "arn:aws:sns:us-east-1:1:t", ""),
		Entry("no other service", false, arn, "s3.amazonaws.com", "arn:aws:s3:::b", "123456789012"),
		Entry("under an alias what the alias permits", true, arn+":live", "s3.amazonaws.com", "arn:aws:s3:::b", ""),
		Entry("under an alias nothing that only the function permits", false, arn+":live", "sns.amazonaws.com", "", ""),
		Entry("nothing for a function without one", false, arn+"g", "sns.amazonaws.com", "", ""),
	)
})
