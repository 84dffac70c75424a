package undo_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/cmd/preflight"
	"github.com/compliance-monitor/compliance-monitor/cmd/undo"
)

// amazon answers for S3 and Lambda over HTTP.
type amazon struct {
	objects  map[string]string
	page     int                                               // keys on a page
	refuse   string                                            // METHOD of S3 or Lambda, or LIST, that is denied
	function func(payload []byte) (answer string, failed bool) // nil: there is none
	asked    []string                                          // payloads
}

func (a *amazon) operator() undo.Operator {
	GinkgoHelper()
	server := httptest.NewServer(a)
	DeferCleanup(server.Close)
	clients, err := preflight.NewClients(GinkgoT().Context(), server.URL)
	Expect(err).NotTo(HaveOccurred())
	return undo.Operator{
		S3: clients.S3, Lambda: clients.Lambda, Bucket: "reports", Function: "monitor-test-remediator", By: "ann",
		Deploy: "go tool task deploy-functions STACK=prod",
	}
}

func (a *amazon) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/2015-03-31/functions/monitor-test-remediator/invocations":
		a.invoke(w, r)
	case r.Method == http.MethodGet && r.URL.Query().Get("list-type") == "2":
		a.list(w, r)
	case r.Method == http.MethodGet:
		a.get(w, strings.TrimPrefix(r.URL.Path, "/reports/"))
	default:
		http.Error(w, r.URL.String(), http.StatusBadRequest)
	}
}

func (a *amazon) invoke(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	refused := func(status int, code string) {
		w.Header().Set("X-Amzn-Errortype", code)
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"Message":%q}`, code)
	}
	switch {
	case a.refuse == "INVOKE":
		refused(http.StatusForbidden, "AccessDeniedException")
		return
	case a.function == nil:
		refused(http.StatusNotFound, "ResourceNotFoundException")
		return
	}
	payload, _ := io.ReadAll(r.Body)
	a.asked = append(a.asked, string(payload))
	answer, failed := a.function(payload)
	if failed {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
	}
	_, _ = io.WriteString(w, answer)
}

func (a *amazon) list(w http.ResponseWriter, r *http.Request) {
	if a.refuse == "LIST" {
		s3Error(w, http.StatusForbidden, "AccessDenied")
		return
	}
	if a.refuse == "BUCKET" {
		s3Error(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	var keys []string
	for key := range a.objects {
		if strings.HasPrefix(key, r.URL.Query().Get("prefix")) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	start, _ := strconv.Atoi(r.URL.Query().Get("continuation-token"))
	end := min(start+a.page, len(keys))
	type content struct{ Key string }
	out := struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
		Contents              []content
	}{IsTruncated: end < len(keys)}
	if out.IsTruncated {
		out.NextContinuationToken = strconv.Itoa(end)
	}
	for _, key := range keys[start:end] {
		out.Contents = append(out.Contents, content{Key: key})
	}
	text, _ := xml.Marshal(out)
	_, _ = w.Write(text)
}

func (a *amazon) get(w http.ResponseWriter, key string) {
	content, ok := a.objects[key]
	switch {
	case a.refuse == "GET":
		s3Error(w, http.StatusForbidden, "AccessDenied")
	case a.refuse == "BODY":
		w.Header().Set("Content-Length", strconv.Itoa(len(content)+1))
		_, _ = io.WriteString(w, content)
	case !ok:
		s3Error(w, http.StatusNotFound, "NoSuchKey")
	default:
		_, _ = io.WriteString(w, content)
	}
}

func s3Error(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
}
