package localcloud_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// queue is a queue of one spec.
type queue struct{ url, arn string }

// makeQueue makes a queue, with a policy that lets EventBridge send for the rules whose ARNs are like the given one; an
// empty one gives no policy.
func makeQueue(ctx context.Context, ruleARN string) queue {
	GinkgoHelper()
	name := "queue-" + rand.Text()
	made := queue{arn: "arn:aws:sqs:us-east-1:123456789012:" + name}
	attributes := map[string]string{}
	if ruleARN != "" {
		attributes["Policy"] = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},` +
			`"Action":"sqs:SendMessage","Resource":"` + made.arn + `","Condition":{"ArnLike":{"aws:SourceArn":"` + ruleARN + `"}}}]}`
	}
	created, err := sqs.NewFromConfig(client).CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	Expect(err).NotTo(HaveOccurred())
	made.url = *created.QueueUrl
	return made
}

// receive takes the messages that are in a queue now.
func (q queue) receive(ctx context.Context) []sqstypes.Message {
	GinkgoHelper()
	got, err := sqs.NewFromConfig(client).ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &q.url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
	})
	Expect(err).NotTo(HaveOccurred())
	for _, message := range got.Messages {
		_, err := sqs.NewFromConfig(client).DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: message.ReceiptHandle})
		Expect(err).NotTo(HaveOccurred())
	}
	return got.Messages
}

// bodies waits for as many messages as are expected, and gives their bodies.
func (q queue) bodies(ctx context.Context, count int) []string {
	GinkgoHelper()
	var bodies []string
	Eventually(func() []string {
		for _, message := range q.receive(ctx) {
			bodies = append(bodies, *message.Body)
		}
		return bodies
	}).WithContext(ctx).Should(HaveLen(count))
	return bodies
}

const anyRule = "arn:aws:events:us-east-1:123456789012:rule/*"

// bridge is a client of EventBridge that does not try again.
func bridge() *eventbridge.Client {
	return eventbridge.NewFromConfig(client, func(o *eventbridge.Options) { o.Retryer = aws.NopRetryer{} })
}

// makeRule makes a rule with a pattern or a schedule, and targets. It gives the ARN.
func makeRule(ctx context.Context, in *eventbridge.PutRuleInput, targets ...types.Target) string {
	GinkgoHelper()
	if in.Name == nil {
		in.Name = aws.String("rule-" + rand.Text())
	}
	made, err := bridge().PutRule(ctx, in)
	Expect(err).NotTo(HaveOccurred())
	for i := range targets {
		if targets[i].Id == nil {
			targets[i].Id = aws.String("target-" + rand.Text())
		}
	}
	_, err = bridge().PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: in.Name, EventBusName: in.EventBusName, Targets: targets})
	Expect(err).NotTo(HaveOccurred())
	return *made.RuleArn
}

// bySource is a rule for the events of a source.
func bySource(source string) *eventbridge.PutRuleInput {
	return &eventbridge.PutRuleInput{EventPattern: aws.String(`{"source":["` + source + `"]}`)}
}

// putEvent puts one event, which must be taken, and gives its id.
func putEvent(ctx context.Context, source, detail string) string {
	GinkgoHelper()
	put, err := bridge().PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		Source: &source, DetailType: aws.String("Something"), Detail: &detail, Resources: []string{"arn:x"},
		Time: aws.Time(time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)),
	}}})
	Expect(err).NotTo(HaveOccurred())
	Expect(put.FailedEntryCount).To(BeZero())
	return *put.Entries[0].EventId
}

// advance moves the instance's clock.
func advance(ctx context.Context, length string) {
	GinkgoHelper()
	status, body := send(ctx, http.MethodPost, "/_localcloud/clock", nil, strings.NewReader(`{"advance":"`+length+`"}`))
	Expect(status).To(Equal(http.StatusOK), body)
}

// tries tells the deliveries of a rule.
func tries(ctx context.Context, ruleARN string) []map[string]any {
	GinkgoHelper()
	status, body := send(ctx, http.MethodGet, "/_localcloud/deliveries?rule="+ruleARN, nil, nil)
	Expect(status).To(Equal(http.StatusOK))
	var told []map[string]any
	Expect(json.Unmarshal([]byte(body), &told)).To(Succeed())
	return told
}

var _ = Describe("EventBridge", func() {
	var source string

	BeforeEach(func() { source = "spec." + strings.ToLower(rand.Text()) })

	It("should deliver an event, as EventBridge writes it, to the rules that it matches", func(ctx SpecContext) {
		wanted, unwanted := makeQueue(ctx, anyRule), makeQueue(ctx, anyRule)
		makeRule(ctx, bySource(source), types.Target{Arn: &wanted.arn})
		makeRule(ctx, &eventbridge.PutRuleInput{EventPattern: aws.String(`{"source":["` + source + `"],"detail":{"a":[{"numeric":[">",5]}]}}`)}, types.Target{Arn: &unwanted.arn})
		off := bySource(source)
		off.State = types.RuleStateDisabled
		makeRule(ctx, off, types.Target{Arn: &unwanted.arn})
		makeRule(ctx, &eventbridge.PutRuleInput{ScheduleExpression: aws.String("rate(1000 days)")}, types.Target{Arn: &unwanted.arn})
		id := putEvent(ctx, source, `{"a":5,"b":{"c":"<&>"}}`)
		Expect(wanted.bodies(ctx, 1)).To(HaveExactElements(Equal(`{"version":"0","id":"` + id + `","detail-type":"Something","source":"` + source +
			`","account":"123456789012","time":"2026-01-02T03:04:05Z","region":"us-east-1","resources":["arn:x"],"detail":{"a":5,"b":{"c":"<&>"}}}`)))
		Expect(unwanted.receive(ctx)).To(BeEmpty())
	})

	It("should deliver on the bus that an event is put on", func(ctx SpecContext) {
		bus := aws.String("bus-" + rand.Text())
		_, err := bridge().CreateEventBus(ctx, &eventbridge.CreateEventBusInput{Name: bus})
		Expect(err).NotTo(HaveOccurred())
		wanted, unwanted := makeQueue(ctx, "arn:aws:events:us-east-1:123456789012:rule/"+*bus+"/*"), makeQueue(ctx, anyRule)
		on := bySource(source)
		on.EventBusName = bus
		makeRule(ctx, on, types.Target{Arn: &wanted.arn})
		makeRule(ctx, bySource(source), types.Target{Arn: &unwanted.arn})
		for _, name := range []string{*bus, "arn:aws:events:us-east-1:123456789012:event-bus/" + *bus, "nobody-has-it"} {
			_, err = bridge().PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
				{Source: &source, DetailType: aws.String("x"), Detail: aws.String("{}"), EventBusName: aws.String(name)},
			}})
			Expect(err).NotTo(HaveOccurred())
		}
		wanted.bodies(ctx, 2)
		Expect(unwanted.receive(ctx)).To(BeEmpty())
	})

	It("should stop delivering to a target that was removed, and to a rule that was disabled or deleted", func(ctx SpecContext) {
		q := makeQueue(ctx, anyRule)
		rule := bySource(source)
		makeRule(ctx, rule, types.Target{Arn: &q.arn, Id: aws.String("one")})
		putEvent(ctx, source, `{}`)
		q.bodies(ctx, 1)
		_, err := bridge().DisableRule(ctx, &eventbridge.DisableRuleInput{Name: rule.Name})
		Expect(err).NotTo(HaveOccurred())
		putEvent(ctx, source, `{"off":1}`)
		_, err = bridge().EnableRule(ctx, &eventbridge.EnableRuleInput{Name: rule.Name})
		Expect(err).NotTo(HaveOccurred())
		putEvent(ctx, source, `{"on":1}`)
		Expect(q.bodies(ctx, 1)).To(HaveExactElements(ContainSubstring(`{"on":1}`)))
		_, err = bridge().RemoveTargets(ctx, &eventbridge.RemoveTargetsInput{Rule: rule.Name, Ids: []string{"one"}})
		Expect(err).NotTo(HaveOccurred())
		putEvent(ctx, source, `{}`)
		_, err = bridge().DeleteRule(ctx, &eventbridge.DeleteRuleInput{Name: rule.Name})
		Expect(err).NotTo(HaveOccurred())
		putEvent(ctx, source, `{}`)
		Consistently(func() []sqstypes.Message { return q.receive(ctx) }, "200ms").Should(BeEmpty())
	})

	It("should fail the entries that it can't take, and take the others", func(ctx SpecContext) {
		text := func(s string) *string { return &s }
		put, err := bridge().PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
			{Source: text("a"), DetailType: text("b"), Detail: text(`{}`)},
			{DetailType: text("b"), Detail: text(`{}`)},
			{Source: text("a"), Detail: text(`{}`)},
			{Source: text("a"), DetailType: text("b")},
			{Source: text("aws.config"), DetailType: text("b"), Detail: text(`{}`)},
			{Source: text("a"), DetailType: text("b"), Detail: text(`[]`)},
			{Source: text("a"), DetailType: text("b"), Detail: text(`{"a":`)},
			{Source: text("a"), DetailType: text(strings.Repeat("b", 129)), Detail: text(`{}`)},
		}})
		Expect(err).NotTo(HaveOccurred())
		Expect(put.FailedEntryCount).To(BeEquivalentTo(7))
		var codes []string
		for _, entry := range put.Entries {
			codes = append(codes, aws.ToString(entry.ErrorCode))
		}
		Expect(put.Entries[0].EventId).NotTo(BeNil())
		Expect(codes).To(Equal([]string{
			"", "InvalidArgument", "InvalidArgument", "InvalidArgument", "NotAuthorizedForSourceException", "MalformedDetail", "MalformedDetail", "InvalidArgument",
		}))
		Expect(*put.Entries[1].ErrorMessage).To(Equal("Parameter Source is not valid. Reason: Source is a required argument."))
	})

	DescribeTable("should refuse a request as a whole",
		func(ctx SpecContext, expected string, entries []types.PutEventsRequestEntry) {
			_, err := bridge().PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
			Expect(err).To(MatchError(And(ContainSubstring("ValidationException"), ContainSubstring(expected))))
		},
		Entry("of none", "between 1 and 10", []types.PutEventsRequestEntry{}),
		Entry("of too many", "between 1 and 10", make([]types.PutEventsRequestEntry, 11)),
		Entry("of which no entry is complete", "no entry has Source, DetailType and Detail", []types.PutEventsRequestEntry{{Source: aws.String("a")}}),
		Entry("that is too large", "over the limit", []types.PutEventsRequestEntry{{
			Source: aws.String("a"), DetailType: aws.String("b"), Detail: aws.String(`{"a":"` + strings.Repeat("x", 256<<10) + `"}`),
		}}),
	)

	DescribeTable("should shape what a target gets",
		func(ctx SpecContext, shape types.Target, expected string) {
			q := makeQueue(ctx, anyRule)
			shape.Arn = &q.arn
			arn := makeRule(ctx, bySource(source), shape)
			id := putEvent(ctx, source, `{"instance":"i-1","state":"RUN \"now\"","count":5,"list":[{"k":"v"},{"k":"w"}],"on":true,"none":null}`)
			expected = strings.NewReplacer("ID", id, "ARN", arn, "NAME", arn[strings.LastIndexByte(arn, '/')+1:], "SOURCE", source).Replace(expected)
			Expect(q.bodies(ctx, 1)).To(HaveExactElements(Equal(expected)))
		},
		Entry("a constant", types.Target{Input: aws.String(`{"always": [1]}`)}, `{"always": [1]}`),
		Entry("a part", types.Target{InputPath: aws.String("$.detail.list[1]")}, `{"k":"w"}`),
		Entry("all of something", types.Target{InputPath: aws.String("$.detail.list[*].k")}, `["v","w"]`),
		Entry("text", transformed(`"instance <instance> is <state>, <count>, <on>"`), `"instance i-1 is RUN \"now\", 5, true"`),
		Entry("lines", transformed("\"<instance>\"\n\"<count>\""), "\"i-1\"\n\"5\""),
		Entry("JSON", transformed(`{"a":<instance>,"b":"<instance>","c":<count>,"d":<first>,"e":"<first>","f":<none>}`),
			`{"a":"i-1","b":"i-1","c":5,"d":{"k":"v"},"e":"{k:v}","f":null}`),
		Entry("JSON with what is not there", transformed(`{"a":"<missing>"}`), `{"a":""}`),
		Entry("what is known of the rule", transformed(`{"a":<aws.events.rule-arn>,"b":"<aws.events.rule-name>"}`), `{"a":"ARN","b":"NAME"}`),
		Entry("the event without its detail", transformed(`<aws.events.event>`),
			`{"account":"123456789012","detail-type":"Something","id":"ID","region":"us-east-1","resources":["arn:x"],"source":"SOURCE","time":"2026-01-02T03:04:05Z","version":"0"}`),
	)

	It("should publish on a topic whose policy lets it", func(ctx SpecContext) {
		q := makeQueue(ctx, "")
		topics := sns.NewFromConfig(client)
		topic, err := topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("topic-" + rand.Text())})
		Expect(err).NotTo(HaveOccurred())
		_, err = topics.Subscribe(ctx, &sns.SubscribeInput{TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: &q.arn, Attributes: map[string]string{"RawMessageDelivery": "true"}})
		Expect(err).NotTo(HaveOccurred())
		arn := makeRule(ctx, bySource(source), types.Target{Arn: topic.TopicArn, Input: aws.String(`"hello"`)})
		putEvent(ctx, source, `{}`)
		Eventually(func() []map[string]any { return tries(ctx, arn) }).Should(HaveExactElements(And(
			HaveKeyWithValue("outcome", "dropped"), HaveKeyWithValue("errorCode", "NO_PERMISSIONS"))))
		_, err = topics.SetTopicAttributes(ctx, &sns.SetTopicAttributesInput{
			TopicArn: topic.TopicArn, AttributeName: aws.String("Policy"),
			AttributeValue: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sns:Publish","Resource":"` + *topic.TopicArn + `"}]}`),
		})
		Expect(err).NotTo(HaveOccurred())
		putEvent(ctx, source, `{}`)
		Expect(q.bodies(ctx, 1)).To(Equal([]string{`"hello"`}))
	})

	It("should write to a log group whose policy lets it", func(ctx SpecContext) {
		logs := cloudwatchlogs.NewFromConfig(client)
		group := "/events/" + rand.Text()
		_, err := logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &group})
		Expect(err).NotTo(HaveOccurred())
		_, err = logs.PutResourcePolicy(ctx, &cloudwatchlogs.PutResourcePolicyInput{
			PolicyName: aws.String(strings.ReplaceAll(group, "/", "-")),
			PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["events.amazonaws.com","delivery.logs.amazonaws.com"]},` +
				`"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:us-east-1:123456789012:log-group:` + group + `*"}]}`),
		})
		Expect(err).NotTo(HaveOccurred())
		makeRule(ctx, bySource(source), types.Target{Arn: aws.String("arn:aws:logs:us-east-1:123456789012:log-group:" + group)})
		id := putEvent(ctx, source, `{}`)
		Eventually(func() []string {
			got, err := logs.FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &group})
			Expect(err).NotTo(HaveOccurred())
			var lines []string
			for _, one := range got.Events {
				lines = append(lines, *one.Message)
			}
			return lines
		}).Should(HaveExactElements(ContainSubstring(id)))
	})

	It("should send what it may not deliver to the dead-letter queue at once, and say why", func(ctx SpecContext) {
		closed, letters := makeQueue(ctx, ""), makeQueue(ctx, anyRule)
		arn := makeRule(ctx, bySource(source), types.Target{Arn: &closed.arn, Input: aws.String(`"shaped"`), DeadLetterConfig: &types.DeadLetterConfig{Arn: &letters.arn}})
		id := putEvent(ctx, source, `{"a":1}`)
		var got []sqstypes.Message
		Eventually(func() []sqstypes.Message { got = append(got, letters.receive(ctx)...); return got }).Should(HaveLen(1))
		Expect(*got[0].Body).To(And(ContainSubstring(id), ContainSubstring(`"detail":{"a":1}`)), "the event itself")
		attributes := map[string]string{}
		for name, value := range got[0].MessageAttributes {
			attributes[name] = *value.StringValue
		}
		Expect(attributes).To(Equal(map[string]string{
			"RULE_ARN": arn, "TARGET_ARN": closed.arn, "ERROR_CODE": "NO_PERMISSIONS", "RETRY_ATTEMPTS": "0",
			"ERROR_MESSAGE": "the policy of " + closed.arn + " does not let events.amazonaws.com do sqs:SendMessage",
		}))
		Expect(tries(ctx, arn)).To(HaveExactElements(And(HaveKeyWithValue("outcome", "dead-lettered"), HaveKeyWithValue("eventId", id), HaveKeyWithValue("attempt", 1.0))))
	})

	It("should send an event for a queue or a function that is gone to the dead-letter queue", func(ctx SpecContext) {
		letters := makeQueue(ctx, anyRule)
		gone := "arn:aws:sqs:us-east-1:123456789012:gone-" + rand.Text()
		function := "arn:aws:lambda:us-east-1:123456789012:function:gone-" + rand.Text()
		dead := &types.DeadLetterConfig{Arn: &letters.arn}
		arn := makeRule(ctx, bySource(source), types.Target{Arn: &gone, DeadLetterConfig: dead}, types.Target{Arn: &function, DeadLetterConfig: dead})
		putEvent(ctx, source, `{}`)
		letters.bodies(ctx, 2)
		Expect(tries(ctx, arn)).To(ConsistOf(
			And(HaveKeyWithValue("target", gone), HaveKeyWithValue("errorCode", "NO_RESOURCE")),
			And(HaveKeyWithValue("target", function), HaveKeyWithValue("errorCode", "NO_PERMISSIONS")),
		))
	})

	It("should invoke a function whose policy lets it", func(ctx SpecContext) {
		f, letters := deploy(ctx, client, nil), makeQueue(ctx, anyRule)
		arn := makeRule(ctx, bySource(source), types.Target{
			Arn: aws.String("arn:aws:lambda:us-east-1:123456789012:function:" + f.name), DeadLetterConfig: &types.DeadLetterConfig{Arn: &letters.arn},
		})
		putEvent(ctx, source, `{"refused":1}`)
		letters.bodies(ctx, 1)
		_, err := f.client.AddPermission(ctx, &lambda.AddPermissionInput{
			FunctionName: &f.name, StatementId: aws.String("rule"), Action: aws.String("lambda:InvokeFunction"),
			Principal: aws.String("events.amazonaws.com"), SourceArn: &arn,
		})
		Expect(err).NotTo(HaveOccurred())
		putEvent(ctx, source, `{}`)
		Eventually(func() string {
			_, body := send(ctx, http.MethodGet, "/_localcloud/invocations", nil, nil)
			return body
		}).WithContext(ctx).WithTimeout(20 * time.Second).Should(MatchRegexp(f.name + `[^}]*"outcome":"success"`))
	})
})

// transformed is a target with a template over a few paths.
func transformed(template string) types.Target {
	return types.Target{InputTransformer: &types.InputTransformer{InputTemplate: &template, InputPathsMap: map[string]string{
		"instance": "$.detail.instance", "state": "$.detail.state", "count": "$.detail.count", "first": "$.detail.list[0]", "on": "$.detail.on",
		"none": "$.detail.none", "missing": "$.detail.missing",
	}}}
}
