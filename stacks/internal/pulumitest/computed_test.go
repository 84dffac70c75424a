package pulumitest

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const uuid = `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}`

var _ = Describe("Made-up outputs", func() {
	DescribeTable("should look as AWS's do",
		func(kind string, inputs map[string]any, id, arn string) {
			made, outputs, err := synthesise(DefaultAccount, kind, "logical", inputs)
			Expect(err).NotTo(HaveOccurred())
			Expect(made).To(MatchRegexp("^" + id + "$"))
			Expect(outputs["arn"]).To(MatchRegexp("^" + arn + "$"))
		},
		Entry("for a key", "aws:kms/key:Key", nil, uuid, "arn:aws:kms:us-east-1:111122223333:key/"+uuid),
		Entry("for a key's alias", "aws:kms/alias:Alias", outputs{"name": "alias/a"},
			"alias/a", "arn:aws:kms:us-east-1:111122223333:alias/a"),
		Entry("for a bucket", "aws:s3/bucketV2:BucketV2", outputs{"bucket": "b"}, "b", "arn:aws:s3:::b"),
		Entry("for an object", "aws:s3/bucketObjectv2:BucketObjectv2", outputs{"bucket": "b", "key": "k/l"},
			"k/l", "arn:aws:s3:::b/k/l"),
		Entry("for a topic", "aws:sns/topic:Topic", outputs{"name": "t"},
			"arn:aws:sns:us-east-1:111122223333:t", "arn:aws:sns:us-east-1:111122223333:t"),
		Entry("for a subscription", "aws:sns/topicSubscription:TopicSubscription", outputs{"topic": "arn:t"},
			"arn:t:"+uuid, "arn:t:"+uuid),
		Entry("for a queue", "aws:sqs/queue:Queue", outputs{"name": "q"},
			"https://sqs.us-east-1.amazonaws.com/111122223333/q", "arn:aws:sqs:us-east-1:111122223333:q"),
		Entry("for a role", "aws:iam/role:Role", outputs{"name": "r"}, "r", "arn:aws:iam::111122223333:role/r"),
		Entry("for a Config rule", "aws:cfg/rule:Rule", outputs{"name": "c"},
			"c", "arn:aws:config:us-east-1:111122223333:config-rule/config-rule-[0-9a-f]{6}"),
		Entry("for an aggregator", "aws:cfg/configurationAggregator:ConfigurationAggregator", outputs{"name": "a"}, "a",
			"arn:aws:config:us-east-1:111122223333:config-aggregator/config-aggregator-[0-9a-f]{8}"),
		Entry("for a function", "aws:lambda/function:Function", outputs{"name": "f"},
			"f", "arn:aws:lambda:us-east-1:111122223333:function:f"),
		Entry("for a log group", "aws:cloudwatch/logGroup:LogGroup", outputs{"name": "/aws/lambda/f"},
			"/aws/lambda/f", "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/f"),
		Entry("for an EventBridge rule", "aws:cloudwatch/eventRule:EventRule", outputs{"name": "e"},
			"e", "arn:aws:events:us-east-1:111122223333:rule/e"),
		Entry("for an alarm", "aws:cloudwatch/metricAlarm:MetricAlarm", outputs{"name": "a"},
			"a", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a"),
		Entry("for a resource without a name", "aws:sns/topic:Topic", nil,
			"arn:aws:sns:us-east-1:111122223333:logical", "arn:aws:sns:us-east-1:111122223333:logical"),
	)

	DescribeTable("should identify what has no ARN by what it belongs to",
		func(kind string, inputs map[string]any, id string) {
			made, _, err := synthesise(DefaultAccount, kind, "logical", inputs)
			Expect(err).NotTo(HaveOccurred())
			Expect(made).To(Equal(id))
		},
		Entry("a bucket's policy", "aws:s3/bucketPolicy:BucketPolicy", outputs{"bucket": "b"}, "b"),
		Entry("a role's policy", "aws:iam/rolePolicy:RolePolicy", outputs{"role": "r", "name": "p"}, "r:p"),
		Entry("a rule's target", "aws:cloudwatch/eventTarget:EventTarget",
			outputs{"rule": "r", "targetId": "t"}, "r-t"),
		Entry("a dashboard", "aws:cloudwatch/dashboard:Dashboard", outputs{"dashboardName": "d"}, "d"),
	)

	It("should keep the inputs, and change no map of the caller", func() {
		inputs := outputs{"name": "q", "delaySeconds": 5.0}
		_, made, err := synthesise(DefaultAccount, "aws:sqs/queue:Queue", "logical", inputs)
		Expect(err).NotTo(HaveOccurred())
		Expect(made).To(HaveKeyWithValue("delaySeconds", 5.0))
		Expect(inputs).To(HaveLen(2))
	})

	It("should be the same for the same resource and others for another", func() {
		first, _, _ := synthesise(DefaultAccount, "aws:kms/key:Key", "one", nil)
		again, _, _ := synthesise(DefaultAccount, "aws:kms/key:Key", "one", nil)
		other, _, _ := synthesise(DefaultAccount, "aws:kms/key:Key", "two", nil)
		Expect(first).To(And(Equal(again), Not(Equal(other))))
	})

	It("should give every known type an id", func() {
		for kind := range computed {
			id, _, err := synthesise(DefaultAccount, kind, "logical", outputs{})
			Expect(err).NotTo(HaveOccurred())
			Expect(id).NotTo(BeEmpty(), kind)
		}
	})
})
