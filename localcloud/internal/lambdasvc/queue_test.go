package lambdasvc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/telemetry"
)

// actor is a runner that does what it is told.
type actor struct {
	invoked []*lambdarun.Event
	results []any // outcomes and errors, one after the other; the last one again and again
}

func (a *actor) Invoke(_ context.Context, _ *lambdarun.Function, event *lambdarun.Event) (*lambdarun.Outcome, error) {
	a.invoked = append(a.invoked, event)
	next := a.results[0]
	if len(a.results) > 1 {
		a.results = a.results[1:]
	}
	if err, failed := next.(error); failed {
		return nil, err
	}
	return next.(*lambdarun.Outcome), nil
}

func (a *actor) Recycle(string) (int, error) { return 0, errors.New("stuck") }

// counter counts what is measured.
type counter map[string]float64

func (c counter) Measure(_, _ string, data ...telemetry.Datum) {
	for _, d := range data {
		c[d.Name] += d.Values[0]
	}
}
func (counter) Flush() {}

// someone gives out credentials, unless told not to.
type someone struct{ err error }

func (s someone) Assume(context.Context, string, string, string) (lambdarun.Credentials, error) {
	return lambdarun.Credentials{AccessKeyID: "ASIA"}, s.err
}

// moto1 describes one function, f, and takes all else.
func moto1(configuration map[string]any) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/2015-03-31/functions/f/configuration") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(configuration)
	})
}

var _ = Describe("The queue of a function", func() {
	var (
		handler       *Handler
		runner        *actor
		measured      counter
		now           *clock.Clock
		said          *bytes.Buffer
		configuration map[string]any
		sent          []string // bodies that came through the gateway
		status        int      // that the gateway answers with
		answer        string
	)
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:f"

	BeforeEach(func() {
		runner, measured, now, said, sent, status, answer = &actor{}, counter{}, clock.New(), &bytes.Buffer{}, nil, 200, "{}"
		configuration = map[string]any{
			"FunctionArn": arn, "FunctionName": "f", "Version": "$LATEST", "Runtime": "provided.al2023", "MemorySize": 128, "Timeout": 3, "Role": "arn:role",
		}
		gateway := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			sent = append(sent, r.Header.Get("X-Amz-Target")+" "+r.URL.Path+" "+string(body))
			Expect(r.Header.Get("Authorization")).To(ContainSubstring("Credential=ASIA/"))
			w.WriteHeader(status)
			io.WriteString(w, answer)
		})
		handler = New(Options{
			Moto: moto1(configuration), Gateway: gateway, Clock: now, Roles: someone{}, Runner: runner, Metrics: measured, Log: log.New(said, "", 0),
		})
		handler.functions.with(functionKey{"us-east-1", "f"}, func(kept *function) { kept.code[latest] = "/code" })
	})

	settle := func(change func(*function)) {
		handler.functions.with(functionKey{"us-east-1", "f"}, change)
		handler.described.forget()
	}
	queue := func(payload string) error {
		return handler.InvokeAsync(context.Background(), "us-east-1", arn, []byte(payload))
	}
	failure := func() *lambdarun.Outcome {
		return &lambdarun.Outcome{Status: lambdarun.Failure, ErrorType: "E", Payload: []byte(`{"errorMessage":"no luck"}`)}
	}
	sendFailuresTo := func(target string) {
		settle(func(kept *function) {
			config := settings(0, -1)
			config.DestinationConfig = &destinations{OnFailure: &destination{target}}
			kept.invokeConfigs[latest] = config
		})
		runner.results = []any{failure()}
	}

	It("should refuse an event for nobody, one that is too large, and one that can't run here", func() {
		Expect(handler.InvokeAsync(context.Background(), "us-east-1", arn+"g", []byte(`1`))).To(MatchError(ErrNoFunction))
		Expect(handler.InvokeAsync(context.Background(), "us-east-1", arn+":live", []byte(`1`))).To(MatchError(ErrNoFunction))
		Expect(queue(strings.Repeat(" ", 1<<20) + "1")).To(MatchError(ErrTooLarge))
		configuration["Runtime"] = "nodejs22.x"
		handler.described.forget()
		Expect(queue(`1`)).To(MatchError(ContainSubstring("localcloud runs provided.al2023 and provided.al2 only")))
		configuration["PackageType"] = "Image"
		handler.described.forget()
		Expect(queue(`1`)).To(MatchError(ContainSubstring("the function f is an image")))
		Expect(runner.invoked).To(BeEmpty())
	})

	It("should hand an event to its function, patiently", func() {
		runner.results = []any{&lambdarun.Outcome{Status: lambdarun.Success}}
		Expect(queue(`{"a":1}`)).To(Succeed())
		now.Advance(time.Second)
		Expect(runner.invoked).To(HaveExactElements(HaveValue(And(
			HaveField("Payload", BeEquivalentTo(`{"a":1}`)), HaveField("Patient", true), HaveField("InvokedARN", arn), HaveField("RequestID", HaveLen(36))))))
		Expect(measured).To(And(HaveKeyWithValue("Invocations", 1.0), HaveKeyWithValue("Errors", 0.0), Not(HaveKey("AsyncEventsDropped"))))
	})

	It("should try an event that is throttled until it is too old, later each time", func() {
		runner.results = []any{lambdarun.ErrReserved}
		Expect(queue(`1`)).To(Succeed())
		now.Advance(time.Minute)
		Expect(len(runner.invoked)).To(Equal(6), "at 0, 1, 3, 7, 15 and 31 s")
		now.Advance(7 * time.Hour)
		Expect(len(runner.invoked)).To(BeNumerically("~", 6+4+72, 3))
		Expect(measured).To(And(HaveKeyWithValue("Throttles", float64(len(runner.invoked))), HaveKeyWithValue("AsyncEventsDropped", 1.0)))
	})

	It("should go on with an event after a fault of its own, and tell of it", func() {
		runner.results = []any{errors.New("no process"), &lambdarun.Outcome{Status: lambdarun.Success}}
		Expect(queue(`1`)).To(Succeed())
		now.Advance(5 * time.Second)
		Expect(runner.invoked).To(HaveLen(2))
		Expect(said.String()).To(ContainSubstring("trying an event for the function f: no process"))
		Expect(measured).NotTo(HaveKey("Throttles"))
	})

	It("should let events go with the instance", func() {
		runner.results = []any{lambdarun.ErrClosed}
		Expect(queue(`1`)).To(Succeed())
		now.Advance(7 * time.Hour)
		Expect(runner.invoked).To(HaveLen(1))
		Expect(measured).NotTo(HaveKey("AsyncEventsDropped"))
	})

	It("should tell of an event that it loses when moto goes mad", func() {
		runner.results = []any{failure()}
		Expect(queue(`1`)).To(Succeed())
		now.Advance(time.Second)
		configuration["MemorySize"] = "much"
		handler.described.forget()
		now.Advance(time.Hour)
		Expect(said.String()).To(ContainSubstring("the event is lost"))
	})

	DescribeTable("should send records where they are to go",
		func(destination, expected string) {
			sendFailuresTo(destination)
			Expect(queue(`1`)).To(Succeed())
			now.Advance(time.Second)
			Expect(sent).To(HaveExactElements(And(HavePrefix(expected), ContainSubstring("RetriesExhausted"))))
			Expect(said.String()).To(BeEmpty())
		},
		Entry("to a queue", "arn:aws:sqs:eu-west-1:123456789012:q", `AmazonSQS.SendMessage / {"MessageBody":`),
		Entry("to a topic", "arn:aws:sns:us-east-1:123456789012:t", ` / Action=Publish&Message=`),
		Entry("to a function", "arn:aws:lambda:us-east-1:123456789012:function:g", ` /2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:g/invocations {"version":"1.0"`),
		Entry("to a bus", "arn:aws:events:us-east-1:123456789012:event-bus/b",
			`AWSEvents.PutEvents / {"Entries":[{"Detail":"{\"version\":\"1.0\"`),
	)

	It("should say on a bus what it is about", func() {
		sendFailuresTo("arn:aws:events:us-east-1:123456789012:event-bus/b")
		Expect(queue(`1`)).To(Succeed())
		now.Advance(time.Second)
		Expect(sent[0]).To(ContainSubstring(`"DetailType":"Lambda Function Invocation Result - Failure","EventBusName":"arn:aws:events:us-east-1:123456789012:event-bus/b",` +
			`"Resources":["` + arn + `:$LATEST","arn:aws:events:us-east-1:123456789012:event-bus/b"],"Source":"lambda"}`))
	})

	DescribeTable("should tell of a record that it can't deliver",
		func(destination, given string, expected string) {
			if given == "" {
				status = 403
			}
			answer = given
			sendFailuresTo(destination)
			Expect(queue(`1`)).To(Succeed())
			now.Advance(time.Second)
			Expect(said.String()).To(ContainSubstring(expected))
			Expect(measured).To(HaveKeyWithValue("DestinationDeliveryFailures", 1.0))
		},
		Entry("to a queue", "arn:aws:sqs:us-east-1:123456789012:q", "", "asking moto for AmazonSQS.SendMessage: status 403"),
		Entry("to a topic", "arn:aws:sns:us-east-1:123456789012:t", "", "sns answered with status 403"),
		Entry("to a bus", "arn:aws:events:us-east-1:123456789012:event-bus/b", "", "status 403"),
		Entry("to a bus that refuses it", "arn:aws:events:us-east-1:123456789012:event-bus/b", `{"FailedEntryCount":1,"Entries":[{"ErrorCode":"X"}]}`, "the event bus refused the record"),
		Entry("to a bucket", "arn:aws:s3:::b", "{}", "and not to s3"),
		Entry("to nowhere", "arn", "{}", `"arn" is no ARN`),
	)

	It("should tell of records that nobody may send", func() {
		handler.Roles = someone{err: errors.New("no such role")}
		for _, destination := range []string{"arn:aws:sqs:r:1:q", "arn:aws:sns:r:1:t", "arn:aws:events:r:1:b"} {
			sendFailuresTo(destination)
			Expect(queue(`1`)).To(Succeed())
			now.Advance(time.Second)
		}
		Expect(strings.Count(said.String(), "no such role")).To(Equal(3))
		Expect(sent).To(BeEmpty())
	})

	DescribeTable("should tell of a dead letter that it can't send",
		func(target, expected string) {
			configuration["DeadLetterConfig"] = map[string]string{"TargetArn": target}
			settle(func(kept *function) { kept.invokeConfigs[latest] = settings(0, -1) })
			runner.results = []any{failure()}
			status = 403
			Expect(queue(`1`)).To(Succeed())
			now.Advance(time.Second)
			Expect(said.String()).To(ContainSubstring(expected))
			Expect(measured).To(HaveKeyWithValue("DeadLetterErrors", 1.0))
		},
		Entry("to a queue", "arn:aws:sqs:us-east-1:123456789012:q", "status 403"),
		Entry("to a topic", "arn:aws:sns:us-east-1:123456789012:t", "status 403"),
		Entry("to another service", "arn:aws:s3:::b", "not of s3"),
		Entry("to nowhere", "queue", "is no ARN"),
	)

	It("should refuse to end environments that are stuck, or of nobody", func() {
		Expect(handler.recycle(requestWith("function=f"))).Error().To(MatchError("stuck"))
		Expect(handler.recycle(requestWith("function=g"))).Error().To(MatchError(HavePrefix("ResourceNotFoundException")))
	})
})

func requestWith(query string) *http.Request {
	r, err := http.NewRequest(http.MethodDelete, "/?"+query, http.NoBody)
	Expect(err).NotTo(HaveOccurred())
	return r
}

var _ = Describe("A dead letter", func() {
	attributes := func(q *queued) map[string]string {
		q.event = &lambdarun.Event{RequestID: "id"}
		all := map[string]string{}
		for _, a := range letterAttributes(q) {
			all[a.name] = a.value
		}
		return all
	}

	DescribeTable("should say why",
		func(q *queued, code, message string) {
			Expect(attributes(q)).To(Equal(map[string]string{"RequestID": "id", "ErrorCode": code, "ErrorMessage": message}))
		},
		Entry("a function failed", &queued{last: &lambdarun.Outcome{Payload: []byte(`{"errorMessage":"no luck"}`)}}, "200", "no luck"),
		Entry("a function failed in its own words", &queued{last: &lambdarun.Outcome{Payload: []byte(`oops`)}}, "200", "oops"),
		Entry("a function could not run", &queued{refusal: lambdarun.ErrReserved}, "429", "Rate Exceeded."),
		Entry("Lambda failed", &queued{refusal: errors.New("no process")}, "500", "no process"),
	)
})

var _ = Describe("An answer in a record", func() {
	It("should be JSON, or told as text", func() {
		Expect(string(document([]byte(`{"a":1}`)))).To(Equal(`{"a":1}`))
		Expect(string(document([]byte(`no "JSON"`)))).To(Equal(`"no \"JSON\""`))
	})
})

var _ = Describe("The history", func() {
	It("should not grow for ever, and keep what came last", func() {
		kept := &history{}
		for i := range 3 * historyLimit {
			kept.add(invocation{Function: "f", Attempt: i})
		}
		found := kept.of("f")
		Expect(found).To(HaveLen(historyLimit))
		Expect(found[len(found)-1].Attempt).To(Equal(3*historyLimit - 1))
		Expect(kept.of("g")).To(BeEmpty())
	})
})
