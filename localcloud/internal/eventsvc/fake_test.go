package eventsvc

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
)

// functions is a Lambda that takes events or does not.
type functions struct {
	mutex    sync.Mutex
	closed   bool  // the policy lets nobody in
	broken   error // what invoking ends in
	tries    int
	payloads []string
}

func (f *functions) InvokeAsync(_ context.Context, _, _ string, payload []byte) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.tries++
	if f.broken == nil {
		f.payloads = append(f.payloads, string(payload))
	}
	return f.broken
}

func (f *functions) Permits(_, _, _, _, _ string) bool { return !f.closed }

func (f *functions) got() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return append([]string{}, f.payloads...)
}

// moto keeps rules and targets as moto does, as far as it matters here, and takes messages for queues.
type moto struct {
	mutex    sync.Mutex
	rules    map[string]map[string]any
	targets  map[string][]any
	policy   string // of every queue
	messages []map[string]any
	faults   map[string]string // operation → answer of an error
}

func newMoto() *moto {
	return &moto{rules: map[string]map[string]any{}, targets: map[string][]any{}, faults: map[string]string{}}
}

func (m *moto) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in map[string]any
	json.NewDecoder(r.Body).Decode(&in)
	name, _ := in["Name"].(string)
	answer := map[string]any{}
	if fault := m.faults[operation]; fault != "" {
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, fault)
		return
	}
	switch operation {
	case "PutRule":
		in["Arn"] = "arn:aws:events:us-east-1:123456789012:rule/" + name
		m.rules[name] = in
		answer["RuleArn"] = in["Arn"]
	case "EnableRule":
		m.rules[name]["State"] = "ENABLED"
	case "DisableRule":
		m.rules[name]["State"] = "DISABLED"
	case "DeleteRule":
		delete(m.rules, name)
	case "PutTargets":
		m.targets[in["Rule"].(string)] = in["Targets"].([]any)
	case "ListRules":
		var all []any
		for _, rule := range m.rules {
			all = append(all, rule)
		}
		answer["Rules"] = all
	case "ListTargetsByRule":
		answer["Targets"] = m.targets[in["Rule"].(string)]
	case "GetQueueAttributes":
		answer["Attributes"] = map[string]string{"Policy": m.policy}
	case "SendMessage":
		m.messages = append(m.messages, in)
	}
	json.NewEncoder(w).Encode(answer) //nolint:errchkjson // it is made of what came as JSON
}

// fixture is EventBridge in front of such a moto and such a Lambda.
type fixture struct {
	*Handler
	moto      *moto
	functions *functions
	clock     *clock.Clock
}

const openPolicy = `{"Statement":{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}}`

func newFixture() *fixture {
	f := &fixture{moto: newMoto(), functions: &functions{}, clock: clock.New()}
	f.moto.policy = openPolicy
	f.Handler = New(Options{Moto: f.moto, Services: f.moto, Functions: f.functions, Clock: f.clock, Log: log.New(GinkgoWriter, "", 0)})
	DeferCleanup(f.Close)
	return f
}

// call sends an operation, and gives the status and the answer.
func (f *fixture) call(operation string, in any) (int, string) {
	GinkgoHelper()
	body, err := json.Marshal(in)
	Expect(err).NotTo(HaveOccurred())
	if text, raw := in.(string); raw {
		body = []byte(text)
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
	r.Header.Set("X-Amz-Target", "AWSEvents."+operation)
	recorder := httptest.NewRecorder()
	f.ServeHTTP(recorder, awsreq.With(r, &awsreq.Info{Service: "events", Region: "us-east-1", Operation: operation}))
	return recorder.Code, recorder.Body.String()
}

type document = map[string]any

// must sends an operation that is answered with success.
func (f *fixture) must(operation string, in document) string {
	GinkgoHelper()
	status, body := f.call(operation, in)
	Expect(status).To(Equal(http.StatusOK), body)
	return body
}

const functionARN = "arn:aws:lambda:us-east-1:123456789012:function:f"

// rule makes a rule with the function as its target.
func (f *fixture) rule(name string, in document, more document) {
	GinkgoHelper()
	in["Name"] = name
	f.must("PutRule", in)
	aimed := document{"Id": "f", "Arn": functionARN}
	for key, value := range more {
		aimed[key] = value
	}
	f.must("PutTargets", document{"Rule": name, "Targets": []any{aimed}})
}

// outcomes are those of all tries.
func (f *fixture) outcomes() []string {
	var all []string
	for _, one := range f.tries("", "") {
		all = append(all, one.Outcome)
	}
	return all
}

var errBusy = errors.New("busy")
