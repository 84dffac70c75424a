package pulumitest_test

import (
	"errors"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

// outcomes are what FailingEachRegistration yields, in order.
func outcomes(program pulumi.RunFunc) []string {
	var all []string
	for step, err := range pulumitest.FailingEachRegistration(program, pulumitest.Options{}) {
		all = append(all, fmt.Sprintf("%s → %v", step, err))
	}
	return all
}

var _ = Describe("Failing each registration", func() {
	It("should make each step fail in turn, where the program can tell which it was", func() {
		Expect(outcomes(queues)).To(HaveExactElements(
			MatchRegexp(`^pulumi:providers:aws cloud → configuring the provider: .*`+pulumitest.Refused+`$`),
			MatchRegexp(`^aws:index/getCallerIdentity:getCallerIdentity → asking who calls: .*`+pulumitest.Refused+`$`),
			MatchRegexp(`^aws:sqs/queue:Queue first → making the first queue: .*`+pulumitest.Refused+`$`),
			MatchRegexp(`^aws:sqs/queue:Queue second → making the second queue: .*`+pulumitest.Refused+`$`),
			MatchRegexp(`^aws:sns/topic:Topic topic → making the topic: .*`+pulumitest.Refused+`$`),
		))
	})

	It("should show a program that carries on after a failure", func() {
		careless := func(ctx *pulumi.Context) error {
			_, _ = sqs.NewQueue(ctx, "ignored", nil)
			return nil
		}
		Expect(outcomes(careless)).To(HaveExactElements("aws:sqs/queue:Queue ignored → <nil>"))
	})

	It("should stop at the failed step", func() {
		recording, err := pulumitest.Run(queues, pulumitest.Options{FailAt: "aws:sqs/queue:Queue first"})
		Expect(err).To(MatchError(ContainSubstring(pulumitest.Refused)))
		Expect(recording.Steps).To(HaveLen(3))
		Expect(recording.Resource("first").ID).To(BeEmpty())
	})

	It("should report a program that fails by itself, for no step", func() {
		broken := func(*pulumi.Context) error { return errors.New("broken") }
		Expect(outcomes(broken)).To(HaveExactElements(" → broken"))
	})

	DescribeTable("should stop when nobody wants more",
		func(program pulumi.RunFunc, first string) {
			for step := range pulumitest.FailingEachRegistration(program, pulumitest.Options{}) {
				Expect(step).To(Equal(first))
				break
			}
		},
		Entry("after the first step", pulumi.RunFunc(queues), "pulumi:providers:aws cloud"),
		Entry("after the run that should fail nothing",
			pulumi.RunFunc(func(*pulumi.Context) error { return errors.New("broken") }), ""),
	)
})
