package s3svc

import (
	"fmt"
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// authorize decides whether a request may go on, and gives it back as it should.
//
// A session of a role may do what its policies or the bucket's allow. The account's other callers may do whatever no
// bucket policy denies, because their identity policies are not looked at. An anonymous caller may do what a bucket
// policy allows; whether an object may be read without any is for moto to say,
// which knows the object's ACL.
func (h *Handler) authorize(r *http.Request, about target) (*http.Request, error) {
	required := checks(r, about)
	if awsreq.From(r).AccessKey == "" {
		return h.authorizeAnonymous(r, about, required)
	}
	if !awsreq.From(r).Temporary() && !h.anyPolicy(required) {
		return r, nil
	}
	caller, err := h.identity(r)
	if err != nil {
		return nil, fmt.Errorf("finding out who the caller is: %w", err)
	}
	session := h.guard != nil && h.guard.Session(caller)
	keys := conditionKeys(r, caller, h.now())
	for _, required := range required {
		if h.decide(required, caller, keys).Effect == policy.Deny && !session {
			return nil, denied(caller, required)
		}
		if !session {
			continue
		}
		if err := h.permit(r, required, caller, keys); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// authorizeAnonymous lets an anonymous request pass that every policy it needs allows, one that asks what it may do
// (CORS), and one that reads an object, for moto to look at the object's ACL.
func (h *Handler) authorizeAnonymous(r *http.Request, about target, required []check) (*http.Request, error) {
	if r.Method == http.MethodOptions {
		return r, nil
	}
	keys := conditionKeys(r, policy.Principal{}, h.now())
	allowed := len(required) > 0
	for _, required := range required {
		effect := h.decide(required, policy.Principal{}, keys).Effect
		if effect == policy.Deny {
			return nil, denied(policy.Principal{}, required)
		}
		allowed = allowed && effect == policy.Allow
	}
	if allowed {
		return signed(r), nil
	}
	if about.key != "" && (r.Method == http.MethodGet || r.Method == http.MethodHead) && required[0].action == "s3:GetObject" {
		return r, nil
	}
	return nil, denied(policy.Principal{}, check{})
}

// anyPolicy says whether there is a policy to look at.
func (h *Handler) anyPolicy(required []check) bool {
	for _, check := range required {
		if _, found := h.policies.get(check.about.bucket); found {
			return true
		}
	}
	return false
}

// decide asks the policy of the bucket that a check is about. A bucket without one is silent.
func (h *Handler) decide(required check, caller policy.Principal, keys policy.Keys) policy.Decision {
	held, found := h.policies.get(required.about.bucket)
	if !found {
		return policy.Decision{}
	}
	return held.document.Decide(policy.Request{
		Action: required.action, Resource: required.about.arn(), Principal: caller, Keys: keys,
	})
}

// denied is AWS's error for a request that a policy denies, or that nothing allows to a caller whom nobody knows.
func denied(caller policy.Principal, required check) error {
	message := "Access Denied"
	if !caller.Anonymous() {
		message = fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %q with an explicit deny in a resource-based policy",
			caller.ARN, required.action, required.about.arn())
	}
	return &awserr.Error{Status: http.StatusForbidden, Code: "AccessDenied", Message: message}
}

// signed makes an anonymous request that a bucket policy allows one that moto does not hold against an object's ACL.
func signed(r *http.Request) *http.Request {
	trusted := r.Clone(r.Context())
	trusted.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=anonymous/20260101/"+awsreq.DefaultRegion+
		"/s3/aws4_request, SignedHeaders=host, Signature=none")
	return trusted
}
