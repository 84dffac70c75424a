package observability_test

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

var _ = Describe("An alarm", func() {
	// subscribe has mails of the operations topic come to an address of the spec's own, until it ends.
	subscribe := func(ctx SpecContext, address string) {
		GinkgoHelper()
		made, err := clients.SNS.Subscribe(ctx, &sns.SubscribeInput{
			TopicArn: aws.String(operationsARN), Protocol: aws.String("email"), Endpoint: &address, ReturnSubscriptionArn: true,
		})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func(ctx SpecContext) {
			Expect(clients.SNS.Unsubscribe(ctx, &sns.UnsubscribeInput{SubscriptionArn: made.SubscriptionArn})).Error().NotTo(HaveOccurred())
		})
	}
	subjects := func(ctx SpecContext, address string) []string {
		GinkgoHelper()
		var mails []struct{ Subject string }
		Expect(deployed.Own(ctx, http.MethodGet, "mailbox?to="+address, nil, &mails)).To(Succeed())
		var all []string
		for _, mail := range mails {
			all = append(all, mail.Subject)
		}
		return all
	}

	for _, short := range alarmNames {
		It("should tell people when "+short+" rings, and when it is over", func(ctx SpecContext) {
			address := short + "@example.com"
			subscribe(ctx, address)
			name := names.Resource(prefix, short)
			for _, state := range []types.StateValue{types.StateValueAlarm, types.StateValueOk} {
				Expect(clients.CloudWatch.SetAlarmState(ctx, &cloudwatch.SetAlarmStateInput{
					AlarmName: &name, StateValue: state, StateReason: aws.String("a spec wants to know"),
				})).Error().NotTo(HaveOccurred())
				Eventually(func() []string { return subjects(ctx, address) }).WithTimeout(time.Minute).Should(ContainElement(
					And(ContainSubstring(string(state)), ContainSubstring(name))))
			}
		})
	}
})
