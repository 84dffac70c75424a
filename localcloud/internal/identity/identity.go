// Package identity finds out whom an access key belongs to, by asking moto's STS.
package identity

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// Resolver remembers whom access keys belong to. A key never changes hands.
type Resolver struct {
	moto  http.Handler
	known sync.Map // access key → policy.Principal
}

// New makes a resolver that asks moto.
func New(moto http.Handler) *Resolver { return &Resolver{moto: moto} }

// Of is the caller of a signed request. Moto takes a key that it does not know for a user of its one account.
func (r *Resolver) Of(request *http.Request) (policy.Principal, error) {
	info := awsreq.From(request)
	if principal, found := r.known.Load(info.AccessKey); found {
		return principal.(policy.Principal), nil
	}
	caller := relay.Caller{
		Service: "sts", Region: info.Region,
		Authorization: "AWS4-HMAC-SHA256 Credential=" + info.AccessKey + "/20260101/" + info.Region +
			"/sts/aws4_request, SignedHeaders=host, Signature=none",
	}
	var identity struct {
		ARN     string `xml:"GetCallerIdentityResult>Arn"`
		Account string `xml:"GetCallerIdentityResult>Account"`
	}
	if err := relay.Query(request.Context(), r.moto, caller, "GetCallerIdentity", nil, &identity); err != nil {
		return policy.Principal{}, fmt.Errorf("finding out whose access key %s is: %w", info.AccessKey, err)
	}
	if identity.ARN == "" {
		return policy.Principal{}, fmt.Errorf("finding out whose access key %s is: moto named nobody", info.AccessKey)
	}
	principal := policy.Principal{ARN: identity.ARN, Account: identity.Account}
	r.known.Store(info.AccessKey, principal)
	return principal, nil
}
