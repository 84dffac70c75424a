package evaluate

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// tag is a tag of a resource. Services spell its elements in one of two ways.
type tag struct {
	Key        string
	Value      string
	LowerKey   string `xml:"key"`
	LowerValue string `xml:"value"`
}

func (t tag) name() string { return t.Key + t.LowerKey }
func (t tag) text() string { return t.Value + t.LowerValue }

func tagMap(tags []tag) map[string]string {
	named := map[string]string{}
	for _, t := range tags {
		named[t.name()] = t.text()
	}
	return named
}

type scalingGroup struct {
	ARN  string `xml:"AutoScalingGroupARN"`
	Tags []tag  `xml:"Tags>member"`
}

var scalingGroups = kind[scalingGroup]{
	name: "AWS::AutoScaling::AutoScalingGroup",
	id:   func(g scalingGroup) string { return g.ARN },
	list: func(ctx context.Context, account *Account, _ string) ([]scalingGroup, error) {
		var out struct {
			Groups []scalingGroup `xml:"DescribeAutoScalingGroupsResult>AutoScalingGroups>member"`
		}
		err := account.query(ctx, "autoscaling", "2011-01-01", "DescribeAutoScalingGroups", &out)
		return out.Groups, err
	},
}

var tagRules = map[string][]check{
	"REQUIRED_TAGS": {
		tagged(instances, func(_ context.Context, _ *Account, i instance) ([]tag, error) { return i.Tags, nil }),
		tagged(volumes, func(_ context.Context, _ *Account, v volume) ([]tag, error) { return v.Tags, nil }),
		tagged(vpcs, func(_ context.Context, _ *Account, v vpc) ([]tag, error) { return v.Tags, nil }),
		tagged(dbInstances, func(_ context.Context, _ *Account, d dbInstance) ([]tag, error) { return d.Tags, nil }),
		tagged(scalingGroups, func(_ context.Context, _ *Account, g scalingGroup) ([]tag, error) { return g.Tags, nil }),
		tagged(buckets, bucketTags),
		tagged(tables, tableTags),
		tagged(loadBalancers, loadBalancerTags),
	},
}

// tagged makes the check that resources have the tags of the parameters.
func tagged[T any](of kind[T], tags func(context.Context, *Account, T) ([]tag, error)) check {
	return probe(of, func(ctx context.Context, account *Account, resource T, given *parameters) (Outcome, error) {
		found, err := tags(ctx, account, resource)
		return decideTags(tagMap(found), given), err
	})
}

// maxTags is how many tags the rule can demand.
const maxTags = 6

// decideTags wants each key of the parameters, with one of the values that its parameter lists, if it lists any.
func decideTags(tags map[string]string, given *parameters) Outcome {
	var missing []string
	for i := range maxTags {
		prefix := "tag" + strconv.Itoa(i+1)
		key := given.text(prefix + "Key")
		if key == "" {
			continue
		}
		value, found := tags[key]
		if allowed := given.list(prefix + "Value"); !found || (len(allowed) > 0 && !slices.Contains(allowed, value)) {
			missing = append(missing, key)
		}
	}
	return require(len(missing) == 0, "These tags are missing or have another value: %s.", strings.Join(missing, ", "))
}

func bucketTags(ctx context.Context, account *Account, bucket string) ([]tag, error) {
	type tagging struct {
		Tags []tag `xml:"TagSet>Tag"`
	}
	set, err := bucketSetting[tagging](ctx, account, bucket, "tagging", "NoSuchTagSet")
	return set.Tags, err
}

func tableTags(ctx context.Context, account *Account, table string) ([]tag, error) {
	arn := fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", account.region, AccountID, table)
	var out struct{ Tags []tag }
	err := account.json(ctx, "dynamodb", "DynamoDB_20120810.ListTagsOfResource", map[string]string{"ResourceArn": arn}, &out)
	return out.Tags, err
}

func loadBalancerTags(ctx context.Context, account *Account, balancer loadBalancer) ([]tag, error) {
	var out struct {
		Tags []tag `xml:"DescribeTagsResult>TagDescriptions>member>Tags>member"`
	}
	err := account.query(ctx, "elasticloadbalancing", elbVersion, "DescribeTags", &out, "ResourceArns.member.1", balancer.ARN)
	return out.Tags, err
}
