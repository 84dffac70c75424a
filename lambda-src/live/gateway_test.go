package live_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// breakage is what the gateway does to a call.
type breakage int

const (
	none      breakage = iota
	refuse             // answers AccessDenied, and does nothing
	fail               // answers with a server error, and does nothing
	hangUp             // does nothing, and closes the connection
	hangAfter          // does what is asked, and closes the connection
	cutOff             // does what is asked, and breaks the answer's body off
	shorten            // does what is asked, and answers with a part of the body as if it were all
)

// result is one result that AWS Config holds.
type result struct{ rule, resource, compliance string }

// gateway is AWS for one spec: moto, with AWS Config's results and with broken calls.
type gateway struct {
	url     string
	proxy   *httputil.ReverseProxy
	results []result

	mu     sync.Mutex
	calls  []string
	sizes  map[string]int // of the last answer's body, by call
	mails  []url.Values
	broken func(call string) (how breakage, at int) // at: how many bytes of the body are kept
}

func newGateway() *gateway {
	moto, err := url.Parse(motoURL)
	Expect(err).NotTo(HaveOccurred())
	g := &gateway{sizes: map[string]int{}, broken: func(string) (breakage, int) { return none, 0 }}
	g.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(moto)
			r.Out.Host = r.In.Host
			r.Out.Header.Set("Accept-Encoding", "identity")
		},
	}
	server := httptest.NewServer(g)
	DeferCleanup(server.Close)
	g.url = server.URL
	return g
}

// callOf is how a spec calls a request: METHOD /path?query for S3, and the operation for the others.
func callOf(r *http.Request, body []byte) string {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return target[strings.LastIndex(target, ".")+1:]
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") != "" {
		return form.Get("Action")
	}
	query := ""
	for _, key := range []string{"encryption", "tagging", "publicAccessBlock", "versioning", "policy"} {
		if r.URL.Query().Has(key) {
			query = "?" + key
		}
	}
	return r.Method + " " + r.URL.Path + query
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	call := callOf(r, body)
	how, at := g.note(call, body)
	switch how {
	case refuse:
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `<Error><Code>AccessDenied</Code><Message>not allowed</Message></Error>`)
		return
	case fail:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case hangUp:
		panic(http.ErrAbortHandler)
	default:
	}
	answer := httptest.NewRecorder()
	if !g.config(answer, call, body) {
		g.proxy.ServeHTTP(answer, r)
	}
	g.mu.Lock()
	g.sizes[call] = answer.Body.Len()
	g.mu.Unlock()
	g.answer(w, answer, how, at)
}

// size is how long the body of the last answer to a call was.
func (g *gateway) size(call string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.sizes[call]
}

// note remembers a call, and says whether it is to be broken.
func (g *gateway) note(call string, body []byte) (breakage, int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls = append(g.calls, call)
	how, at := g.broken(call)
	if form, err := url.ParseQuery(string(body)); call == "Publish" && err == nil && how == none {
		g.mails = append(g.mails, form)
	}
	return how, at
}

func (g *gateway) answer(w http.ResponseWriter, answer *httptest.ResponseRecorder, how breakage, at int) {
	content := answer.Body.Bytes()
	for key, values := range answer.Header() {
		w.Header()[key] = values
	}
	switch how {
	case hangAfter:
		panic(http.ErrAbortHandler)
	case cutOff, shorten:
		kept := content[:min(at, len(content))]
		length := len(content)
		if how == shorten {
			length = len(kept)
		}
		w.Header().Set("Content-Length", strconv.Itoa(length))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(kept)
	default:
		w.WriteHeader(answer.Code)
		_, _ = w.Write(content)
	}
}

// config answers for AWS Config, and says whether the call was for it. A page has one result.
func (g *gateway) config(w http.ResponseWriter, call string, body []byte) bool {
	var asked struct {
		ConfigRuleName  string
		ComplianceTypes []string
		NextToken       string
	}
	answer := map[string]any{}
	switch call {
	case "DescribeConfigRules":
		seen, rules := map[string]bool{}, []any{}
		for _, result := range g.results {
			if !seen[result.rule] {
				rules = append(rules, map[string]any{"ConfigRuleName": result.rule, "ConfigRuleState": "ACTIVE"})
			}
			seen[result.rule] = true
		}
		answer["ConfigRules"] = rules
	case "GetComplianceDetailsByConfigRule":
		_ = json.Unmarshal(body, &asked)
		page, _ := strconv.Atoi(asked.NextToken)
		found := []any{}
		matching := g.resultsOf(asked.ConfigRuleName, asked.ComplianceTypes)
		if page < len(matching) {
			found = append(found, matching[page])
			answer["NextToken"] = strconv.Itoa(page + 1)
		}
		answer["EvaluationResults"] = found
	case "StartConfigRulesEvaluation":
	default:
		return false
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	content, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return true
	}
	_, _ = w.Write(content)
	return true
}

func (g *gateway) resultsOf(rule string, compliance []string) []any {
	var found []any
	for _, result := range g.results {
		if result.rule != rule || len(compliance) > 0 && compliance[0] != result.compliance {
			continue
		}
		found = append(found, map[string]any{
			"EvaluationResultIdentifier": map[string]any{
				"EvaluationResultQualifier": map[string]any{"ConfigRuleName": rule, "ResourceType": "AWS::S3::Bucket", "ResourceId": result.resource},
				"OrderingTimestamp":         float64(ordering.UnixMilli()) / 1000,
			},
			"ComplianceType": result.compliance, "ResultRecordedTime": float64(ordering.Unix()),
		})
	}
	return found
}

// made are the calls so far.
func (g *gateway) made() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.calls...)
}

// mailed are the mails so far.
func (g *gateway) mailed() []url.Values {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]url.Values(nil), g.mails...)
}

var ordering = time.Date(2026, 11, 23, 10, 0, 0, 138_000_000, time.UTC)

// violation is the event that a bucket violates a rule.
func violation(rule, bucket string) []byte {
	return fmt.Appendf(nil, `{"version":"0","id":"event-1","detail-type":"Config Rules Compliance Change","source":"aws.config",
		"account":"123456789012","time":"2026-11-23T10:00:03Z","region":"us-east-1","resources":[],
		"detail":{"resourceId":%q,"resourceType":"AWS::S3::Bucket","awsRegion":"us-east-1","awsAccountId":"123456789012","configRuleName":%q,
		"recordVersion":"1.0","messageType":"ComplianceChangeNotification","notificationCreationTime":"2026-11-23T10:00:03.000Z",
		"newEvaluationResult":{"evaluationResultIdentifier":{"evaluationResultQualifier":{"configRuleName":%q,"resourceType":"AWS::S3::Bucket",
		"resourceId":%q},"orderingTimestamp":"2026-11-23T10:00:00.138Z"},"complianceType":"NON_COMPLIANT",
		"resultRecordedTime":"2026-11-23T10:00:02.000Z","configRuleInvokedTime":"2026-11-23T10:00:01.000Z"}}}`, bucket, rule, rule, bucket)
}
