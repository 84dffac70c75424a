package readback

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Inventory lists everything that there is of the deployment called prefix, in every service that the layers use, each
// as its kind and its name, such as "queue compliance-monitor-local-processor-failures". A key that is about to be
// deleted is no longer there. Every list is read to its end.
func (c Clients) Inventory(ctx context.Context, prefix string) ([]string, error) {
	var all []string
	var faults []error
	for _, list := range []func(context.Context, func(kind, name string)) error{
		c.listKeys, c.listAliases, c.listBuckets, c.listTopics, c.listSubscriptions, c.listQueues, c.listRoles, c.listPolicies,
		c.listConfigRules, c.listAggregators, c.listFunctions, c.listLogGroups, c.listEventRules, c.listDashboards, c.listAlarms,
	} {
		faults = append(faults, list(ctx, func(kind, name string) {
			if strings.Contains(name, prefix) {
				all = append(all, kind+" "+name)
			}
		}))
	}
	return all, errors.Join(faults...)
}

// pager is what every paginator of the SDK has.
type pager[Page, Options any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Options)) (Page, error)
}

// each hands every page of a list to use.
func each[Page, Options any](ctx context.Context, pages pager[Page, Options], use func(Page)) error {
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		use(page)
	}
	return nil
}

// listKeys names a key by its description, since it has no name; ours holds the deployment's.
func (c Clients) listKeys(ctx context.Context, add func(kind, name string)) error {
	var ids []*string
	err := each(ctx, kms.NewListKeysPaginator(c.KMS, nil), func(page *kms.ListKeysOutput) {
		for _, key := range page.Keys {
			ids = append(ids, key.KeyId)
		}
	})
	for _, id := range ids {
		described, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: id})
		if err != nil {
			return err
		}
		if described.KeyMetadata.KeyState != kmstypes.KeyStatePendingDeletion {
			add("key", aws.ToString(described.KeyMetadata.Description))
		}
	}
	return err
}

func (c Clients) listAliases(ctx context.Context, add func(kind, name string)) error {
	return each(ctx, kms.NewListAliasesPaginator(c.KMS, &kms.ListAliasesInput{}), func(page *kms.ListAliasesOutput) {
		for _, alias := range page.Aliases {
			add("key alias", aws.ToString(alias.AliasName))
		}
	})
}

func (c Clients) listBuckets(ctx context.Context, add func(kind, name string)) error {
	return each(ctx, s3.NewListBucketsPaginator(c.S3, &s3.ListBucketsInput{}), func(page *s3.ListBucketsOutput) {
		for _, bucket := range page.Buckets {
			add("bucket", aws.ToString(bucket.Name))
		}
	})
}

func (c Clients) listTopics(ctx context.Context, add func(kind, name string)) error {
	return each(ctx, sns.NewListTopicsPaginator(c.SNS, &sns.ListTopicsInput{}), func(page *sns.ListTopicsOutput) {
		for _, topic := range page.Topics {
			add("topic", lastPart(aws.ToString(topic.TopicArn), ":"))
		}
	})
}

func (c Clients) listSubscriptions(ctx context.Context, add func(kind, name string)) error {
	pages := sns.NewListSubscriptionsPaginator(c.SNS, &sns.ListSubscriptionsInput{})
	return each(ctx, pages, func(page *sns.ListSubscriptionsOutput) {
		for _, subscription := range page.Subscriptions {
			add("subscription", lastPart(aws.ToString(subscription.TopicArn), ":")+" "+aws.ToString(subscription.Endpoint))
		}
	})
}

func (c Clients) listQueues(ctx context.Context, add func(kind, name string)) error {
	return each(ctx, sqs.NewListQueuesPaginator(c.SQS, &sqs.ListQueuesInput{}), func(page *sqs.ListQueuesOutput) {
		for _, url := range page.QueueUrls {
			add("queue", lastPart(url, "/"))
		}
	})
}

func lastPart(text, separator string) string {
	return text[strings.LastIndex(text, separator)+1:]
}
