package loop_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// floodLimit is how many mails a minute the processor sends one by one in a storm.
const floodLimit = 150

var _ = Describe("A storm of violations", troublesome, func() {
	It("should be recorded one by one, and be told in few mails", func(ctx SpecContext) {
		const rule, size = "s3-access-logging", 1000
		limitFloods(ctx, strconv.Itoa(floodLimit))
		storm := unused("storm")
		By("taking the right to list from the processor, without which nobody can sum up a flood")
		restore := without(ctx, names.Processor, "ListFloods")
		lost := waiting(ctx, "processor-failures") + waiting(ctx, "processor-undelivered")
		began := now(ctx)
		var all []evaluation
		for i := range size {
			all = append(all, evaluation{Rule: full(rule), ResourceType: bucketType, ResourceID: fmt.Sprintf("%s-%d", storm, i), ComplianceType: nonCompliant})
		}
		var taken struct{ Recorded, Stale int }
		own(ctx, http.MethodPost, "config/evaluations?region="+names.Region, all, &taken)
		Expect(taken.Recorded).To(Equal(size))

		By("failing to sum it up, and giving the right back to Lambda's next try")
		Eventually(ctx, func() map[string]int { return refused(ctx, names.Processor) }).WithTimeout(3 * patience).WithPolling(time.Second).
			Should(HaveKey(ContainSubstring("s3:ListBucket")))
		restore()
		advance(ctx, time.Minute)

		By("having told all")
		found := map[string]string{} // resource → how its mail was delivered
		Eventually(ctx, func(g Gomega) {
			clear(found)
			for key, etag := range keys(ctx, names.EventsPrefix) {
				var one record
				g.Expect(json.Unmarshal(content(ctx, key, etag), &one)).To(Succeed())
				if strings.HasPrefix(one.ResourceID, storm) {
					g.Expect(found).NotTo(HaveKey(one.ResourceID), "one result has one record")
					found[one.ResourceID] = one.Notification.Delivery
				}
			}
			g.Expect(found).To(HaveLen(size))
			g.Expect(found).To(HaveEach(BeElementOf("sent", "summarised")))
		}).WithTimeout(3 * patience).WithPolling(time.Second).Should(Succeed())

		sent := 0
		for _, delivery := range found {
			if delivery == "sent" {
				sent++
			}
		}
		Expect(sent).To(BeNumerically("<", size), "the limit is %d a minute", floodLimit)
		Eventually(ctx, func() []mail { return mailsSince(ctx, "violations", began) }).
			Should(ContainElement(HaveField("Subject", ContainSubstring("many changes at once"))))
		single := 0
		for _, one := range mailsSince(ctx, "violations", began) {
			if strings.Contains(one.Subject, storm) {
				single++
			}
		}
		Expect(single).To(Equal(sent))
		Expect(waiting(ctx, "processor-failures") + waiting(ctx, "processor-undelivered")).To(Equal(lost))
	})
})

// waiting is how many messages a queue of ours holds.
func waiting(ctx context.Context, short string) string {
	GinkgoHelper()
	out := must(clients.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: queueURL(ctx, short), AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameApproximateNumberOfMessages},
	}))
	return out.Attributes[string(types.QueueAttributeNameApproximateNumberOfMessages)]
}

func queueURL(ctx context.Context, short string) *string {
	GinkgoHelper()
	return must(clients.SQS.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(full(short))})).QueueUrl
}

// taken are the events in a queue of those that a function could not handle. They are taken out of it.
func taken(ctx context.Context, short string) []string {
	GinkgoHelper()
	url := queueURL(ctx, short+"-failures")
	var events []string
	for {
		out := must(clients.SQS.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: 10}))
		if len(out.Messages) == 0 {
			return events
		}
		for _, message := range out.Messages {
			var failed struct{ RequestPayload json.RawMessage }
			Expect(json.Unmarshal([]byte(*message.Body), &failed)).To(Succeed())
			events = append(events, string(failed.RequestPayload))
			ok(clients.SQS.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: message.ReceiptHandle}))
		}
	}
}
