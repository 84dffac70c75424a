package commands_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// A proxy stands in front of the cloud and does something to single operations.
type proxy struct {
	URL   string
	mutex sync.Mutex
	rules []rule
}

// rule is for the requests that match. It may answer in place of the cloud, or hold the cloud's answer back.
type rule struct {
	matches func(r *http.Request, body string) bool
	answer  func(w http.ResponseWriter)
	reached chan struct{} // gets a value when the cloud has carried out the operation
	release chan struct{} // the answer is held back until this is closed
}

func newProxy() *proxy {
	GinkgoHelper()
	target, err := url.Parse(cloud.Endpoint())
	Expect(err).NotTo(HaveOccurred())
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	p := &proxy{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		found := p.find(r, string(body))
		switch {
		case found == nil:
			forward.ServeHTTP(w, r)
		case found.answer != nil:
			found.answer(w)
		default:
			kept := httptest.NewRecorder()
			forward.ServeHTTP(kept, r)
			select {
			case found.reached <- struct{}{}:
			default:
			}
			<-found.release
			w.WriteHeader(kept.Code)
			_, _ = w.Write(kept.Body.Bytes())
		}
	}))
	DeferCleanup(func() {
		p.clear()
		server.CloseClientConnections()
		server.Close()
	})
	p.URL = server.URL
	return p
}

func (p *proxy) find(r *http.Request, body string) *rule {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for i := range p.rules {
		if p.rules[i].matches(r, body) {
			return &p.rules[i]
		}
	}
	return nil
}

// clear takes all rules away, and lets what is held back go.
func (p *proxy) clear() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, rule := range p.rules {
		if rule.release != nil {
			close(rule.release)
		}
	}
	p.rules = nil
}

// hold lets the cloud carry out an operation and holds its answer back until the rules are cleared. The channel gets a
// value when the operation has been carried out.
func (p *proxy) hold(matches func(*http.Request, string) bool) <-chan struct{} {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	held := rule{matches: matches, reached: make(chan struct{}, 1), release: make(chan struct{})}
	p.rules = append(p.rules, held)
	return held.reached
}

// refuse answers an operation of S3 with an error of AWS's form.
func (p *proxy) refuse(matches func(*http.Request, string) bool, code, message string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.rules = append(p.rules, rule{matches: matches, answer: func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>%s</Message>`+
			`<RequestId>7F1D</RequestId></Error>`, code, message)
	}})
}

// action matches an operation of a service that is called by forms, such as IAM.
func action(name string) func(*http.Request, string) bool {
	return func(_ *http.Request, body string) bool { return strings.Contains(body, "Action="+name+"&") }
}

// putSubresource matches the change of a bucket's subresource, such as its encryption.
func putSubresource(name string) func(*http.Request, string) bool {
	return func(r *http.Request, _ string) bool { return r.Method == http.MethodPut && r.URL.Query().Has(name) }
}

// target matches an operation of a service that is called by JSON, such as KMS.
func target(name string) func(*http.Request, string) bool {
	return func(r *http.Request, _ string) bool { return r.Header.Get("X-Amz-Target") == name }
}
