package foundation

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/deadletter"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// topic is one of the two topics, as data.
type topic struct {
	short, display, purpose string
	emails                  []string
	arn, name               *pulumi.StringOutput
	subscriptions           *pulumi.StringMapOutput
}

// makeTopics makes both topics, their email subscriptions, and the queue for messages that nobody took.
func makeTopics(
	ctx *pulumi.Context, env *awsenv.Env, s Settings, key *kms.Key, values *outputs.Foundation,
) error {
	topics := []topic{
		{
			short: violations, display: "Compliance violations",
			purpose: "Tells people about resources that violate a rule",
			emails:  s.ViolationsEmails,
			arn:     &values.ViolationsTopicARN, name: &values.ViolationsTopicName,
			subscriptions: &values.ViolationsSubscriptionARNs,
		},
		{
			short: operations, display: "Compliance monitor operations",
			purpose: "Tells operators about alarms and remediations of the compliance monitor",
			emails:  s.OperationsEmails,
			arn:     &values.OperationsTopicARN, name: &values.OperationsTopicName,
			subscriptions: &values.OperationsSubscriptionARNs,
		},
	}
	queue, err := deadletter.New(ctx, env, deadletter.Queue{
		Short: "deliveries-dlq", Purpose: "Holds notifications that no subscriber took", Key: key.Arn,
		Senders: []deadletter.Sender{{
			Service:    "sns.amazonaws.com",
			SourceARNs: []string{env.ARN("sns", env.Name(violations)), env.ARN("sns", env.Name(operations))},
		}},
	})
	if err != nil {
		return err
	}
	values.DeliveriesDLQARN, values.DeliveriesDLQURL, values.DeliveriesDLQName = queue.Arn, queue.Url, queue.Name
	for _, t := range topics {
		if err := makeTopic(ctx, env, key, t, queue.Arn); err != nil {
			return err
		}
	}
	return nil
}

func makeTopic(ctx *pulumi.Context, env *awsenv.Env, key *kms.Key, t topic, queue pulumi.StringInput) error {
	made, err := sns.NewTopic(ctx, t.short, &sns.TopicArgs{
		Name:             pulumi.String(env.Name(t.short)),
		DisplayName:      pulumi.String(t.display),
		KmsMasterKeyId:   key.Arn,
		DeliveryPolicy:   pulumi.String(deliveryPolicy),
		SignatureVersion: pulumi.Int(2), // SHA256; version 1 signs with SHA1
		TracingConfig:    pulumi.String("Active"),
		Tags:             env.Tags(t.purpose),
	}, env.Options()...)
	if err != nil {
		return fmt.Errorf("making the %s topic: %w", t.short, err)
	}
	_, err = sns.NewTopicPolicy(ctx, t.short+"-policy", &sns.TopicPolicyArgs{
		Arn: made.Arn, Policy: pulumi.String(topicPolicy(env, t.short).JSON()),
	}, env.Options()...)
	if err != nil {
		return fmt.Errorf("putting the policy on the %s topic: %w", t.short, err)
	}
	subscriptions := pulumi.StringMap{}
	for _, email := range t.emails {
		subscription, err := sns.NewTopicSubscription(ctx, t.short+"-"+email, &sns.TopicSubscriptionArgs{
			Topic: made.Arn, Protocol: pulumi.String("email"), Endpoint: pulumi.String(email),
			RedrivePolicy: pulumi.Sprintf(`{"deadLetterTargetArn":"%s"}`, queue),
		}, env.Options()...)
		if err != nil {
			return fmt.Errorf("subscribing %s to the %s topic: %w", email, t.short, err)
		}
		subscriptions[email] = subscription.Arn
	}
	*t.arn, *t.name, *t.subscriptions = made.Arn, made.Name, subscriptions.ToStringMapOutput()
	return nil
}
