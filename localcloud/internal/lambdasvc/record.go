package lambdasvc

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
)

// invocationRecord is what a destination gets.
type invocationRecord struct {
	Version         string           `json:"version"`
	Timestamp       string           `json:"timestamp"`
	RequestContext  requestContext   `json:"requestContext"`
	RequestPayload  json.RawMessage  `json:"requestPayload"`
	ResponseContext *responseContext `json:"responseContext,omitempty"`
	ResponsePayload json.RawMessage  `json:"responsePayload,omitempty"`
}

type requestContext struct {
	RequestID   string    `json:"requestId"`
	FunctionARN string    `json:"functionArn"`
	Condition   condition `json:"condition"`
	InvokeCount int       `json:"approximateInvokeCount"`
}

type responseContext struct {
	StatusCode      int    `json:"statusCode"`
	ExecutedVersion string `json:"executedVersion"`
	FunctionError   string `json:"functionError,omitempty"`
}

// encodeRecord makes the record of an event. One that never ran has no response.
func encodeRecord(at time.Time, to *target, q *queued, how condition) ([]byte, error) {
	record := invocationRecord{
		Version: "1.0", Timestamp: at.UTC().Format("2006-01-02T15:04:05.000Z"),
		RequestContext: requestContext{
			RequestID: q.event.RequestID, FunctionARN: to.function.ARN + ":" + to.qualifier, Condition: how, InvokeCount: q.tries,
		},
		RequestPayload: q.event.Payload,
	}
	if q.last != nil {
		record.ResponseContext = &responseContext{StatusCode: http.StatusOK, ExecutedVersion: to.function.Version}
		if q.last.ErrorType != "" {
			record.ResponseContext.FunctionError = unhandled
		}
		record.ResponsePayload = document(q.last.Payload)
	}
	body, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("encoding the record of an event: %w", err)
	}
	return body, nil
}

// document is a function's answer as a JSON value; an answer that is none is told as text.
func document(payload []byte) json.RawMessage {
	if json.Valid(payload) {
		return payload
	}
	text, _ := json.Marshal(string(payload)) //nolint:errchkjson // strings marshal
	return text
}

// errorMessageLimit is how many bytes of an error go with a dead letter.
const errorMessageLimit = 1 << 10

// letterAttributes are the attributes of a dead letter: what was asked for, and why it failed.
func letterAttributes(q *queued) []messageAttribute {
	code, message := http.StatusOK, ""
	switch {
	case q.last != nil:
		message = errorMessage(q.last)
	case isThrottle(q.refusal):
		code, message = http.StatusTooManyRequests, "Rate Exceeded."
	case q.refusal != nil:
		code, message = http.StatusInternalServerError, q.refusal.Error()
	}
	return []messageAttribute{
		{"RequestID", "String", q.event.RequestID},
		{"ErrorCode", "Number", fmt.Sprint(code)},
		{"ErrorMessage", "String", shorten(message, errorMessageLimit)},
	}
}

// errorMessage is the message in a function's error, or all of it where there is none.
func errorMessage(outcome *lambdarun.Outcome) string {
	var fault struct{ ErrorMessage string }
	if json.Unmarshal(outcome.Payload, &fault) == nil && fault.ErrorMessage != "" {
		return fault.ErrorMessage
	}
	return string(outcome.Payload)
}

// shorten cuts a text at a whole character. An attribute must not be empty.
func shorten(text string, limit int) string {
	if text == "" {
		return "Unknown error"
	}
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
