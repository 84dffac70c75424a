// Package s3svc mends S3: it keeps bucket policies and decides requests by them, conditions included, and it keeps
// what moto drops of a lifecycle configuration.
package s3svc

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/memo"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// Handler serves S3 in front of moto.
type Handler struct {
	moto       http.Handler
	identity   Identity
	guard      Guard
	policies   *store[bucketPolicy]
	lifecycles *store[lifecycle]
	keys       memo.Memo[string, string] // that buckets encrypt with
	now        func() time.Time
	mends      []mend
}

// mend serves the operations on a bucket that have a subresource in their query.
type mend struct {
	subresource string
	operations  map[string]string // by method, as the service's model names them
	serve       func(http.ResponseWriter, *http.Request, target) error
}

// Identity tells who sent a request.
type Identity func(*http.Request) (policy.Principal, error)

// Guard decides about what a role may do; about any other caller it decides nothing.
type Guard interface {
	// Permit refuses what neither the role's policies nor the resource's, whose decision is given, allow.
	Permit(ctx context.Context, request policy.Request, resource policy.Decision) error
	// PermitKey refuses the use of a key.
	PermitKey(ctx context.Context, key string, caller policy.Principal, keys policy.Keys, actions ...string) error
	// Session says whether a caller is a session of a role.
	Session(caller policy.Principal) bool
}

// New makes the handler. Without a guard, roles may do what the account may.
func New(moto http.Handler, identity Identity, guard Guard) *Handler {
	h := &Handler{
		moto: moto, identity: identity, guard: guard, now: time.Now,
		policies: newStore[bucketPolicy](), lifecycles: newStore[lifecycle](),
	}
	h.mends = []mend{
		{"policy", map[string]string{
			http.MethodGet: "GetBucketPolicy", http.MethodPut: "PutBucketPolicy", http.MethodDelete: "DeleteBucketPolicy",
		}, h.servePolicy},
		{"policyStatus", map[string]string{http.MethodGet: "GetBucketPolicyStatus"}, h.policyStatus},
		{"lifecycle", map[string]string{
			http.MethodGet: "GetBucketLifecycleConfiguration", http.MethodPut: "PutBucketLifecycleConfiguration",
			http.MethodDelete: "DeleteBucketLifecycle",
		}, h.serveLifecycle},
		{"delete", map[string]string{http.MethodPost: "DeleteObjects"}, h.deleteObjects},
	}
	return h
}

// Operations are those that are answered here and not by moto alone.
func (h *Handler) Operations() []string {
	all := []string{deleteBucket}
	for _, one := range h.mends {
		all = slices.AppendSeq(all, maps.Values(one.operations))
	}
	slices.Sort(all)
	return all
}

// deleteBucket is the one operation that is served here and has no subresource.
const deleteBucket = "DeleteBucket"

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if IsControl(r) {
		h.moto.ServeHTTP(w, r)
		return
	}
	r, about := pathStyle(r)
	awsreq.SetOperation(r, action(r.Method, about, r.URL.Query()))
	if about.key == "" && r.Method != http.MethodGet && r.Method != http.MethodHead {
		defer h.keys.Forget()
	}
	authorized, err := h.authorize(r, about)
	if err == nil {
		err = h.serve(w, authorized, about)
	}
	if err != nil {
		refuse(w, r, err)
	}
}

// serve answers a request that is not denied.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, about target) error {
	query := r.URL.Query()
	if about.bucket == "" || about.key != "" {
		h.moto.ServeHTTP(w, r)
		return nil
	}
	for _, one := range h.mends {
		if query.Has(one.subresource) && (one.operations[r.Method] != "" || one.subresource == "policy") { // of which moto must hear nothing
			return one.serve(w, r, about)
		}
	}
	if r.Method == http.MethodDelete && action(r.Method, about, query) == deleteBucket {
		h.deleteBucket(w, r, about)
		return nil
	}
	h.moto.ServeHTTP(w, r)
	return nil
}

// deleteBucket lets what is kept of a bucket go with it.
func (h *Handler) deleteBucket(w http.ResponseWriter, r *http.Request, about target) {
	watched := &watcher{ResponseWriter: w}
	h.moto.ServeHTTP(watched, r)
	if watched.status < http.StatusMultipleChoices {
		h.policies.drop(about.bucket)
		h.lifecycles.drop(about.bucket)
	}
}

// watcher notes the status of an answer on its way out.
type watcher struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements [http.ResponseWriter].
func (w *watcher) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets [http.ResponseController] reach what is below.
func (w *watcher) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// refuse answers with an S3 error. A body that is on its way is taken in first, so that the sender reads the answer
// and not a broken connection; one that waits for our "100 Continue" never starts.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	var fault *awserr.Error
	if !errors.As(err, &fault) {
		fault = &awserr.Error{Status: http.StatusInternalServerError, Code: "InternalError", Message: err.Error()}
	}
	if r.Body != nil && r.Header.Get("Expect") == "" {
		io.Copy(io.Discard, r.Body) //nolint:errcheck,gosec // the sender has gone
	}
	fault.WriteS3(w, r)
}
