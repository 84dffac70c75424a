package authz

import (
	"net"
	"net/http"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// allResources is the resource of an action that takes none.
const allResources = "*"

// baseKeys are the condition keys of every request. The gateway stands for AWS's endpoint, which is spoken to over TLS.
func baseKeys(r *http.Request, caller policy.Principal, now time.Time) policy.Keys {
	keys := policy.Keys{}
	keys.Set("aws:SecureTransport", "true")
	keys.Set("aws:RequestedRegion", awsreq.From(r).Region)
	keys.Set("aws:PrincipalArn", caller.ARN)
	keys.Set("aws:PrincipalAccount", caller.Account)
	keys.Set("aws:PrincipalType", "AssumedRole")
	keys.Set("aws:PrincipalIsAWSService", "false")
	keys.Set("aws:ViaAWSService", "false")
	keys.Set("aws:CurrentTime", now.UTC().Format(time.RFC3339))
	keys.Set("aws:EpochTime", now.UTC().Format(time.RFC3339))
	keys.Set("aws:ResourceAccount", caller.Account)
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		keys.Set("aws:SourceIp", host)
	}
	if agent := r.UserAgent(); agent != "" {
		keys.Set("aws:UserAgent", agent)
	}
	return keys
}
