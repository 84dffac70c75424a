package localcloud_test

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A queue", func() {
	const allow = `{ "redrivePermission": "denyAll" }`

	var (
		queues *sqs.Client
		queue  *string
	)

	BeforeEach(func(ctx SpecContext) {
		queues = sqs.NewFromConfig(client)
		out, err := queues.CreateQueue(ctx, &sqs.CreateQueueInput{
			QueueName: aws.String("queue-" + rand.Text()), Attributes: map[string]string{"RedriveAllowPolicy": allow, "KmsMasterKeyId": "alias/k"},
		})
		Expect(err).NotTo(HaveOccurred())
		queue = out.QueueUrl
	})

	attributes := func(ctx context.Context, names ...types.QueueAttributeName) map[string]string {
		GinkgoHelper()
		out, err := queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: queue, AttributeNames: names})
		Expect(err).NotTo(HaveOccurred())
		return out.Attributes
	}

	It("should keep its redrive-allow policy, asked for alone or with all", func(ctx SpecContext) {
		Expect(attributes(ctx, "RedriveAllowPolicy")).To(Equal(map[string]string{"RedriveAllowPolicy": allow}))
		Expect(attributes(ctx, "All")).To(And(
			HaveKeyWithValue("RedriveAllowPolicy", allow), HaveKey("QueueArn"),
			HaveKeyWithValue("SqsManagedSseEnabled", "false"), HaveKeyWithValue("CreatedTimestamp", MatchRegexp(`^\d+$`)),
		))
		Expect(attributes(ctx, "DelaySeconds")).NotTo(HaveKey("RedriveAllowPolicy"))
	})

	It("should keep documents as they were set, and let them be taken away", func(ctx SpecContext) {
		set := func(values map[string]string) error {
			_, err := queues.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: queue, Attributes: values})
			return err
		}
		policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}]}`
		Expect(set(map[string]string{"Policy": policy, "RedriveAllowPolicy": ""})).To(Succeed())
		Expect(attributes(ctx, "All")).To(And(HaveKeyWithValue("Policy", policy), Not(HaveKey("RedriveAllowPolicy"))))
		Expect(set(map[string]string{"RedriveAllowPolicy": "no json"})).To(code("InvalidAttributeValue"))
	})

	It("should start anew after it was deleted", func(ctx SpecContext) {
		_, err := queues.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: queue})
		Expect(err).NotTo(HaveOccurred())
		name := (*queue)[len(cloud.Endpoint()+"/123456789012/"):]
		_, err = queues.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name})
		Expect(err).NotTo(HaveOccurred())
		Expect(attributes(ctx, "All")).NotTo(HaveKey("RedriveAllowPolicy"))
	})
})

var _ = Describe("A topic", func() {
	It("should keep its attributes, and let them be taken away", func(ctx SpecContext) {
		topics := sns.NewFromConfig(client)
		created, err := topics.CreateTopic(ctx, &sns.CreateTopicInput{
			Name:       aws.String("topic-" + rand.Text()),
			Attributes: map[string]string{"TracingConfig": "Active", "SQSSuccessFeedbackSampleRate": "50", "DisplayName": "A & B"},
		})
		Expect(err).NotTo(HaveOccurred())
		set := func(name, value string) {
			GinkgoHelper()
			_, err := topics.SetTopicAttributes(ctx, &sns.SetTopicAttributesInput{TopicArn: created.TopicArn, AttributeName: &name, AttributeValue: &value})
			Expect(err).NotTo(HaveOccurred())
		}
		set("SignatureVersion", "2")
		set("SQSFailureFeedbackRoleArn", "arn:aws:iam::123456789012:role/r")
		get := func() map[string]string {
			GinkgoHelper()
			out, err := topics.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: created.TopicArn})
			Expect(err).NotTo(HaveOccurred())
			return out.Attributes
		}
		Expect(get()).To(And(
			HaveKeyWithValue("TracingConfig", "Active"), HaveKeyWithValue("SignatureVersion", "2"), HaveKeyWithValue("SQSSuccessFeedbackSampleRate", "50"),
			HaveKeyWithValue("SQSFailureFeedbackRoleArn", "arn:aws:iam::123456789012:role/r"), HaveKeyWithValue("DisplayName", "A & B"),
		))
		set("TracingConfig", "")
		Expect(get()).NotTo(HaveKey("TracingConfig"))
		_, err = topics.DeleteTopic(ctx, &sns.DeleteTopicInput{TopicArn: created.TopicArn})
		Expect(err).NotTo(HaveOccurred())
		_, err = topics.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: created.TopicArn})
		Expect(err).To(code("NotFound"))
	})
})

var _ = Describe("A key", func() {
	It("should keep how often it rotates", func(ctx SpecContext) {
		keys := kms.NewFromConfig(client)
		created, err := keys.CreateKey(ctx, &kms.CreateKeyInput{})
		Expect(err).NotTo(HaveOccurred())
		key := created.KeyMetadata
		status := func() *kms.GetKeyRotationStatusOutput {
			GinkgoHelper()
			out, err := keys.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: key.Arn})
			Expect(err).NotTo(HaveOccurred())
			return out
		}
		Expect(status()).To(And(HaveField("KeyRotationEnabled", false), HaveField("RotationPeriodInDays", BeNil())))
		_, err = keys.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: key.KeyId})
		Expect(err).NotTo(HaveOccurred())
		Expect(status().RotationPeriodInDays).To(HaveValue(BeEquivalentTo(365)))
		_, err = keys.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: key.KeyId, RotationPeriodInDays: aws.Int32(180)})
		Expect(err).NotTo(HaveOccurred())
		Expect(status()).To(And(
			HaveField("RotationPeriodInDays", HaveValue(BeEquivalentTo(180))), HaveField("KeyId", HaveValue(Equal(*key.KeyId))),
			HaveField("NextRotationDate", HaveValue(BeTemporally("~", time.Now().AddDate(0, 0, 180), time.Hour))),
		))
		_, err = keys.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: key.KeyId, RotationPeriodInDays: aws.Int32(89)})
		Expect(err).To(code("ValidationException"))
	})
})

var _ = Describe("A log group", func() {
	var (
		logs *cloudwatchlogs.Client
		name string
	)

	BeforeEach(func(ctx SpecContext) {
		logs = cloudwatchlogs.NewFromConfig(client)
		name = "/group/" + rand.Text()
		_, err := logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{
			LogGroupName: &name, LogGroupClass: logtypes.LogGroupClassInfrequentAccess, KmsKeyId: aws.String(keyARN),
		})
		Expect(err).NotTo(HaveOccurred())
	})

	describe := func(ctx context.Context) logtypes.LogGroup {
		GinkgoHelper()
		out, err := logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name})
		Expect(err).NotTo(HaveOccurred())
		Expect(out.LogGroups).To(HaveLen(1))
		return out.LogGroups[0]
	}

	It("should keep its class", func(ctx SpecContext) {
		Expect(describe(ctx)).To(And(
			HaveField("LogGroupClass", logtypes.LogGroupClassInfrequentAccess), HaveField("KmsKeyId", HaveValue(Equal(keyARN)))))
	})

	It("should be of the standard class where none is named", func(ctx SpecContext) {
		name += "/plain"
		_, err := logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name})
		Expect(err).NotTo(HaveOccurred())
		Expect(describe(ctx).LogGroupClass).To(Equal(logtypes.LogGroupClassStandard))
	})

	It("should take another key, and lose it, by name and by ARN", func(ctx SpecContext) {
		_, err := logs.AssociateKmsKey(ctx, &cloudwatchlogs.AssociateKmsKeyInput{LogGroupName: &name, KmsKeyId: aws.String(keyARN + "2")})
		Expect(err).NotTo(HaveOccurred())
		group := describe(ctx)
		Expect(*group.KmsKeyId).To(Equal(keyARN + "2"))
		_, err = logs.DisassociateKmsKey(ctx, &cloudwatchlogs.DisassociateKmsKeyInput{ResourceIdentifier: group.Arn})
		Expect(err).NotTo(HaveOccurred())
		Expect(describe(ctx).KmsKeyId).To(BeNil())
	})

	It("should not take what is no key, and not be there for a key when it does not exist", func(ctx SpecContext) {
		_, err := logs.AssociateKmsKey(ctx, &cloudwatchlogs.AssociateKmsKeyInput{LogGroupName: &name, KmsKeyId: aws.String("alias/k")})
		Expect(err).To(code("InvalidParameterException"))
		_, err = logs.AssociateKmsKey(ctx, &cloudwatchlogs.AssociateKmsKeyInput{LogGroupName: aws.String("none"), KmsKeyId: aws.String(keyARN)})
		Expect(err).To(code("ResourceNotFoundException"))
	})

	It("should start anew after it was deleted", func(ctx SpecContext) {
		_, err := logs.DeleteLogGroup(ctx, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: &name})
		Expect(err).NotTo(HaveOccurred())
		_, err = logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name})
		Expect(err).NotTo(HaveOccurred())
		Expect(describe(ctx).LogGroupClass).To(Equal(logtypes.LogGroupClassStandard))
	})
})
