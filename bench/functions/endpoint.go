package functions

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Endpoint is as much of S3, SNS and AWS Config as the functions and their peers call, as fast as possible: what is measured
// is them. It is no local AWS: it checks nothing and forgets everything.
type Endpoint struct {
	results int // that AWS Config has, in rules of a thousand

	mu      sync.Mutex
	objects map[string]object
	version int
	calls   map[string]int
	bytes   atomic.Int64
}

type object struct {
	content []byte
	etag    string
}

const (
	resultsPerRule = 1000
	pageSize       = 100
	account        = "123456789012"
	region         = "us-east-1"
	prefix         = "monitor-bench"
	bucket         = "reports"
)

// NewEndpoint is an endpoint whose AWS Config has that many results.
func NewEndpoint(results int) *Endpoint {
	return &Endpoint{results: results, objects: map[string]object{}, calls: map[string]int{}}
}

// Counts are calls by operation, and bytes both ways, as they went over the wire.
type Counts struct {
	Calls map[string]int `json:"calls"`
	Bytes int64          `json:"bytes"`
}

// All is the number of all calls.
func (c Counts) All() int {
	all := 0
	for _, calls := range c.Calls {
		all += calls
	}
	return all
}

// Listener counts what goes over the connections of a listener.
func (e *Endpoint) Listener(inner net.Listener) net.Listener { return counted{inner, e} }

type counted struct {
	net.Listener
	endpoint *Endpoint
}

func (c counted) Accept() (net.Conn, error) {
	inner, err := c.Listener.Accept()
	return countedConn{inner, c.endpoint}, err
}

type countedConn struct {
	net.Conn
	endpoint *Endpoint
}

func (c countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.endpoint.bytes.Add(int64(n))
	return n, err
}

func (c countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.endpoint.bytes.Add(int64(n))
	return n, err
}

// Control answers the benchmark: GET says what was counted; POST forgets it, and all objects.
func (e *Endpoint) Control(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.Method == http.MethodPost {
		e.objects, e.calls = map[string]object{}, map[string]int{}
		e.bytes.Store(0)
		return
	}
	_ = json.NewEncoder(w).Encode(Counts{Calls: e.calls, Bytes: e.bytes.Load()}) //nolint:errchkjson // the caller has gone
}

// ServeHTTP answers for AWS.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, operation, config := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch {
	case config:
		e.count("config:" + operation)
		e.config(w, operation, body)
	case r.Method == http.MethodPost && r.URL.Path == "/":
		e.count("sns:Publish")
		_, _ = io.WriteString(w, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>`+
			`94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></PublishResponse>`)
	default:
		e.count("s3:" + r.Method)
		e.s3(w, r, body)
	}
}

func (e *Endpoint) count(call string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls[call]++
}

func (e *Endpoint) s3(w http.ResponseWriter, r *http.Request, body []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := strings.TrimPrefix(r.URL.Path, "/"+bucket+"/")
	found, exists := e.objects[key]
	none, match := r.Header.Get("If-None-Match"), r.Header.Get("If-Match")
	switch {
	case r.URL.Query().Get("list-type") != "":
		e.list(w, r.URL.Query())
	case r.Method == http.MethodPut && (none == "*" && exists || match != "" && match != found.etag):
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed")
	case r.Method == http.MethodPut:
		e.version++
		etag := strconv.Quote(strconv.Itoa(e.version))
		e.objects[key] = object{content: body, etag: etag}
		w.Header().Set("ETag", etag)
	case r.Method == http.MethodDelete:
		delete(e.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case !exists:
		refuse(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", found.etag)
		_, _ = w.Write(found.content)
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, code)
}

// list answers with all keys at once. Keys here need no escapes.
func (e *Endpoint) list(w http.ResponseWriter, query url.Values) {
	var keys []string
	for key := range e.objects {
		if strings.HasPrefix(key, query.Get("prefix")) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	_, _ = io.WriteString(w, "<ListBucketResult><IsTruncated>false</IsTruncated>")
	for _, key := range keys {
		_, _ = fmt.Fprintf(w, "<Contents><Key>%s</Key></Contents>", key)
	}
	_, _ = io.WriteString(w, "</ListBucketResult>")
}

func ruleName(number int) string { return fmt.Sprintf("%s-rule-%03d", prefix, number) }

func (e *Endpoint) config(w http.ResponseWriter, operation string, body []byte) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	switch operation {
	case "DescribeConfigRules":
		rules := []any{}
		for number := range e.results / resultsPerRule {
			rules = append(rules, map[string]any{"ConfigRuleName": ruleName(number), "ConfigRuleState": "ACTIVE"})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"ConfigRules": rules}) //nolint:errchkjson // texts encode
	case "GetComplianceDetailsByConfigRule":
		var asked struct {
			ConfigRuleName, NextToken string
			Limit                     int
		}
		_ = json.Unmarshal(body, &asked)
		first, _ := strconv.Atoi(asked.NextToken)
		_, _ = w.Write(page(asked.ConfigRuleName, first))
	default:
		w.WriteHeader(http.StatusBadRequest)
		const answer = `{"__type":"InvalidAction","message":"the benchmark's endpoint does not know %s"}`
		_, _ = fmt.Fprintf(w, answer, operation) //nolint:gosec // no browser reads it
	}
}

// page is one page of a rule's results. It is written by hand: the endpoint must be faster than who reads it.
func page(rule string, first int) []byte {
	recorded := time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC).Unix()
	text := make([]byte, 0, 40<<10)
	text = append(text, `{"EvaluationResults":[`...)
	for i := first; i < first+pageSize; i++ {
		if i > first {
			text = append(text, ',')
		}
		compliance := "COMPLIANT"
		if i%10 == 0 {
			compliance = "NON_COMPLIANT"
		}
		text = fmt.Appendf(text, `{"EvaluationResultIdentifier":{"EvaluationResultQualifier":{"ConfigRuleName":"%s",`+
			`"ResourceType":"AWS::S3::Bucket","ResourceId":"bucket-%06d"},"OrderingTimestamp":%d.138},"ComplianceType":"%s",`+
			`"ResultRecordedTime":%d.5,"ConfigRuleInvokedTime":%d.25}`, rule, i, recorded, compliance, recorded, recorded)
	}
	text = append(text, ']')
	if first+pageSize < resultsPerRule {
		text = fmt.Appendf(text, `,"NextToken":"%d"`, first+pageSize)
	}
	return append(text, '}')
}

// ServeEndpoint serves an endpoint in a process of its own, so that its processor time is nobody else's. It prints its two
// addresses, AWS's and the control's, and ends when its input does.
func ServeEndpoint(results int, in io.Reader, out io.Writer) error {
	e := NewEndpoint(results)
	var addresses []string
	for _, handler := range []http.Handler{e, http.HandlerFunc(e.Control)} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("opening the endpoint: %w", err)
		}
		addresses = append(addresses, listener.Addr().String())
		if len(addresses) == 1 {
			listener = e.Listener(listener)
		}
		server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
		go server.Serve(listener) //nolint:errcheck // it serves until the process ends
	}
	if _, err := fmt.Fprintln(out, strings.Join(addresses, " ")); err != nil {
		return fmt.Errorf("telling the endpoint's addresses: %w", err)
	}
	_, err := io.Copy(io.Discard, in)
	return err
}
