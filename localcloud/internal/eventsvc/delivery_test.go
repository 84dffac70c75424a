package eventsvc

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const change = `{"source":"aws.config","detail-type":"Config Rules Compliance Change","detail":{"a":1}}`

var _ = Describe("An event", func() {
	var f *fixture

	BeforeEach(func() { f = newFixture() })

	put := func(ctx SpecContext) {
		GinkgoHelper()
		Expect(f.Put(ctx, "us-east-1", json.RawMessage(change))).To(Succeed())
		Eventually(f.outcomes).WithContext(ctx).ShouldNot(BeEmpty())
	}
	pattern := document{"EventPattern": `{"source":["aws.config"]}`}
	deadLetters := document{"Arn": "arn:aws:sqs:us-east-1:123456789012:dead"}

	It("should be completed when a service puts it", func(ctx SpecContext) {
		f.rule("r", pattern, nil)
		put(ctx)
		var got map[string]any
		Expect(json.Unmarshal([]byte(f.functions.got()[0]), &got)).To(Succeed())
		Expect(got).To(And(HaveLen(9), HaveKeyWithValue("version", "0"), HaveKeyWithValue("account", "123456789012"), HaveKeyWithValue("region", "us-east-1"),
			HaveKeyWithValue("resources", BeEmpty()), HaveKeyWithValue("id", HaveLen(36)), HaveKeyWithValue("time", MatchRegexp(`^\d{4}-.*Z$`))))
	})

	DescribeTable("should not be taken from a service when it is none",
		func(ctx SpecContext, text string) {
			Expect(f.Put(ctx, "us-east-1", json.RawMessage(text))).To(MatchError(HavePrefix("putting an event of a service: ")))
		},
		Entry("for want of a source", `{"detail-type":"x"}`), Entry("for want of a type", `{"source":"x"}`), Entry("for want of JSON", `{`),
	)

	It("should be tried again, ever later, until the target takes it", func(ctx SpecContext) {
		f.rule("r", pattern, nil)
		f.functions.broken = errBusy
		put(ctx)
		f.clock.Advance(65 * time.Second) // retries after 1, 2, 4, 8, 16 and 32 seconds more
		Expect(f.outcomes()).To(Equal([]string{"retrying", "retrying", "retrying", "retrying", "retrying", "retrying", "retrying"}))
		f.functions.mutex.Lock()
		f.functions.broken = nil
		f.functions.mutex.Unlock()
		f.clock.Advance(65 * time.Second)
		last := f.tries("", "")[7]
		Expect(last).To(And(HaveField("Outcome", "delivered"), HaveField("Attempt", 8), HaveField("ErrorCode", "")))
		Expect(f.functions.got()).To(HaveLen(1))
	})

	DescribeTable("should go to the dead-letter queue when its retries are exhausted",
		func(ctx SpecContext, policy document, condition string, tries int) {
			f.rule("r", pattern, document{"RetryPolicy": policy, "DeadLetterConfig": deadLetters})
			f.functions.broken = errBusy
			put(ctx)
			f.clock.Advance(25 * time.Hour)
			Expect(f.functions.tries).To(Equal(tries))
			Expect(f.moto.messages).To(HaveLen(1))
			attributes := f.moto.messages[0]["MessageAttributes"]
			Expect(attributes).To(And(
				HaveKeyWithValue("ERROR_CODE", HaveKeyWithValue("StringValue", "ERROR_FROM_TARGET")),
				HaveKeyWithValue("ERROR_MESSAGE", HaveKeyWithValue("StringValue", "busy")),
				HaveKeyWithValue("EXHAUSTED_RETRY_CONDITION", HaveKeyWithValue("StringValue", condition)),
				HaveKeyWithValue("RETRY_ATTEMPTS", HaveKeyWithValue("StringValue", fmt.Sprint(tries-1))),
				HaveKeyWithValue("TARGET_ARN", HaveKeyWithValue("StringValue", functionARN)),
			))
		},
		Entry("by their number", document{"MaximumRetryAttempts": 3}, "MaximumRetryAttempts", 4),
		Entry("of which there are none", document{"MaximumRetryAttempts": 0}, "MaximumRetryAttempts", 1),
		Entry("by the event's age", document{"MaximumEventAgeInSeconds": 60}, "MaximumEventAgeInSeconds", 6),
		Entry("by EventBridge's own limits", document{}, "MaximumRetryAttempts", 186),
	)

	It("should go to the dead-letter queue at once when trying again is of no use", func(ctx SpecContext) {
		f.rule("r", pattern, document{"DeadLetterConfig": deadLetters})
		f.functions.broken = fmt.Errorf("%w: gone", ErrNotRetried)
		put(ctx)
		Expect(f.tries("", "")).To(HaveExactElements(And(HaveField("Outcome", "dead-lettered"), HaveField("ErrorCode", "NO_RESOURCE"), HaveField("Exhausted", ""))))
	})

	DescribeTable("should be dropped when no dead-letter queue takes it",
		func(ctx SpecContext, more document, policy string) {
			f.rule("r", pattern, more)
			f.moto.policy, f.functions.closed = policy, true
			put(ctx)
			Expect(f.tries("", "")).To(HaveExactElements(And(HaveField("Outcome", "dropped"), HaveField("ErrorCode", "NO_PERMISSIONS"))))
			Expect(f.moto.messages).To(BeEmpty())
		},
		Entry("for there is none", nil, openPolicy),
		Entry("for its policy lets nobody in", document{"DeadLetterConfig": deadLetters}, ""),
		Entry("for its policy keeps EventBridge out", document{"DeadLetterConfig": deadLetters},
			`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}`),
		Entry("for it is none", document{"DeadLetterConfig": document{"Arn": functionARN}}, openPolicy),
	)

	DescribeTable("should not be tried again where its input can't be made",
		func(ctx SpecContext, more document, code string) {
			f.rule("r", pattern, more)
			put(ctx)
			Expect(f.tries("", "")).To(HaveExactElements(And(HaveField("Outcome", "dropped"), HaveField("ErrorCode", code))))
			Expect(f.functions.tries).To(BeZero())
		},
		Entry("of a path that leads nowhere", document{"InputPath": "$.detail.b"}, "INVALID_PARAMETER"),
		Entry("as JSON", document{"InputTransformer": document{"InputTemplate": `{"a": <a>}`, "InputPathsMap": document{"a": "$.detail.b"}}}, "INVALID_JSON"),
		Entry("for a target that localcloud does not know", document{"Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:x"}, "INVALID_PARAMETER"),
	)

	It("should be tried again when a queue can't take it now", func(ctx SpecContext) {
		f.rule("r", pattern, document{"Arn": "arn:aws:sqs:us-east-1:123456789012:q.fifo", "SqsParameters": document{"MessageGroupId": "g"}})
		f.moto.faults["SendMessage"] = `{"__type":"ThrottlingException","message":"slowly"}`
		put(ctx)
		Expect(f.tries("", "")).To(HaveExactElements(And(HaveField("Outcome", "retrying"), HaveField("ErrorCode", "THROTTLING"))))
		f.moto.mutex.Lock()
		f.moto.faults = nil
		f.moto.mutex.Unlock()
		f.clock.Advance(2 * time.Second)
		Expect(f.outcomes()).To(Equal([]string{"retrying", "delivered"}))
		Expect(f.moto.messages[0]).To(HaveKeyWithValue("MessageGroupId", "g"))
	})

	It("should fail its entry when moto does not tell the rules", func() {
		f.moto.faults["ListRules"] = "broken"
		body := f.must("PutEvents", document{"Entries": []any{document{"Source": "a", "DetailType": "b", "Detail": "{}"}}})
		Expect(body).To(And(ContainSubstring(`"FailedEntryCount":1`), ContainSubstring("InternalFailure")))
	})

	It("should be told of at the endpoint until it is emptied", func(ctx SpecContext) {
		f.rule("r", pattern, nil)
		put(ctx)
		ask := func(method, query string) *httptest.ResponseRecorder {
			recorder := httptest.NewRecorder()
			f.Deliveries().ServeHTTP(recorder, httptest.NewRequest(method, "/"+query, nil))
			return recorder
		}
		Expect(ask("GET", "").Body.String()).To(ContainSubstring(`"outcome":"delivered"`))
		Expect(ask("GET", "?rule=other").Body.String()).To(MatchJSON(`[]`))
		Expect(ask("GET", "?event=other").Body.String()).To(MatchJSON(`[]`))
		Expect(ask("POST", "").Code).To(Equal(http.StatusMethodNotAllowed))
		Expect(ask("DELETE", "").Code).To(Equal(http.StatusNoContent))
		Expect(ask("GET", "").Body.String()).To(MatchJSON(`[]`))
	})
})

var _ = Describe("A schedule", func() {
	var f *fixture

	BeforeEach(func() { f = newFixture() })

	hourly := func() document { return document{"ScheduleExpression": "rate(1 hour)"} }

	It("should fire its rule on the clock, with the event that EventBridge sends", func() {
		f.rule("r", hourly(), nil)
		start := f.clock.Now()
		f.clock.Advance(150 * time.Minute)
		got := f.functions.got()
		Expect(got).To(HaveLen(2))
		var sent map[string]any
		Expect(json.Unmarshal([]byte(got[1]), &sent)).To(Succeed())
		at, err := time.Parse(time.RFC3339, sent["time"].(string))
		Expect(err).NotTo(HaveOccurred())
		Expect(at).To(BeTemporally("~", start.Add(2*time.Hour), 2*time.Second))
		Expect(sent).To(And(HaveKeyWithValue("id", HaveLen(36)), HaveLen(9)))
		delete(sent, "id")
		delete(sent, "time")
		Expect(sent).To(Equal(map[string]any{
			"version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "account": "123456789012", "region": "us-east-1",
			"resources": []any{"arn:aws:events:us-east-1:123456789012:rule/r"}, "detail": map[string]any{},
		}))
	})

	It("should match no events", func(ctx SpecContext) {
		f.rule("r", hourly(), nil)
		Expect(f.Put(context.Background(), "us-east-1", json.RawMessage(change))).To(Succeed())
		f.clock.Advance(time.Minute)
		Expect(f.functions.got()).To(BeEmpty())
	})

	It("should rest while its rule is disabled, and begin anew when it is enabled", func() {
		f.rule("r", hourly(), nil)
		f.clock.Advance(30 * time.Minute)
		f.must("DisableRule", document{"Name": "r"})
		f.clock.Advance(2 * time.Hour)
		Expect(f.functions.got()).To(BeEmpty())
		f.must("EnableRule", document{"Name": "r"})
		f.clock.Advance(59 * time.Minute)
		Expect(f.functions.got()).To(BeEmpty())
		f.clock.Advance(2 * time.Minute)
		Expect(f.functions.got()).To(HaveLen(1))
	})

	It("should go on when its rule is put again, and change when another is put", func() {
		f.rule("r", hourly(), nil)
		f.clock.Advance(50 * time.Minute)
		again := hourly()
		again["Name"], again["Description"] = "r", "told"
		f.must("PutRule", again)
		f.clock.Advance(11 * time.Minute)
		Expect(f.functions.got()).To(HaveLen(1))
		f.must("PutRule", document{"Name": "r", "ScheduleExpression": "rate(5 minutes)"})
		f.clock.Advance(16 * time.Minute)
		Expect(f.functions.got()).To(HaveLen(4))
		f.must("PutRule", document{"Name": "r", "EventPattern": `{"a":["b"]}`})
		f.clock.Advance(24 * time.Hour)
		Expect(f.functions.got()).To(HaveLen(4))
	})

	It("should end with its rule, and with the instance", func() {
		f.rule("r", hourly(), nil)
		f.must("DeleteRule", document{"Name": "r"})
		f.clock.Advance(24 * time.Hour)
		f.rule("s", hourly(), nil)
		f.Close()
		f.clock.Advance(24 * time.Hour)
		f.rule("t", hourly(), nil)
		f.clock.Advance(24 * time.Hour)
		Expect(f.functions.got()).To(BeEmpty())
	})

	It("should end where it is never due again", func() {
		f.rule("r", document{"ScheduleExpression": "cron(0 0 1 1 ? 1999)"}, nil)
		f.clock.Advance(24 * time.Hour)
		Expect(f.functions.got()).To(BeEmpty())
	})

	It("should not fire without its rule, whatever became of it", func() {
		f.fire(ruleKey{region: "us-east-1", name: "nobody-has-it"}, f.clock.Now())
		f.rule("r", document{"ScheduleExpression": "rate(1 hour)", "State": "DISABLED"}, nil)
		f.fire(ruleKey{region: "us-east-1", name: "r"}, f.clock.Now())
		f.moto.faults["ListRules"] = "broken"
		f.rules.forget("us-east-1")
		f.fire(ruleKey{region: "us-east-1", name: "r"}, f.clock.Now())
		Expect(f.functions.got()).To(BeEmpty())
	})
})
