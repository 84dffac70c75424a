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
// The account's own callers may do whatever no bucket policy denies, because identity policies are not looked at. An
// anonymous caller may do what a bucket policy allows; whether an object may be read without any is for moto to say,
// which knows the object's ACL.
func (h *Handler) authorize(r *http.Request, about target) (*http.Request, error) {
	anonymous := awsreq.From(r).AccessKey == ""
	required := checks(r, about)
	if !anonymous && !h.anyPolicy(required) {
		return r, nil
	}
	var caller policy.Principal
	if !anonymous {
		var err error
		if caller, err = h.identity(r); err != nil {
			return nil, fmt.Errorf("finding out who the caller is: %w", err)
		}
	}
	keys := conditionKeys(r, caller, h.now())
	allowed := true
	for _, required := range required {
		decision := h.decide(required, caller, keys)
		if decision.Effect == policy.Deny {
			return nil, denied(caller, required)
		}
		allowed = allowed && decision.Effect == policy.Allow
	}
	switch {
	case !anonymous:
		return r, nil
	case allowed && len(required) > 0:
		return signed(r), nil
	case r.Method == http.MethodOptions || (about.key != "" && required[0].action == "s3:GetObject"):
		return r, nil
	}
	return nil, denied(caller, required[0])
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
func (h *Handler) decide(required check, caller policy.Principal, keys policy.Context) policy.Decision {
	held, found := h.policies.get(required.about.bucket)
	if !found {
		return policy.Decision{}
	}
	return held.document.Decide(policy.Request{
		Action: required.action, Resource: required.about.arn(), Principal: caller, Context: keys,
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
