// Package relay lets a mend look at and change what moto answers, and ask moto questions of its own.
package relay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
)

// Answer is an answer that is held back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK says whether the answer is not an error.
func (a *Answer) OK() bool { return a.Status < http.StatusMultipleChoices }

// Capture runs a request through a handler and holds the answer back.
func Capture(handler http.Handler, r *http.Request) *Answer {
	recorder := &recorder{header: http.Header{}, status: http.StatusOK}
	handler.ServeHTTP(recorder, r)
	return &Answer{Status: recorder.status, Header: recorder.header, Body: recorder.body.Bytes()}
}

// Send gives the answer to whom it was held back from.
func (a *Answer) Send(w http.ResponseWriter) {
	header := w.Header()
	for name, values := range a.Header {
		header[name] = values
	}
	if header.Get("Content-Length") != "" {
		header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	w.Write(a.Body) //nolint:errcheck,gosec // the caller has gone
}

// JSON decodes the body, which must be an object.
func (a *Answer) JSON() (map[string]any, error) {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(a.Body))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		return nil, fmt.Errorf("decoding moto's answer: %w", err)
	}
	return object, nil
}

// SetJSON replaces the body.
func (a *Answer) SetJSON(object any) error {
	body, err := json.Marshal(object)
	if err != nil {
		return fmt.Errorf("encoding the answer: %w", err)
	}
	a.Body = body
	return nil
}

// recorder is the ResponseWriter behind Capture.
type recorder struct {
	header  http.Header
	status  int
	written bool
	body    bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if !r.written && status >= http.StatusOK {
		r.status, r.written = status, true
	}
}

func (r *recorder) Write(piece []byte) (int, error) {
	r.written = true
	return r.body.Write(piece)
}

// Caller is on whose behalf moto is asked.
type Caller struct {
	Service       string // signing name
	Region        string
	Authorization string // header of the request being served; made up if empty, for moto checks no signature
}

// authorize signs a request as the caller did.
func (c Caller) authorize(r *http.Request) {
	authorization := c.Authorization
	if authorization == "" {
		authorization = "AWS4-HMAC-SHA256 Credential=localcloud/20260101/" + c.Region + "/" + c.Service +
			"/aws4_request, SignedHeaders=host, Signature=none"
	}
	r.Header.Set("Authorization", authorization)
}

// Call asks an operation of a service with the JSON 1.1 protocol; target is like StarlingDoveService.DescribeConfigRules.
// An error of the service is an [awserr.Error].
func Call(ctx context.Context, moto http.Handler, caller Caller, target string, input, output any) error {
	body, err := json.Marshal(input)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", target, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("asking moto for %s: %w", target, err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", target)
	caller.authorize(request)
	answer := Capture(moto, request)
	if !answer.OK() {
		return serviceError(target, answer)
	}
	if output == nil || len(bytes.TrimSpace(answer.Body)) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer.Body, output); err != nil {
		return fmt.Errorf("decoding moto's answer to %s: %w", target, err)
	}
	return nil
}

// serviceError reads an error of the JSON protocols.
func serviceError(target string, answer *Answer) error {
	var fault struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(answer.Body, &fault); err != nil || fault.Type == "" {
		return fmt.Errorf("asking moto for %s: status %d: %.200s", target, answer.Status, answer.Body)
	}
	code := fault.Type[strings.LastIndexByte(fault.Type, '#')+1:]
	return fmt.Errorf("asking moto for %s: %w", target, &awserr.Error{Status: answer.Status, Code: code, Message: fault.Message})
}

// Ask asks moto anything by REST; path is escaped and may have a query. A nil body is none.
func Ask(ctx context.Context, moto http.Handler, caller Caller, method, path, contentType string, body io.Reader) (*Answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://localhost"+path, body)
	if err != nil {
		return nil, fmt.Errorf("asking moto for %s: %w", path, err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	return Do(moto, caller, request), nil
}

// Do asks moto with a request of one's own, and signs it for the caller.
func Do(moto http.Handler, caller Caller, request *http.Request) *Answer {
	caller.authorize(request)
	return Capture(moto, request)
}
