package localcloud_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("An alarm", func() {
	var (
		watch *cloudwatch.Client
		name  string
		topic string
	)

	// The topic lets alarms publish, and has a subscriber.
	BeforeEach(func(ctx SpecContext) {
		watch = cloudwatch.NewFromConfig(client)
		name = "alarm-" + rand.Text()
		topics := sns.NewFromConfig(client)
		made, err := topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: &name})
		Expect(err).NotTo(HaveOccurred())
		topic = *made.TopicArn
		_, err = topics.SetTopicAttributes(ctx, &sns.SetTopicAttributesInput{TopicArn: &topic, AttributeName: aws.String("Policy"), AttributeValue: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"sns:Publish","Resource":"` + topic +
				`","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},"ArnLike":{"aws:SourceArn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"}}}]}`)})
		Expect(err).NotTo(HaveOccurred())
		_, err = topics.Subscribe(ctx, &sns.SubscribeInput{TopicArn: &topic, Protocol: aws.String("email"), Endpoint: aws.String("ops@example.com")})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func(ctx SpecContext) {
			_, err := watch.DeleteAlarms(ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{name}})
			Expect(err).NotTo(HaveOccurred())
		})
	})

	put := func(ctx context.Context, change func(*cloudwatch.PutMetricAlarmInput)) {
		GinkgoHelper()
		in := &cloudwatch.PutMetricAlarmInput{
			AlarmName: &name, AlarmDescription: aws.String("It rings."), Namespace: aws.String("Spec"), MetricName: aws.String("Count"),
			Dimensions: []types.Dimension{{Name: aws.String("Spec"), Value: &name}}, Statistic: types.StatisticSum, Period: aws.Int32(60),
			EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanOrEqualToThreshold,
			TreatMissingData: aws.String("notBreaching"), AlarmActions: []string{topic}, OKActions: []string{topic},
		}
		if change != nil {
			change(in)
		}
		_, err := watch.PutMetricAlarm(ctx, in)
		Expect(err).NotTo(HaveOccurred())
	}
	state := func(ctx context.Context) string {
		GinkgoHelper()
		got, err := watch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name}})
		Expect(err).NotTo(HaveOccurred())
		Expect(got.MetricAlarms).To(HaveLen(1))
		return string(got.MetricAlarms[0].StateValue)
	}
	measure := func(ctx context.Context, value float64) {
		GinkgoHelper()
		_, body := send(ctx, "GET", "/_localcloud/clock", nil, nil)
		var clock struct{ Now time.Time }
		Expect(json.Unmarshal([]byte(body), &clock)).To(Succeed())
		_, err := watch.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: aws.String("Spec"), MetricData: []types.MetricDatum{{
			MetricName: aws.String("Count"), Dimensions: []types.Dimension{{Name: aws.String("Spec"), Value: &name}}, Value: &value, Timestamp: &clock.Now,
		}}})
		Expect(err).NotTo(HaveOccurred())
	}
	subjects := func(ctx context.Context) []string {
		var all []string
		for _, one := range mailbox(ctx, topic) {
			all = append(all, one.Subject)
		}
		return all
	}

	It("should ring, notify and stop again on the clock", func(ctx SpecContext) {
		put(ctx, nil)
		Expect(state(ctx)).To(Equal("INSUFFICIENT_DATA"))
		measure(ctx, 5)
		advance(ctx, "1m")
		Expect(state(ctx)).To(Equal("ALARM"))
		advance(ctx, "2m")
		Expect(state(ctx)).To(Equal("ALARM"), "CloudWatch looks further back than the alarm's periods for data")
		advance(ctx, "2m")
		Expect(state(ctx)).To(Equal("OK"))
		Expect(subjects(ctx)).To(HaveExactElements(
			`ALARM: "`+name+`" in US East (N. Virginia)`, `OK: "`+name+`" in US East (N. Virginia)`))
		text, _, _ := strings.Cut(mailbox(ctx, topic)[0].Body, "\n\n--\n")
		var told map[string]any
		Expect(json.Unmarshal([]byte(text), &told)).To(Succeed())
		Expect(told).To(And(
			HaveKeyWithValue("AlarmName", name), HaveKeyWithValue("AlarmDescription", "It rings."), HaveKeyWithValue("AWSAccountId", "123456789012"),
			HaveKeyWithValue("NewStateValue", "ALARM"), HaveKeyWithValue("OldStateValue", "INSUFFICIENT_DATA"),
			HaveKeyWithValue("NewStateReason", MatchRegexp(`^Threshold Crossed: 1 out of the last 1 datapoint \[5\.0 \(.*\)\] was greater than or equal to the threshold \(1\.0\)\.$`)),
			HaveKeyWithValue("Trigger", And(HaveKeyWithValue("MetricName", "Count"), HaveKeyWithValue("Statistic", "SUM"), HaveKeyWithValue("Threshold", 1.0))),
		))
		history, err := watch.DescribeAlarmHistory(ctx, &cloudwatch.DescribeAlarmHistoryInput{AlarmName: &name, ScanBy: types.ScanByTimestampAscending})
		Expect(err).NotTo(HaveOccurred())
		var summaries []string
		for _, one := range history.AlarmHistoryItems {
			summaries = append(summaries, *one.HistorySummary)
		}
		Expect(summaries).To(Equal([]string{
			"Alarm updated from INSUFFICIENT_DATA to ALARM", "Successfully executed action " + topic,
			"Alarm updated from ALARM to OK", "Successfully executed action " + topic,
		}))
	})

	It("should keep its state when it is changed, and do nothing when its actions are off", func(ctx SpecContext) {
		put(ctx, func(in *cloudwatch.PutMetricAlarmInput) { in.ActionsEnabled = aws.Bool(false) })
		measure(ctx, 5)
		advance(ctx, "1m")
		put(ctx, func(in *cloudwatch.PutMetricAlarmInput) { in.ActionsEnabled = aws.Bool(false) })
		Expect(state(ctx)).To(Equal("ALARM"))
		Expect(subjects(ctx)).To(BeEmpty())
	})

	It("should notify when somebody sets its state, and go back by itself", func(ctx SpecContext) {
		put(ctx, nil)
		_, err := watch.SetAlarmState(ctx, &cloudwatch.SetAlarmStateInput{AlarmName: &name, StateValue: types.StateValueAlarm, StateReason: aws.String("a drill")})
		Expect(err).NotTo(HaveOccurred())
		Expect(subjects(ctx)).To(HaveExactElements(HavePrefix("ALARM: ")))
		advance(ctx, "1m")
		Expect(state(ctx)).To(Equal("OK"))
	})

	It("should fill what is missing where its expression says so", func(ctx SpecContext) {
		put(ctx, func(in *cloudwatch.PutMetricAlarmInput) {
			in.Metrics = []types.MetricDataQuery{
				{Id: aws.String("measured"), ReturnData: aws.Bool(false), MetricStat: &types.MetricStat{Stat: aws.String("Maximum"), Period: aws.Int32(60), Metric: &types.Metric{
					Namespace: in.Namespace, MetricName: in.MetricName, Dimensions: in.Dimensions,
				}}},
				{Id: aws.String("filled"), ReturnData: aws.Bool(true), Expression: aws.String("FILL(measured, 2)")},
			}
			in.Namespace, in.MetricName, in.Dimensions, in.Statistic, in.Period = nil, nil, nil, "", nil
			in.EvaluationPeriods = aws.Int32(3)
		})
		measure(ctx, 0)
		advance(ctx, "1m")
		Expect(state(ctx)).To(Equal("OK"), "one of three periods has good data")
		advance(ctx, "3m")
		Expect(state(ctx)).To(Equal("ALARM"), "none has any")
	})

	It("should ring for messages in a queue", func(ctx SpecContext) {
		q := makeQueue(ctx, "")
		put(ctx, func(in *cloudwatch.PutMetricAlarmInput) {
			in.Namespace, in.MetricName, in.Statistic = aws.String("AWS/SQS"), aws.String("ApproximateNumberOfMessagesVisible"), types.StatisticMaximum
			in.Dimensions = []types.Dimension{{Name: aws.String("QueueName"), Value: aws.String(q.arn[strings.LastIndexByte(q.arn, ':')+1:])}}
			in.Period = aws.Int32(300)
		})
		advance(ctx, "5m")
		Expect(state(ctx)).To(Equal("OK"))
		_, err := sqs.NewFromConfig(client).SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.url, MessageBody: aws.String("x")})
		Expect(err).NotTo(HaveOccurred())
		advance(ctx, "5m")
		Expect(state(ctx)).To(Equal("ALARM"))
	})

	It("should tell EventBridge", func(ctx SpecContext) {
		q := makeQueue(ctx, anyRule)
		rule := bySource("aws.cloudwatch")
		rule.EventPattern = aws.String(`{"source":["aws.cloudwatch"],"detail-type":["CloudWatch Alarm State Change"],"detail":{"alarmName":["` + name + `"]}}`)
		makeRule(ctx, rule, ebtypes.Target{Arn: &q.arn, InputPath: aws.String("$.detail.state.value")})
		put(ctx, nil)
		measure(ctx, 5)
		advance(ctx, "1m")
		Expect(q.bodies(ctx, 1)).To(Equal([]string{`"ALARM"`}))
	})
})
