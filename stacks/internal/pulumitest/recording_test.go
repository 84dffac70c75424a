package pulumitest_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

// careless makes a queue without provider, tags or a policy's link to its queue.
func careless(ctx *pulumi.Context) error {
	if _, err := aws.GetCallerIdentity(ctx, nil); err != nil {
		return err
	}
	if _, err := sqs.NewQueue(ctx, "bare", nil); err != nil {
		return err
	}
	_, err := sqs.NewQueuePolicy(ctx, "policy", &sqs.QueuePolicyArgs{
		QueueUrl: pulumi.String("url"), Policy: pulumi.String("{}"),
	})
	return err
}

func record(program pulumi.RunFunc) *pulumitest.Recording {
	GinkgoHelper()
	recording, err := pulumitest.Run(program, pulumitest.Options{})
	Expect(err).NotTo(HaveOccurred())
	return recording
}

var _ = Describe("A recording", func() {
	It("should find resources by type and by logical name", func() {
		recording := record(queues)
		Expect(recording.Resources(queueType)).To(HaveExactElements(
			HaveField("Name", "first"), HaveField("Name", "second")))
		Expect(recording.Resource("topic").Type).To(Equal(topicType))
		Expect(recording.Resource("topic").Tags()).To(Equal(map[string]any{"Purpose": "Tests"}))
	})

	It("should find the zero resource where there is none of the name", func() {
		Expect(record(queues).Resource("missing")).To(BeZero())
	})

	It("should find nothing to blame in a careful program", func() {
		recording := record(queues)
		Expect(recording.Untagged()).To(BeEmpty())
		Expect(recording.WithoutExplicitProvider()).To(BeEmpty())
	})

	It("should say which tags a taggable resource lacks, and leave alone what takes no tags", func() {
		Expect(record(careless).Untagged()).To(HaveExactElements(
			"aws:sqs/queue:Queue bare lacks Environment, Project, ManagedBy, Purpose"))
	})

	It("should say which resources and calls named no provider", func() {
		Expect(record(careless).WithoutExplicitProvider()).To(HaveExactElements(
			"aws:sqs/queue:Queue bare", "aws:sqs/queuePolicy:QueuePolicy policy",
			"aws:index/getCallerIdentity:getCallerIdentity"))
	})

	It("should count empty tags as missing", func() {
		recording := record(func(ctx *pulumi.Context) error {
			_, err := sqs.NewQueue(ctx, "blank", &sqs.QueueArgs{Tags: pulumi.ToStringMap(map[string]string{
				"Environment": "", "Project": "p", "ManagedBy": "pulumi", "Purpose": "Tests",
			})})
			return err
		})
		Expect(recording.Untagged()).To(HaveExactElements("aws:sqs/queue:Queue blank lacks Environment"))
	})

	It("should say which tags AWS would refuse", func() {
		recording := record(func(ctx *pulumi.Context) error {
			_, err := sqs.NewQueue(ctx, "worded", &sqs.QueueArgs{Tags: pulumi.ToStringMap(map[string]string{
				"Environment": "e", "Project": "p", "ManagedBy": "pulumi", "Purpose": "Keeps (some) messages", "aws:x": "y",
			})})
			return err
		})
		Expect(recording.Untagged()).To(HaveExactElements(
			"aws:sqs/queue:Queue worded has tags that AWS refuses: Purpose, aws:x"))
	})

	It("should see neither tags nor faults in resources whose arguments are a map", func() {
		recording, err := pulumitest.Run(func(ctx *pulumi.Context) error {
			return ctx.RegisterResource(topicType, "plain", pulumi.Map{}, &pulumi.CustomResourceState{})
		}, pulumitest.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Untagged()).To(BeEmpty())
	})
})
