package processor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/processor"
)

const account = "123456789012"

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

type event struct {
	rule, resource, before, after, account string
	ordering                               time.Time
}

// violation is an event that most specs start from.
func violation() event {
	return event{
		rule: "monitor-test-s3-encryption", resource: "data", before: "COMPLIANT", after: "NON_COMPLIANT", account: account,
		ordering: now.Add(-time.Hour),
	}
}

func (e event) payload() []byte {
	result := func(compliance string) string {
		if compliance == "" {
			return "null"
		}
		return fmt.Sprintf(`{"evaluationResultIdentifier":{"orderingTimestamp":%q},"complianceType":%q,"resultRecordedTime":%q,"annotation":"no encryption"}`,
			e.ordering.Format(time.RFC3339Nano), compliance, e.ordering.Add(time.Second).Format(time.RFC3339Nano))
	}
	return fmt.Appendf(nil, `{"id":"event-1","source":"aws.config","detail-type":"Config Rules Compliance Change","account":%q,"region":"us-east-1",
		"detail":{"messageType":"ComplianceChangeNotification","configRuleName":%q,"resourceType":"AWS::S3::Bucket","resourceId":%q,
		"awsRegion":"us-east-1","awsAccountId":%q,"newEvaluationResult":%s,"oldEvaluationResult":%s}}`,
		e.account, e.rule, e.resource, e.account, result(e.after), result(e.before))
}

// limited is a context with a deadline, and without a timer: specs have clocks of their own.
type limited struct {
	context.Context
	deadline time.Time
}

func (l limited) Deadline() (time.Time, bool) { return l.deadline, true }

func request(id string) context.Context { return requestUntil(id, now.Add(time.Minute)) }

func requestUntil(id string, deadline time.Time) context.Context {
	return lambdacontext.NewContext(limited{context.Background(), deadline}, &lambdacontext.LambdaContext{
		AwsRequestID: id, InvokedFunctionArn: "arn:aws:lambda:us-east-1:" + account + ":function:monitor-test-processor",
	})
}

func record(aws *cloud, key string) processor.Record {
	var found processor.Record
	Expect(json.Unmarshal(aws.objects[key], &found)).To(Succeed())
	return found
}

func onlyKey(aws *cloud) string {
	Expect(aws.objects).To(HaveLen(1))
	for key := range aws.objects {
		return key
	}
	return ""
}

var _ = Describe("The processor", func() {
	var (
		aws     *cloud
		emitted *metrics
		logged  *bytes.Buffer
		clock   time.Time
		handler *processor.Handler
	)

	BeforeEach(func() {
		aws, emitted, logged, clock = newCloud(), newMetrics(), &bytes.Buffer{}, now
		handler = aws.environment(func() time.Time { return clock }, catalogue.Rule{
			Name: "s3-encryption", Severity: catalogue.High, Description: "Buckets are encrypted.", Guidance: "Encrypt the bucket.\n",
			Frameworks: catalogue.Frameworks{CIS: []string{"2.1.1"}, NIST: []string{"SC-28", "SC-13"}},
		})
		handler.Metrics, handler.Log = emitted, slog.New(slog.NewJSONHandler(logged, nil))
	})

	// another is an environment that knows nothing of what happened in others.
	another := func() {
		handler = aws.environment(func() time.Time { return clock })
		handler.Metrics, handler.Log = emitted, slog.New(slog.NewJSONHandler(logged, nil))
	}

	handle := func(requestID string, e event) error {
		return handler.Handle(request(requestID), e.payload())
	}

	Context("when a resource violates a rule", func() {
		It("should keep the event in one object, told and marked", func() {
			Expect(handle("request-1", violation())).To(Succeed())
			key := onlyKey(aws)
			Expect(key).To(MatchRegexp(`^events/2026/11/23/[0-9a-f]{32}\.json$`))
			kept := record(aws, key)
			Expect(kept.Event).To(MatchJSON(violation().payload()))
			kept.Event = nil
			Expect(kept).To(Equal(processor.Record{
				SchemaVersion: 1, ID: key[len("events/2026/11/23/") : len(key)-len(".json")],
				Rule: "s3-encryption", ConfigRule: "monitor-test-s3-encryption", Severity: catalogue.High,
				ResourceType: "AWS::S3::Bucket", ResourceID: "data", Account: account, Region: "us-east-1",
				Compliance: "NON_COMPLIANT", Previous: "COMPLIANT", Transition: processor.Violation, Annotation: "no encryption",
				Ordering: now.Add(-time.Hour), Recorded: now.Add(-time.Hour + time.Second), Received: now,
				Notification: processor.Notification{Delivery: processor.Sent, SentAt: now, MessageID: "message-1"},
			}))
		})

		It("should make three calls to AWS, and none for a duplicate that it knows for one", func() {
			Expect(handle("request-1", violation())).To(Succeed())
			Expect(aws.calls).To(Equal(3))
			Expect(handle("request-2", violation())).To(Succeed())
			Expect(aws.calls).To(Equal(3))
		})

		It("should make two calls for a duplicate in another environment: its attempt to create the object, and a look at it", func() {
			Expect(handle("request-1", violation())).To(Succeed())
			another()
			Expect(handle("request-2", violation())).To(Succeed())
			Expect(aws.calls).To(Equal(5))
			Expect(handle("request-3", violation())).To(Succeed())
			Expect(aws.calls).To(Equal(5), "now it knows")
			Expect(emitted.totals).To(HaveKeyWithValue("DuplicateEvents", 2.0))
		})

		It("should not remember more than it has room for, and forget the oldest first", func() {
			quiet := handler
			quiet.Log = slog.New(slog.DiscardHandler)
			e := violation()
			e.before, e.after = "", "COMPLIANT" // one call each
			const remembered = 4096
			for i := range remembered + 1 {
				e.resource = fmt.Sprint(i)
				Expect(handle("request", e)).To(Succeed())
			}
			calls := aws.calls
			Expect(handle("request", e)).To(Succeed())
			Expect(aws.calls).To(Equal(calls), "the last one is known")
			e.resource = "0"
			Expect(handle("request", e)).To(Succeed())
			Expect(aws.calls).To(Equal(calls+2), "the first one is not")
			Expect(aws.objects).To(HaveLen(remembered + 1))
		})

		It("should count the event and the violation", func() {
			Expect(handle("request-1", violation())).To(Succeed())
			Expect(emitted.totals).To(Equal(map[string]float64{"EventsProcessed": 1, "Violations Severity=high": 1}))
		})

		It("should claim the object before it tells anybody", func() {
			aws.failBefore = 2
			Expect(handle("request-1", violation())).To(MatchError(errAWS))
			notification := record(aws, onlyKey(aws)).Notification
			Expect(notification.Delivery).To(Equal(processor.Pending))
			Expect(notification.Claim.RequestID).To(Equal("request-1"))
			Expect(notification.Claim.Until).To(Equal(now.Add(time.Minute)))
		})
	})

	DescribeTable("should tell people of what matters to them only",
		func(before, after string, transition processor.Transition, mails, calls int) {
			change := violation()
			change.before, change.after = before, after
			Expect(handle("request-1", change)).To(Succeed())
			Expect(record(aws, onlyKey(aws)).Transition).To(Equal(transition))
			Expect(aws.mails).To(HaveLen(mails))
			Expect(aws.calls).To(Equal(calls))
			Expect(emitted.totals).To(HaveKeyWithValue("EventsProcessed", 1.0))
		},
		Entry("a violation at the first look", "", "NON_COMPLIANT", processor.Violation, 1, 3),
		Entry("a violation that has changed", "NON_COMPLIANT", "NON_COMPLIANT", processor.Violation, 1, 3),
		Entry("the end of a violation", "NON_COMPLIANT", "COMPLIANT", processor.Resolution, 1, 3),
		Entry("the end of the resource that violated", "NON_COMPLIANT", "NOT_APPLICABLE", processor.Resolution, 1, 3),
		Entry("nothing, when a resource is compliant at the first look", "", "COMPLIANT", processor.Other, 0, 1),
		Entry("nothing, when a compliant resource is deleted", "COMPLIANT", "NOT_APPLICABLE", processor.Other, 0, 1),
		Entry("nothing, when the rule can't tell any more", "NON_COMPLIANT", "INSUFFICIENT_DATA", processor.Other, 0, 1),
		Entry("nothing, of a compliance type that AWS may add", "NON_COMPLIANT", "UNHEARD_OF", processor.Other, 0, 1),
	)

	DescribeTable("should ignore what is not for it, without a call to AWS and without trying again, and count it",
		func(reason string, payload []byte) {
			Expect(handler.Handle(request("request-1"), payload)).To(Succeed())
			Expect(aws.calls).To(BeZero())
			Expect(emitted.totals).To(Equal(map[string]float64{"IgnoredEvents Reason=" + reason: 1}))
			Expect(logged.String()).To(ContainSubstring("ignoring"))
		},
		Entry("another deployment's rule", "foreign-rule", event{rule: "other-rule", resource: "r", after: "COMPLIANT", account: account, ordering: now}.payload()),
		Entry("another account", "other-account",
			event{rule: "monitor-test-s3-encryption", resource: "r", after: "COMPLIANT", account: "210987654321", ordering: now}.payload()),
		Entry("a result that was withdrawn", "result-withdrawn",
			event{rule: "monitor-test-s3-encryption", resource: "r", before: "COMPLIANT", account: account, ordering: now}.payload()),
		Entry("a schedule", "unknown-kind", []byte(`{"source":"aws.events","detail-type":"Scheduled Event"}`)),
		Entry("an unknown kind", "unknown-kind", []byte(`{"source":"aws.s3","detail-type":"Object Created"}`)),
		Entry("what is not JSON", "malformed", []byte(`{"source":`)),
		Entry("what does not name a resource", "malformed",
			event{rule: "monitor-test-s3-encryption", after: "COMPLIANT", account: account, ordering: now}.payload()),
	)

	It("should log enough of a malformed event to find it, and not all of a huge one", func() {
		payload := append([]byte(`{"source":"aws.s3","id":"findable"`), bytes.Repeat([]byte(" "), 1<<20)...)
		Expect(handler.Handle(request("request-1"), payload)).To(Succeed())
		Expect(logged.String()).To(And(ContainSubstring("findable"), ContainSubstring("1048610")))
		Expect(logged.Len()).To(BeNumerically("<", 4096))
	})

	It("should process the event of a rule that the catalogue does not know", func() {
		unknown := violation()
		unknown.rule = "monitor-test-newer-rule"
		Expect(handle("request-1", unknown)).To(Succeed())
		Expect(string(record(aws, onlyKey(aws)).Severity)).To(Equal("unrated"))
		Expect(aws.mails).To(HaveLen(1))
	})

	It("should fail outside of Lambda", func() {
		Expect(handler.Handle(context.Background(), violation().payload())).To(MatchError(ContainSubstring("not one of Lambda's")))
	})

	Context("when the event comes again", func() {
		It("should change nothing, and count it", func() {
			Expect(handle("request-1", violation())).To(Succeed())
			before := bytes.Clone(aws.objects[onlyKey(aws)])
			for range 3 {
				Expect(handle("request-2", violation())).To(Succeed())
			}
			Expect(aws.mails).To(HaveLen(1))
			Expect(aws.objects[onlyKey(aws)]).To(Equal(before))
			Expect(emitted.totals).To(Equal(map[string]float64{"EventsProcessed": 1, "Violations Severity=high": 1, "DuplicateEvents": 3}))
		})

		It("should keep an event of another time apart", func() {
			later := violation()
			later.ordering = later.ordering.Add(time.Millisecond)
			Expect(handle("request-1", violation())).To(Succeed())
			Expect(handle("request-2", later)).To(Succeed())
			Expect(aws.objects).To(HaveLen(2))
			Expect(aws.mails).To(HaveLen(2))
		})

		It("should leave it to the invocation that is still at work on it", func() {
			aws.failBefore = 2 // the mail
			Expect(handle("request-1", violation())).NotTo(Succeed())
			another()
			Expect(handle("request-2", violation())).To(Succeed())
			Expect(aws.mails).To(BeEmpty())
			Expect(emitted.totals).To(Equal(map[string]float64{"DuplicateEvents": 1}))
		})

		It("should not take what another was at work on for finished, when that one's retry comes here", func() {
			aws.failBefore = 2 // the mail
			Expect(handle("request-1", violation())).NotTo(Succeed())
			another()
			Expect(handle("request-2", violation())).To(Succeed())
			Expect(handle("request-1", violation())).To(Succeed())
			Expect(aws.mails).To(HaveLen(1))
		})

		It("should make no call for a copy that comes while this environment is at work on it", func() {
			var inside error
			calls := 0
			aws.told = func(notify.Message, map[string][]string) {
				calls = aws.calls
				aws.mu.Unlock() // as if the copy came while the mail is on its way
				inside = handle("request-2", violation())
				aws.mu.Lock()
				calls -= aws.calls
			}
			Expect(handle("request-1", violation())).To(Succeed())
			Expect(inside).NotTo(HaveOccurred())
			Expect(calls).To(BeZero())
			Expect(aws.mails).To(HaveLen(1))
			Expect(emitted.totals).To(HaveKeyWithValue("DuplicateEvents", 1.0))
		})

		It("should tell people when the invocation that was to can't be running any more", func() {
			aws.failBefore = 2 // the mail
			Expect(handle("request-1", violation())).NotTo(Succeed())
			clock = now.Add(2 * time.Minute)
			Expect(handle("request-2", violation())).To(Succeed())
			Expect(aws.mails).To(HaveLen(1))
			Expect(record(aws, onlyKey(aws)).Notification.Delivery).To(Equal(processor.Sent))
		})

		It("should leave it to another that takes it over at the same moment", func() {
			aws.failBefore = 2 // the mail
			Expect(handle("request-1", violation())).NotTo(Succeed())
			handler.Store = raced{cloud: aws}
			Expect(handle("request-1", violation())).To(Succeed())
			Expect(aws.mails).To(BeEmpty())
			Expect(emitted.totals).To(Equal(map[string]float64{"DuplicateEvents": 1}))
		})

		It("should be content when another has taken it over before it could be marked", func() {
			handler.Store = raced{cloud: aws}
			Expect(handle("request-1", violation())).To(Succeed())
			Expect(aws.mails).To(HaveLen(1))
			Expect(logged.String()).To(ContainSubstring("may be told twice"))
		})
	})

	DescribeTable("should lose nothing when a call fails, once Lambda tries again, and repeat a mail only if it failed after one",
		func(first int, lost bool, mails int) {
			if lost {
				aws.failAfter = first
			} else {
				aws.failBefore = first
			}
			Expect(handle("request-1", violation())).To(MatchError(errAWS))
			Expect(emitted.totals).To(BeEmpty())
			Expect(handle("request-1", violation())).To(Succeed())
			Expect(aws.mails).To(HaveLen(mails))
			kept := record(aws, onlyKey(aws))
			Expect(kept.Notification.Delivery).To(Equal(processor.Sent))
			Expect(kept.Notification.Claim).To(BeNil())
		},
		Entry("creating the object", 1, false, 1),
		Entry("creating the object, with only the answer lost", 1, true, 1),
		Entry("publishing", 2, false, 1),
		Entry("publishing, with only the answer lost", 2, true, 2),
		Entry("marking", 3, false, 2),
	)

	It("should find the mail sent when only the answer to marking was lost", func() {
		aws.failAfter = 3
		Expect(handle("request-1", violation())).To(MatchError(errAWS))
		Expect(handle("request-1", violation())).To(Succeed())
		Expect(aws.mails).To(HaveLen(1))
	})

	DescribeTable("should fail, so that Lambda tries again, when it can't look at the object of another copy",
		func(call int) {
			aws.failBefore = 2
			Expect(handle("request-1", violation())).NotTo(Succeed())
			aws.failBefore = aws.calls + call
			Expect(handle("request-1", violation())).To(MatchError(errAWS))
			Expect(handle("request-1", violation())).To(Succeed())
			Expect(aws.mails).To(HaveLen(1))
		},
		Entry("when reading fails", 2),
		Entry("when claiming fails", 3),
		Entry("when publishing fails again", 4),
	)
})
