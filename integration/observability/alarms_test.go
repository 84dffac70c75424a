package observability_test

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
)

// alarmNames are the short names of all alarms that there should be.
var alarmNames = slices.Sorted(maps.Keys(expectedAlarms(defaults, nil)))

// expectAlarms compares every alarm that there is with what it should be, its tag aside.
func expectAlarms(ctx context.Context, t thresholds) {
	GinkgoHelper()
	found := alarms(ctx)
	Expect(slices.Sorted(maps.Keys(found))).To(Equal(alarmNames))
	for short, wanted := range expectedAlarms(t, timeouts(ctx)) {
		expectAlarm(found[short], wanted)
	}
}

func expectAlarm(found types.MetricAlarm, wanted expected) {
	GinkgoHelper()
	for _, fact := range wanted.facts {
		Expect(aws.ToString(found.AlarmDescription)).To(ContainSubstring(fact), *wanted.AlarmName)
	}
	found.AlarmDescription = nil
	Expect(settled(found)).To(Equal(settled(wanted.MetricAlarm)), *wanted.AlarmName)
}

// watching are the values of a dimension on which there is an alarm for the metric.
func watching(ctx context.Context, metric, dimension string) []string {
	GinkgoHelper()
	var values []string
	for _, alarm := range alarms(ctx) {
		for _, of := range alarm.Dimensions {
			if aws.ToString(alarm.MetricName) == metric && *of.Name == dimension {
				values = append(values, *of.Value)
			}
		}
	}
	return values
}

var _ = Describe("The alarms", func() {
	It("should be those that are meant, and no others", func(ctx SpecContext) {
		Expect(slices.Sorted(maps.Keys(alarms(ctx)))).To(Equal(alarmNames))
	})

	for _, short := range alarmNames {
		It("should have "+short+" as it is meant: what it measures, when it rings, and whom it tells what", func(ctx SpecContext) {
			Expect(alarms(ctx)).To(HaveKey(short))
			expectAlarm(alarms(ctx)[short], expectedAlarms(defaults, timeouts(ctx))[short])
		})

		It("should have "+short+" tagged", func(ctx SpecContext) {
			wanted := expectedAlarms(defaults, nil)[short]
			Expect(clients.AlarmTags(ctx, *wanted.AlarmArn)).To(expect.Tags(wanted.purpose))
		})
	}

	DescribeTable("should watch all functions that there are for",
		func(ctx SpecContext, metric string) {
			Expect(listed(ctx, "function")).NotTo(BeEmpty())
			Expect(watching(ctx, metric, "FunctionName")).To(ConsistOf(listed(ctx, "function")))
		},
		Entry("failures", "Errors"),
		Entry("starts that were refused", "Throttles"),
		Entry("the time that they take", "Duration"),
	)

	It("should watch all queues that there are for messages", func(ctx SpecContext) {
		Expect(listed(ctx, "queue")).NotTo(BeEmpty())
		Expect(watching(ctx, "ApproximateNumberOfMessagesVisible", "QueueName")).To(ConsistOf(listed(ctx, "queue")))
	})

	It("should tell a topic that is there", func(ctx SpecContext) {
		Expect(clients.SNS.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &operationsARN})).
			Error().NotTo(HaveOccurred())
	})

	It("should each say something of its own, in sentences, within CloudWatch's 1,024 characters", func(ctx SpecContext) {
		said := map[string]string{}
		for short, alarm := range alarms(ctx) {
			description := aws.ToString(alarm.AlarmDescription)
			Expect(description).To(MatchRegexp(`^[A-Z].*\.$`), short)
			Expect(len(description)).To(BeNumerically("<=", 1024), short)
			Expect(said).NotTo(HaveKey(description), strings.Join([]string{short, said[description]}, " and "))
			said[description] = short
		}
	})
})
