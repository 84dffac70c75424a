package eventsvc

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"
)

var _ = Describe("A rule", func() {
	DescribeTable("should be refused",
		func(in document, code, message string) {
			status, body := newFixture().call("PutRule", in)
			Expect(status).To(Equal(http.StatusBadRequest))
			Expect(body).To(And(ContainSubstring(`"__type":"`+code+`"`), ContainSubstring(message)))
		},
		Entry("without a name", document{"ScheduleExpression": "rate(1 day)"}, "ValidationException", "at 'name'"),
		Entry("with a bad name", document{"Name": "a b", "ScheduleExpression": "rate(1 day)"}, "ValidationException", "Value 'a b'"),
		Entry("with a long name", document{"Name": strings.Repeat("a", 65), "ScheduleExpression": "rate(1 day)"}, "ValidationException", "at 'name'"),
		Entry("with an unknown state", document{"Name": "a", "ScheduleExpression": "rate(1 day)", "State": "ON"}, "ValidationException", "at 'state'"),
		Entry("with a long description", document{"Name": "a", "ScheduleExpression": "rate(1 day)", "Description": strings.Repeat("a", 513)}, "ValidationException", "at 'description'"),
		Entry("without pattern and schedule", document{"Name": "a"}, "ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified."),
		Entry("with a bad pattern", document{"Name": "a", "EventPattern": `{"source":"x"}`}, "InvalidEventPatternException", `Event pattern is not valid. Reason: \"source\" must be an object or an array`),
		Entry("with an empty pattern", document{"Name": "a", "EventPattern": ``}, "InvalidEventPatternException", "Filter is not an object"),
		Entry("with a pattern over the quota", document{"Name": "a", "EventPattern": `{"a":["` + strings.Repeat("x", 2048) + `"]}`}, "InvalidEventPatternException", "2048 are allowed"),
		Entry("with a pattern over the model's limit", document{"Name": "a", "EventPattern": strings.Repeat("x", 4097)}, "ValidationException", "at 'eventPattern'"),
		Entry("with a bad schedule", document{"Name": "a", "ScheduleExpression": "rate(1 days)"}, "ValidationException", "Parameter ScheduleExpression is not valid."),
		Entry("with a schedule on another bus", document{"Name": "a", "ScheduleExpression": "rate(1 day)", "EventBusName": "b"}, "ValidationException", "only on the default event bus"),
	)

	It("should be answered with an error where moto's answer is one, or none", func() {
		f := newFixture()
		f.moto.faults["PutRule"] = "broken"
		status, body := f.call("PutRule", document{"Name": "a", "ScheduleExpression": "rate(1 day)"})
		Expect([]any{status, body}).To(Equal([]any{http.StatusInternalServerError, "broken"}))
		f = newFixture()
		f.moto.faults["ListRules"] = "broken"
		status, body = f.call("PutRule", document{"Name": "a", "ScheduleExpression": "rate(1 day)"})
		Expect(status).To(Equal(http.StatusInternalServerError))
		Expect(body).To(ContainSubstring("InternalException"))
	})

	DescribeTable("should not be read from what is no JSON",
		func(operation string) {
			status, body := newFixture().call(operation, "{")
			Expect(status).To(Equal(http.StatusBadRequest))
			Expect(body).To(ContainSubstring("SerializationException"))
		},
		Entry(nil, "PutRule"), Entry(nil, "DeleteRule"), Entry(nil, "PutTargets"), Entry(nil, "PutEvents"), Entry(nil, "TestEventPattern"),
	)
})

var _ = Describe("A target", func() {
	DescribeTable("should be refused",
		func(more document, code, message string) {
			f := newFixture()
			f.must("PutRule", document{"Name": "r", "ScheduleExpression": "rate(1 day)"})
			aimed := document{"Id": "i", "Arn": functionARN}
			for key, value := range more {
				aimed[key] = value
			}
			status, body := f.call("PutTargets", document{"Rule": "r", "Targets": []any{aimed}})
			Expect(status).To(Equal(http.StatusBadRequest))
			Expect(body).To(And(ContainSubstring(`"__type":"`+code+`"`), ContainSubstring(message)))
		},
		Entry("without an id", document{"Id": ""}, "ValidationException", "must have an Id"),
		Entry("with two inputs", document{"Input": "1", "InputPath": "$"}, "ValidationException", "Only one of Input, InputPath, or InputTransformer"),
		Entry("with an input that is no JSON", document{"Input": "text"}, "ValidationException", "JSON syntax error in input for target i."),
		Entry("with a bad path", document{"InputPath": "detail"}, "ValidationException", "Invalid InputPath for target i"),
		Entry("with a path in brackets", document{"InputPath": "$['detail']"}, "ValidationException", "Invalid InputPath for target i"),
		Entry("without a template", document{"InputTransformer": document{"InputTemplate": ""}}, "ValidationException", "inputTemplate"),
		Entry("with a variable that nobody knows", document{"InputTransformer": document{"InputTemplate": `"<a>"`}}, "ValidationException",
			"InputTemplate for target i contains invalid placeholder a."),
		Entry("with a bad variable", document{"InputTransformer": document{"InputTemplate": `"x"`, "InputPathsMap": document{"a b": "$"}}}, "ValidationException", "Invalid InputPathsMap key a b"),
		Entry("with a variable that is AWS's", document{"InputTransformer": document{"InputTemplate": `"x"`, "InputPathsMap": document{"aws.x": "$"}}}, "ValidationException", "key aws.x"),
		Entry("with a variable's bad path", document{"InputTransformer": document{"InputTemplate": `"x"`, "InputPathsMap": document{"a": "$."}}}, "ValidationException", "Invalid InputPath"),
		Entry("with too many variables", document{"InputTransformer": document{"InputTemplate": `"x"`, "InputPathsMap": manyPaths()}}, "ValidationException", "inputPathsMap"),
		Entry("with too many retries", document{"RetryPolicy": document{"MaximumRetryAttempts": 186}}, "ValidationException", "between 0 and 185"),
		Entry("with too short an age", document{"RetryPolicy": document{"MaximumEventAgeInSeconds": 59}}, "ValidationException", "between 60 and 86400"),
	)

	It("should be one of five at most", func() {
		f := newFixture()
		f.must("PutRule", document{"Name": "r", "ScheduleExpression": "rate(1 day)"})
		var six []any
		for i := range 6 {
			six = append(six, document{"Id": fmt.Sprint(i), "Arn": functionARN})
		}
		f.must("PutTargets", document{"Rule": "r", "Targets": six[:5]})
		f.must("PutTargets", document{"Rule": "r", "Targets": six[:5]})
		_, body := f.call("PutTargets", document{"Rule": "r", "Targets": six[5:]})
		Expect(body).To(ContainSubstring("LimitExceededException"))
	})
})

func manyPaths() document {
	many := document{}
	for i := range 101 {
		many[fmt.Sprintf("v%d", i)] = "$"
	}
	return many
}

var _ = Describe("An event that is tried on a pattern", func() {
	const whole = `{"id":"1","account":"1","source":"a","time":"t","region":"r","resources":[],"detail-type":"b"}`

	DescribeTable("should match or not, or be refused",
		func(pattern, event, expected string) {
			_, body := newFixture().call("TestEventPattern", document{"EventPattern": pattern, "Event": event})
			Expect(body).To(ContainSubstring(expected))
		},
		Entry("when it matches", `{"source":["a"]}`, whole, `"Result":true`),
		Entry("when it does not", `{"source":["b"]}`, whole, `"Result":false`),
		Entry("when the pattern is bad", `{"source":[]}`, whole, `InvalidEventPatternException`),
		Entry("when it is no JSON", `{"source":["a"]}`, `{`, `Parameter Event is not valid.`),
		Entry("when it lacks something", `{"source":["a"]}`, `{"id":"1"}`, `it has no field account`),
	)
})

func TestRetriesComeLaterAndEndInTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(0, maxAttempts).Draw(t, "retries")
		oldest := rapid.IntRange(minAge, maxAge).Draw(t, "age")
		policy := &retryPolicy{MaximumRetryAttempts: &most, MaximumEventAgeInSeconds: &oldest}
		age, last := time.Duration(0), time.Duration(0)
		for retries := 0; ; retries++ {
			next := judge(policy, retries, age)
			if next.exhausted != "" {
				if (next.exhausted == exhaustedRetries) != (retries == most) {
					t.Fatalf("after %d of %d retries: %s", retries, most, next.exhausted)
				}
				return
			}
			if age += next.after; next.after <= 0 || age > time.Duration(oldest)*time.Second {
				t.Fatalf("a wait of %s takes the age to %s", next.after, age)
			}
			if next.after < last && age != time.Duration(oldest)*time.Second {
				t.Fatalf("a wait of %s follows one of %s", next.after, last)
			}
			last = next.after
		}
	})
}

// FuzzTransform looks for templates and paths that crash, and for strings that break out of theirs.
func FuzzTransform(f *testing.F) {
	f.Add(`{"a":"<v>","b":<v>}`, "$.detail.a", `x"y\`)
	f.Add(`"<v>"`, "$.detail.list[*]", "1")
	f.Add(`<aws.events.event.json>`, "$", "")
	f.Fuzz(func(t *testing.T, template, path, value string) {
		made := &transformer{InputTemplate: template, InputPathsMap: map[string]string{"v": path}}
		if made.check("i") != nil {
			return
		}
		event := encode(document{"detail": document{"a": value, "list": []any{value, 1}}})
		out, err := made.apply([]byte(event), about{})
		if err != nil {
			t.Fatal(err)
		}
		if template == `{"a":"<v>","b":<v>}` && path == "$.detail.a" && !json.Valid(out) {
			t.Fatalf("%q makes %s", value, out)
		}
	})
}
