package pulumitest_test

import (
	"errors"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

// queues makes a queue, a second one that depends on it, and a topic, as a careful program does.
func queues(ctx *pulumi.Context) error {
	provider, err := aws.NewProvider(ctx, "cloud", &aws.ProviderArgs{
		AccessKey: pulumi.String("hidden"),
		DefaultTags: aws.ProviderDefaultTagsArgs{Tags: pulumi.ToStringMap(map[string]string{
			"Environment": "test", "Project": "queues", "ManagedBy": "pulumi",
		})},
	})
	if err != nil {
		return fmt.Errorf("configuring the provider: %w", err)
	}
	identity, err := aws.GetCallerIdentity(ctx, nil, pulumi.Provider(provider))
	if err != nil {
		return fmt.Errorf("asking who calls: %w", err)
	}
	tags := pulumi.StringMap{"Purpose": pulumi.String("Tests")}
	first, err := sqs.NewQueue(ctx, "first", &sqs.QueueArgs{
		Name: pulumi.String("one"), DelaySeconds: pulumi.Int(5), Tags: tags,
	}, pulumi.Provider(provider))
	if err != nil {
		return fmt.Errorf("making the first queue: %w", err)
	}
	second, err := sqs.NewQueue(ctx, "second", &sqs.QueueArgs{
		Name: pulumi.String("two"), KmsMasterKeyId: first.Arn, Tags: tags,
	}, pulumi.Provider(provider))
	if err != nil {
		return fmt.Errorf("making the second queue: %w", err)
	}
	_, err = sns.NewTopic(ctx, "topic", &sns.TopicArgs{Tags: tags},
		pulumi.Provider(provider), pulumi.DependsOn([]pulumi.Resource{second}))
	if err != nil {
		return fmt.Errorf("making the topic: %w", err)
	}
	ctx.Export("url", second.Url)
	ctx.Export("account", pulumi.String(identity.AccountId))
	ctx.Export("greeting", pulumi.String(config.Get(ctx, "greeting")))
	return nil
}

const (
	queueType = "aws:sqs/queue:Queue"
	topicType = "aws:sns/topic:Topic"
)

var _ = Describe("A run of a program", func() {
	It("should record the steps in the program's order", func() {
		recording, err := pulumitest.Run(queues, pulumitest.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Steps).To(Equal([]string{
			"pulumi:providers:aws cloud", "aws:index/getCallerIdentity:getCallerIdentity",
			"aws:sqs/queue:Queue first", "aws:sqs/queue:Queue second", "aws:sns/topic:Topic topic",
		}))
	})

	It("should record inputs as plain values, secrets too", func() {
		recording, err := pulumitest.Run(queues, pulumitest.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Resource("first").Inputs).To(Equal(map[string]any{
			"name": "one", "delaySeconds": 5.0, "tags": map[string]any{"Purpose": "Tests"},
		}))
		Expect(recording.Resource("cloud").Inputs).To(HaveKeyWithValue("accessKey", "hidden"))
	})

	It("should hand a resource's outputs to the resources that use them", func() {
		recording, err := pulumitest.Run(queues, pulumitest.Options{CallerAccount: "444455556666"})
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Resource("second").Inputs).To(
			HaveKeyWithValue("kmsMasterKeyId", "arn:aws:sqs:us-east-1:444455556666:one"))
	})

	It("should record providers and dependencies by logical name", func() {
		recording, err := pulumitest.Run(queues, pulumitest.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Resource("second").Provider).To(Equal("cloud"))
		Expect(recording.Resource("second").DependsOn).To(ConsistOf("first"))
		Expect(recording.Resource("topic").DependsOn).To(ConsistOf("second"))
		Expect(recording.Calls).To(ConsistOf(HaveField("Provider", "cloud")))
	})

	It("should record the stack's outputs as plain values", func() {
		recording, err := pulumitest.Run(queues, pulumitest.Options{Config: map[string]string{"greeting": "hello"}})
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Exports).To(Equal(map[string]any{
			"url":      "https://sqs.us-east-1.amazonaws.com/111122223333/two",
			"account":  pulumitest.DefaultAccount,
			"greeting": "hello",
		}))
	})

	It("should return the program's own error", func() {
		fault := errors.New("out of luck")
		recording, err := pulumitest.Run(func(*pulumi.Context) error { return fault }, pulumitest.Options{})
		Expect(err).To(BeIdenticalTo(fault))
		Expect(recording.Exports).To(BeEmpty())
	})

	It("should fail where an output can't be computed", func() {
		_, err := pulumitest.Run(func(ctx *pulumi.Context) error {
			ctx.Export("broken", pulumi.String("").ToStringOutput().ApplyT(func(string) (string, error) {
				return "", errors.New("no such luck")
			}))
			return nil
		}, pulumitest.Options{})
		Expect(err).To(MatchError(ContainSubstring("no such luck")))
	})

	It("should fail where two resources of a type have one name, as the engine does", func() {
		_, err := pulumitest.Run(func(ctx *pulumi.Context) error {
			for range 2 {
				if _, err := sqs.NewQueue(ctx, "twin", nil); err != nil {
					return err
				}
			}
			return nil
		}, pulumitest.Options{})
		Expect(err).To(MatchError("registering twin: another aws:sqs/queue:Queue has this name"))
	})

	It("should fail on a resource type whose outputs it can't make up", func() {
		_, err := pulumitest.Run(func(ctx *pulumi.Context) error {
			_, err := ec2.NewVpc(ctx, "network", nil)
			return err
		}, pulumitest.Options{})
		Expect(err).To(MatchError(ContainSubstring("does not know what AWS answers for aws:ec2/vpc:Vpc")))
	})

	It("should fail on a call that it can't answer", func() {
		_, err := pulumitest.Run(func(ctx *pulumi.Context) error {
			_, err := aws.GetRegion(ctx, nil)
			return err
		}, pulumitest.Options{})
		Expect(err).To(MatchError(ContainSubstring("calling aws:index/getRegion:getRegion")))
	})
})

var _ = Describe("A reference to another stack", func() {
	read := func(ctx *pulumi.Context) error {
		reference, err := pulumi.NewStackReference(ctx, "organization/base/"+ctx.Stack(), nil)
		if err != nil {
			return err
		}
		details, err := reference.GetOutputDetails("colour")
		if err != nil {
			return fmt.Errorf("reading the colour: %w", err)
		}
		ctx.Export("colour", pulumi.ToOutput(details.Value))
		return nil
	}

	It("should read the outputs that the options give", func() {
		recording, err := pulumitest.Run(read, pulumitest.Options{
			Stack:      "prod",
			References: map[string]map[string]any{pulumitest.Reference("base", "prod"): {"colour": "blue"}},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(recording.Exports).To(HaveKeyWithValue("colour", "blue"))
	})

	It("should find no stack that the options leave out", func() {
		_, err := pulumitest.Run(read, pulumitest.Options{})
		Expect(err).To(MatchError(SatisfyAll(
			HavePrefix("reading the colour"), ContainSubstring(`unknown stack "organization/base/local"`))))
	})
})
