package s3svc

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// bucketPolicy is a policy as it was put, without its white space, and as it was understood.
type bucketPolicy struct {
	text     []byte
	document *policy.Document
}

// maxPolicy is how many bytes a bucket policy may have.
const maxPolicy = 20 << 10

// servePolicy answers the requests about a bucket's policy. Moto never sees the policy: it would deny by it without
// looking at the conditions.
func (h *Handler) servePolicy(w http.ResponseWriter, r *http.Request, about target) error {
	if err := h.requireBucket(r, about); err != nil {
		return err
	}
	awserr.IdentifyS3(w.Header())
	switch r.Method {
	case http.MethodGet:
		return h.getPolicy(w, about)
	case http.MethodPut:
		return h.putPolicy(w, r, about)
	case http.MethodDelete:
		h.policies.drop(about.bucket)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return &awserr.Error{
		Status: http.StatusMethodNotAllowed, Code: "MethodNotAllowed",
		Message: "The specified method is not allowed against this resource.",
	}
}

func (h *Handler) getPolicy(w http.ResponseWriter, about target) error {
	held, found := h.policies.get(about.bucket)
	if !found {
		return noPolicy()
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(held.text)))
	w.Write(held.text) //nolint:errcheck,gosec // the caller has gone
	return nil
}

func noPolicy() error {
	return &awserr.Error{
		Status: http.StatusNotFound, Code: "NoSuchBucketPolicy", Message: "The bucket policy does not exist",
	}
}

func (h *Handler) putPolicy(w http.ResponseWriter, r *http.Request, about target) error {
	body, err := awsreq.Body(r, maxPolicy)
	if errors.Is(err, awsreq.ErrTooLarge) {
		return awserr.New("MalformedPolicy", "Policy exceeds the maximum allowed document size.")
	}
	if err != nil {
		return err
	}
	document, err := policy.Parse(body)
	if err == nil {
		err = checkPolicy(document, about.bucket)
	}
	if err != nil {
		return awserr.New("MalformedPolicy", "%s", reason(err))
	}
	if err := h.checkPublic(r, about, document); err != nil {
		return err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		return awserr.New("MalformedPolicy", "This policy contains invalid Json")
	}
	h.policies.put(about.bucket, bucketPolicy{text: compact.Bytes(), document: document})
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// reason is what AWS would say: an error without our own words before it.
func reason(err error) string {
	return strings.TrimPrefix(err.Error(), policy.ErrMalformed.Error()+": ")
}

// checkPublic refuses a public policy where the bucket's public access block says so.
func (h *Handler) checkPublic(r *http.Request, about target, document *policy.Document) error {
	if !public(document) {
		return nil
	}
	answer, err := h.ask(r, http.MethodGet, "/"+url.PathEscape(about.bucket)+"?publicAccessBlock")
	if err != nil {
		return err
	}
	var block struct{ BlockPublicPolicy bool }
	if answer.OK() { // a bucket without a block answers 404
		err = xml.Unmarshal(answer.Body, &block)
	}
	if err != nil || !block.BlockPublicPolicy {
		return err
	}
	return &awserr.Error{
		Status: http.StatusForbidden, Code: "AccessDenied",
		Message: "Public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
	}
}

// policyStatus is what S3 answers about a policy.
type policyStatus struct {
	XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ PolicyStatus"`
	IsPublic bool     `xml:"IsPublic"`
}

// policyStatus says whether a bucket's policy is public.
func (h *Handler) policyStatus(w http.ResponseWriter, r *http.Request, about target) error {
	if err := h.requireBucket(r, about); err != nil {
		return err
	}
	held, found := h.policies.get(about.bucket)
	if !found {
		return noPolicy()
	}
	status, err := xml.Marshal(policyStatus{IsPublic: public(held.document)})
	if err != nil {
		return fmt.Errorf("encoding the status of a policy: %w", err)
	}
	awserr.IdentifyS3(w.Header())
	w.Header().Set("Content-Type", "application/xml")
	w.Write(status) //nolint:errcheck,gosec // the caller has gone
	return nil
}

// requireBucket refuses a request about a bucket that does not exist.
func (h *Handler) requireBucket(r *http.Request, about target) error {
	answer, err := h.ask(r, http.MethodHead, "/"+url.PathEscape(about.bucket))
	if err == nil && answer.Status == http.StatusNotFound {
		err = &awserr.Error{
			Status: http.StatusNotFound, Code: "NoSuchBucket", Message: "The specified bucket does not exist",
		}
	}
	return err
}

// ask asks moto something on behalf of whoever sent a request.
func (h *Handler) ask(r *http.Request, method, path string) (*relay.Answer, error) {
	caller := relay.Caller{Service: "s3", Region: awsreq.From(r).Region, Authorization: r.Header.Get("Authorization")}
	return relay.Ask(r.Context(), h.moto, caller, method, path, "", nil)
}
