package runtime_test

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	gomegatypes "github.com/onsi/gomega/types"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// document is a JSON object that a function has written.
type document map[string]any

// objects are the JSON objects under a prefix of the reports bucket that are about the given resource, by key.
func objects(ctx context.Context, under, resource string) map[string]document {
	GinkgoHelper()
	found := map[string]document{}
	listed, err := clients.S3.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &under})
	Expect(err).NotTo(HaveOccurred())
	for _, object := range listed.Contents {
		if content := read(ctx, *object.Key); content["resourceId"] == resource {
			found[*object.Key] = content
		}
	}
	return found
}

// one is the only one of the objects, and its key.
func one(found map[string]document) (string, document) {
	GinkgoHelper()
	Expect(found).To(HaveLen(1))
	for key, content := range found {
		return key, content
	}
	return "", nil
}

// read is an object of the reports bucket, which must be JSON.
func read(ctx context.Context, key string) document {
	GinkgoHelper()
	object, err := clients.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	Expect(err).NotTo(HaveOccurred())
	content, err := io.ReadAll(object.Body)
	Expect(err).NotTo(HaveOccurred())
	Expect(object.Body.Close()).To(Succeed())
	var read document
	Expect(json.Unmarshal(content, &read)).To(Succeed())
	return read
}

// notification is a message as SNS hands it to a queue.
type notification struct {
	Subject           string
	Message           string
	MessageAttributes map[string]struct{ Type, Value string }
}

// inbox makes a queue that is subscribed to a topic of ours, for the length of the spec, and returns where it is.
func inbox(ctx context.Context, topic string) *string {
	GinkgoHelper()
	name := "inbox-" + topic
	queue, err := clients.SQS.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) {
		Expect(clients.SQS.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: queue.QueueUrl})).Error().NotTo(HaveOccurred())
	})
	subscription, err := clients.SNS.Subscribe(ctx, &sns.SubscribeInput{
		TopicArn:              aws.String(stage.ARN("sns", names.Resource(prefix, topic))),
		Protocol:              aws.String("sqs"),
		Endpoint:              aws.String(stage.ARN("sqs", name)),
		ReturnSubscriptionArn: true,
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) {
		Expect(clients.SNS.Unsubscribe(ctx, &sns.UnsubscribeInput{SubscriptionArn: subscription.SubscriptionArn})).
			Error().NotTo(HaveOccurred())
	})
	return queue.QueueUrl
}

// received collects what comes into a queue until as many messages are there as are wanted.
func received(ctx context.Context, queueURL *string, wanted int) []notification {
	GinkgoHelper()
	var all []notification
	Eventually(ctx, func(g Gomega) {
		out, err := clients.SQS.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: queueURL, MaxNumberOfMessages: 10})
		g.Expect(err).NotTo(HaveOccurred())
		for _, message := range out.Messages {
			var one notification
			g.Expect(json.Unmarshal([]byte(*message.Body), &one)).To(Succeed())
			all = append(all, one)
		}
		g.Expect(all).To(HaveLen(wanted))
	}).WithTimeout(10 * time.Second).WithPolling(50 * time.Millisecond).Should(Succeed())
	return all
}

// metrics are the lines of a function's output in CloudWatch's embedded metric format.
func metrics(output string) []document {
	GinkgoHelper()
	var all []document
	for line := range strings.Lines(output) {
		var written document
		Expect(json.Unmarshal([]byte(line), &written)).To(Succeed(), "every line is JSON: "+line)
		if _, metric := written["_aws"]; metric {
			all = append(all, written)
		}
	}
	return all
}

// metric matches the line of a metric of ours, with its value and the dimension that it has beside the deployment's.
func metric(name string, value any, dimension ...string) gomegatypes.GomegaMatcher {
	matchers := []gomegatypes.GomegaMatcher{
		HaveKeyWithValue(name, value),
		HaveKeyWithValue(names.DimensionPrefix, prefix),
		WithTransform(namespace, Equal(names.MetricNamespace)),
		HaveLen(3 + len(dimension)/2),
	}
	if len(dimension) > 0 {
		matchers = append(matchers, HaveKeyWithValue(dimension[0], dimension[1]))
	}
	return And(matchers...)
}

// namespace is where CloudWatch puts the metric of a line.
func namespace(line document) string {
	directive, _ := line["_aws"].(map[string]any)
	sets, _ := directive["CloudWatchMetrics"].([]any)
	if len(sets) != 1 {
		return ""
	}
	set, _ := sets[0].(map[string]any)
	name, _ := set["Namespace"].(string)
	return name
}
