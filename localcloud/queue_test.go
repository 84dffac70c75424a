package localcloud_test

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// inbox is a queue that a spec reads.
type inbox struct {
	client   *sqs.Client
	url, arn string
}

// makeInbox makes a queue.
func makeInbox(ctx context.Context, name string) inbox {
	GinkgoHelper()
	box := inbox{client: sqs.NewFromConfig(client), arn: "arn:aws:sqs:us-east-1:123456789012:" + name}
	made, err := box.client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name})
	Expect(err).NotTo(HaveOccurred())
	box.url = *made.QueueUrl
	return box
}

// messages are those that are in the queue, which is empty then.
func (b inbox) messages(ctx context.Context) []sqstypes.Message {
	GinkgoHelper()
	out, err := b.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &b.url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"}})
	Expect(err).NotTo(HaveOccurred())
	return out.Messages
}

// recorded is a record of an invocation.
type recorded struct {
	Version        string
	Timestamp      time.Time
	RequestContext struct {
		RequestID, FunctionArn, Condition string
		ApproximateInvokeCount            int
	}
	RequestPayload  any
	ResponseContext *struct {
		StatusCode                     int
		ExecutedVersion, FunctionError string
	}
	ResponsePayload any
}

func readRecord(text string) recorded {
	GinkgoHelper()
	var record recorded
	Expect(json.Unmarshal([]byte(text), &record)).To(Succeed(), text)
	return record
}

var _ = Describe("An event in a function's queue", func() {
	settle := func(ctx context.Context, f running, in *lambda.PutFunctionEventInvokeConfigInput) {
		GinkgoHelper()
		in.FunctionName = &f.name
		_, err := f.client.PutFunctionEventInvokeConfig(ctx, in)
		Expect(err).NotTo(HaveOccurred())
	}
	onFailure := func(arn string) *types.DestinationConfig {
		return &types.DestinationConfig{OnFailure: &types.OnFailure{Destination: &arn}}
	}
	onSuccess := func(arn string) *types.DestinationConfig {
		return &types.DestinationConfig{OnSuccess: &types.OnSuccess{Destination: &arn}}
	}
	outcomes := func(ctx context.Context, f running) []string {
		var all []string
		for _, one := range f.history(ctx) {
			all = append(all, one.Outcome)
		}
		return all
	}

	It("should be handled once when that succeeds", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		f.queue(ctx, []byte(`1`))
		f.advance(ctx, "6h")
		Expect(f.history(ctx)).To(HaveExactElements(And(HaveField("Kind", "Event"), HaveField("Outcome", "success"), HaveField("Attempt", 1))))
	})

	It("should be tried twice more, after a minute and then two, and be recorded", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		box := makeInbox(ctx, f.name)
		settle(ctx, f, &lambda.PutFunctionEventInvokeConfigInput{DestinationConfig: onFailure(box.arn)})
		f.queue(ctx, do("fail", "no bucket"))
		f.advance(ctx, "30s")
		Expect(outcomes(ctx, f)).To(Equal([]string{"failure"}))
		f.advance(ctx, "40s")
		Expect(outcomes(ctx, f)).To(Equal([]string{"failure", "failure"}))
		Expect(box.messages(ctx)).To(BeEmpty())
		f.advance(ctx, "1m")
		Expect(outcomes(ctx, f)).To(HaveLen(2))
		f.advance(ctx, "6h")
		history := f.history(ctx)
		Expect(history).To(HaveExactElements(HaveField("Attempt", 1), HaveField("Attempt", 2), HaveField("Attempt", 3)))
		Expect(history[1].Time).To(BeTemporally("~", history[0].Time.Add(time.Minute), 30*time.Second))
		Expect(history[2].Time).To(BeTemporally("~", history[1].Time.Add(2*time.Minute), 30*time.Second))
		Expect(history).To(HaveEach(HaveField("RequestID", history[0].RequestID)))
		messages := box.messages(ctx)
		Expect(messages).To(HaveLen(1))
		record := readRecord(*messages[0].Body)
		Expect(record.Version).To(Equal("1.0"))
		Expect(record.Timestamp).To(BeTemporally("~", history[2].Time, time.Minute))
		Expect(record.RequestContext.RequestID).To(Equal(history[0].RequestID))
		Expect(record.RequestContext.FunctionArn).To(Equal("arn:aws:lambda:us-east-1:123456789012:function:" + f.name + ":$LATEST"))
		Expect(record.RequestContext.Condition).To(Equal("RetriesExhausted"))
		Expect(record.RequestContext.ApproximateInvokeCount).To(Equal(3))
		Expect(record.RequestPayload).To(Equal(map[string]any{"Do": "fail", "Text": "no bucket"}))
		Expect(record.ResponseContext).To(HaveValue(And(
			HaveField("StatusCode", 200), HaveField("ExecutedVersion", "$LATEST"), HaveField("FunctionError", "Unhandled"))))
		Expect(record.ResponsePayload).To(Equal(map[string]any{"errorType": "Function.Broken", "errorMessage": "no bucket"}))
	})

	It("should be tried as often as its function says, and go to the dead-letter queue as it is", func(ctx SpecContext) {
		name := "fn-dead-letters"
		box := makeInbox(ctx, name)
		f := deploy(ctx, client, func(in *lambda.CreateFunctionInput) {
			in.DeadLetterConfig = &types.DeadLetterConfig{TargetArn: &box.arn}
		})
		settle(ctx, f, &lambda.PutFunctionEventInvokeConfigInput{MaximumRetryAttempts: aws.Int32(0)})
		f.queue(ctx, do("crash", 3))
		f.advance(ctx, "1s")
		messages := box.messages(ctx)
		Expect(messages).To(HaveLen(1))
		Expect(*messages[0].Body).To(MatchJSON(`{"Do":"crash","Number":3}`))
		history := f.history(ctx)
		Expect(history).To(HaveLen(1))
		attribute := func(name string) string { return aws.ToString(messages[0].MessageAttributes[name].StringValue) }
		Expect(attribute("RequestID")).To(Equal(history[0].RequestID))
		Expect(attribute("ErrorCode")).To(Equal("200"))
		Expect(attribute("ErrorMessage")).To(HaveSuffix("Error: Runtime exited with error: exit status 3"))
	})

	It("should go to where failures go at once when the function may not run at all", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		box := makeInbox(ctx, f.name)
		settle(ctx, f, &lambda.PutFunctionEventInvokeConfigInput{DestinationConfig: onFailure(box.arn)})
		_, err := f.client.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{FunctionName: &f.name, ReservedConcurrentExecutions: aws.Int32(0)})
		Expect(err).NotTo(HaveOccurred())
		f.queue(ctx, []byte(`1`))
		f.advance(ctx, "1s")
		messages := box.messages(ctx)
		Expect(messages).To(HaveLen(1))
		record := readRecord(*messages[0].Body)
		Expect(record.RequestContext).To(And(HaveField("Condition", "ZeroReservedConcurrency"), HaveField("ApproximateInvokeCount", 0)))
		Expect(record.ResponseContext).To(BeNil())
		Expect(f.history(ctx)).To(BeEmpty())
	})

	It("should not become older than its function says", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		box := makeInbox(ctx, f.name)
		settle(ctx, f, &lambda.PutFunctionEventInvokeConfigInput{MaximumEventAgeInSeconds: aws.Int32(90), DestinationConfig: onFailure(box.arn)})
		f.queue(ctx, do("fail", "again"))
		f.advance(ctx, "2m")
		Expect(outcomes(ctx, f)).To(Equal([]string{"failure", "failure"}))
		messages := box.messages(ctx)
		Expect(messages).To(HaveLen(1))
		Expect(readRecord(*messages[0].Body).RequestContext).To(And(HaveField("Condition", "EventAgeExceeded"), HaveField("ApproximateInvokeCount", 2)))
	})

	It("should be tried again and again as long as its function is busy, each time later", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		_, err := f.client.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{FunctionName: &f.name, ReservedConcurrentExecutions: aws.Int32(1)})
		Expect(err).NotTo(HaveOccurred())
		busy := make(chan error)
		go func() {
			_, err := f.try(ctx, "", do("wait", 5000))
			busy <- err
		}()
		Eventually(func() error { // until it is busy
			_, err := f.try(ctx, "", nil)
			return err
		}).WithContext(ctx).WithTimeout(time.Minute).Should(code("TooManyRequestsException"))
		f.queue(ctx, []byte(`1`))
		Eventually(func() []string { return outcomes(ctx, f) }).WithContext(ctx).Should(ContainElement("throttled"))
		Expect(<-busy).NotTo(HaveOccurred())
		f.advance(ctx, "10m")
		history := f.history(ctx)
		Expect(history[len(history)-1]).To(And(HaveField("Kind", "Event"), HaveField("Outcome", "success"), HaveField("Attempt", 1)))
	})

	It("should tell a topic of its success", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		box := makeInbox(ctx, f.name)
		topics := sns.NewFromConfig(client)
		topic, err := topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: &f.name})
		Expect(err).NotTo(HaveOccurred())
		_, err = topics.Subscribe(ctx, &sns.SubscribeInput{
			TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: &box.arn, Attributes: map[string]string{"RawMessageDelivery": "true"},
		})
		Expect(err).NotTo(HaveOccurred())
		settle(ctx, f, &lambda.PutFunctionEventInvokeConfigInput{DestinationConfig: onSuccess(*topic.TopicArn)})
		f.queue(ctx, []byte(`{"a & b":"ü=1"}`))
		f.advance(ctx, "1s")
		messages := box.messages(ctx)
		Expect(messages).To(HaveLen(1))
		record := readRecord(*messages[0].Body)
		Expect(record.RequestContext.Condition).To(Equal("Success"))
		Expect(record.ResponseContext.FunctionError).To(BeEmpty())
		Expect(record.ResponsePayload).To(Equal(map[string]any{"a & b": "ü=1"}))
	})

	It("should go to a dead-letter topic with its attributes", func(ctx SpecContext) {
		box := makeInbox(ctx, "fn-dead-topic")
		topics := sns.NewFromConfig(client)
		topic, err := topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("fn-dead-topic")})
		Expect(err).NotTo(HaveOccurred())
		_, err = topics.Subscribe(ctx, &sns.SubscribeInput{
			TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: &box.arn, Attributes: map[string]string{"RawMessageDelivery": "true"},
		})
		Expect(err).NotTo(HaveOccurred())
		f := deploy(ctx, client, func(in *lambda.CreateFunctionInput) {
			in.DeadLetterConfig = &types.DeadLetterConfig{TargetArn: topic.TopicArn}
		})
		settle(ctx, f, &lambda.PutFunctionEventInvokeConfigInput{MaximumRetryAttempts: aws.Int32(0)})
		f.queue(ctx, do("fail", "no luck"))
		f.advance(ctx, "1s")
		messages := box.messages(ctx)
		Expect(messages).To(HaveLen(1))
		Expect(*messages[0].Body).To(MatchJSON(`{"Do":"fail","Text":"no luck"}`))
		Expect(messages[0].MessageAttributes["ErrorMessage"].StringValue).To(HaveValue(Equal("no luck")))
	})

	It("should hand its record to another function", func(ctx SpecContext) {
		f, other := deploy(ctx, client, nil), deploy(ctx, client, nil)
		settle(ctx, f, &lambda.PutFunctionEventInvokeConfigInput{
			DestinationConfig: onSuccess("arn:aws:lambda:us-east-1:123456789012:function:" + other.name),
		})
		f.queue(ctx, []byte(`1`))
		f.advance(ctx, "1s")
		Expect(other.history(ctx)).To(HaveExactElements(And(HaveField("Kind", "Event"), HaveField("Outcome", "success"))))
	})

	It("should be measured when its record can't be delivered", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		settle(ctx, f, &lambda.PutFunctionEventInvokeConfigInput{
			MaximumRetryAttempts: aws.Int32(0), DestinationConfig: onFailure("arn:aws:sqs:us-east-1:123456789012:fn-nowhere"),
		})
		f.queue(ctx, do("fail", "no luck"))
		f.advance(ctx, "1s")
		Expect(f.sum(ctx, "DestinationDeliveryFailures")).To(BeEquivalentTo(1))
		Expect(f.sum(ctx, "AsyncEventsDropped")).To(BeEquivalentTo(1))
	})

	It("should go with its function", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		f.queue(ctx, do("fail", "no luck"))
		f.advance(ctx, "1s")
		_, err := f.client.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &f.name})
		Expect(err).NotTo(HaveOccurred())
		f.advance(ctx, "6h")
		Expect(f.history(ctx)).To(HaveLen(1))
	})
})

var _ = Describe("The clock's endpoint", func() {
	It("should tell the time, and move it ahead", func(ctx SpecContext) {
		f := running{config: client}
		var before struct{ Now time.Time }
		f.control(ctx, "GET", "clock", "", &before)
		Expect(f.advance(ctx, "1h")).To(BeTemporally("~", before.Now.Add(time.Hour), time.Minute))
	})

	DescribeTable("should refuse",
		func(ctx SpecContext, method, body string, status int) {
			got, said := send(ctx, method, "/_localcloud/clock", nil, strings.NewReader(body))
			Expect(got).To(Equal(status), string(said))
		},
		Entry("to go back", "POST", `{"advance":"-1h"}`, 400),
		Entry("a length that is none", "POST", `{"advance":"soon"}`, 400),
		Entry("what is no JSON", "POST", `advance`, 400),
		Entry("to be taken away", "DELETE", ``, 405),
	)
})
