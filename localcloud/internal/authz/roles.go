package authz

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/memo"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// roles reads the policies of roles from moto, and remembers them until something of IAM changes.
type roles struct {
	moto  http.Handler
	known memo.Memo[string, []*policy.Document]
}

// policies are the inline and the attached policies of a role.
func (r *roles) policies(ctx context.Context, role string) ([]*policy.Document, error) {
	return r.known.Get(role, func() ([]*policy.Document, error) { return r.read(ctx, role) })
}

func (r *roles) read(ctx context.Context, role string) ([]*policy.Document, error) {
	inline, err := r.inline(ctx, role)
	if err != nil {
		return nil, err
	}
	attached, err := r.attached(ctx, role)
	return append(inline, attached...), err
}

func (r *roles) inline(ctx context.Context, role string) ([]*policy.Document, error) {
	var listed struct {
		Names []string `xml:"ListRolePoliciesResult>PolicyNames>member"`
	}
	if err := r.ask(ctx, &listed, "ListRolePolicies", map[string]string{"RoleName": role}); err != nil {
		return nil, err
	}
	var documents []*policy.Document
	for _, name := range listed.Names {
		var found struct {
			Document string `xml:"GetRolePolicyResult>PolicyDocument"`
		}
		if err := r.ask(ctx, &found, "GetRolePolicy", map[string]string{"RoleName": role, "PolicyName": name}); err != nil {
			return nil, err
		}
		document, err := parse(name, found.Document)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
	return documents, nil
}

func (r *roles) attached(ctx context.Context, role string) ([]*policy.Document, error) {
	var listed struct {
		ARNs []string `xml:"ListAttachedRolePoliciesResult>AttachedPolicies>member>PolicyArn"`
	}
	if err := r.ask(ctx, &listed, "ListAttachedRolePolicies", map[string]string{"RoleName": role}); err != nil {
		return nil, err
	}
	var documents []*policy.Document
	for _, arn := range listed.ARNs {
		var about struct {
			Version string `xml:"GetPolicyResult>Policy>DefaultVersionId"`
		}
		if err := r.ask(ctx, &about, "GetPolicy", map[string]string{"PolicyArn": arn}); err != nil {
			return nil, err
		}
		var found struct {
			Document string `xml:"GetPolicyVersionResult>PolicyVersion>Document"`
		}
		if err := r.ask(ctx, &found, "GetPolicyVersion", map[string]string{"PolicyArn": arn, "VersionId": about.Version}); err != nil {
			return nil, err
		}
		document, err := parse(arn, found.Document)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
	return documents, nil
}

// parse reads a policy that IAM hands out encoded as in a URL.
func parse(name, encoded string) (*policy.Document, error) {
	text := encoded
	if !strings.HasPrefix(strings.TrimSpace(encoded), "{") {
		decoded, err := url.PathUnescape(encoded)
		if err != nil {
			return nil, fmt.Errorf("decoding policy %s: %w", name, err)
		}
		text = decoded
	}
	document, err := policy.Parse([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("reading policy %s: %w", name, err)
	}
	return document, nil
}

// ask calls IAM.
func (r *roles) ask(ctx context.Context, answer any, action string, parameters map[string]string) error {
	form := url.Values{}
	for name, value := range parameters {
		form.Set(name, value)
	}
	return relay.Query(ctx, r.moto, relay.Caller{Service: "iam", Region: awsreq.DefaultRegion}, action, form, answer)
}
