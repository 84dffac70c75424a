package s3svc

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// Headers with which a test says how the request "came". The gateway speaks plain HTTP on loopback, but stands for
// AWS's endpoint, which everybody talks TLS to; so a request counts as sent over TLS 1.3 unless it says otherwise.
const (
	InsecureHeader   = "X-Localcloud-Insecure"    // "true": counts as plain HTTP
	TLSVersionHeader = "X-Localcloud-Tls-Version" // like "1.1": counts as sent over that version
)

const defaultTLSVersion = "1.3"

// headerKeys are the condition keys that are a header's value. The key is "s3:" and the header's name.
var headerKeys = []string{
	"if-match", "if-none-match", "x-amz-acl", "x-amz-content-sha256", "x-amz-copy-source", "x-amz-grant-full-control",
	"x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-write", "x-amz-grant-write-acp",
	"x-amz-metadata-directive", "x-amz-object-ownership", "x-amz-server-side-encryption",
	"x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-customer-algorithm",
	"x-amz-storage-class", "x-amz-website-redirect-location",
}

// queryKeys are the condition keys that are a parameter's value, by parameter.
var queryKeys = map[string]string{
	"prefix": "s3:prefix", "delimiter": "s3:delimiter", "max-keys": "s3:max-keys", "versionId": "s3:VersionId",
}

// conditionKeys is what policies can ask about a request.
func conditionKeys(r *http.Request, caller policy.Principal, now time.Time) policy.Keys {
	keys := policy.Keys{}
	transportKeys(keys, r)
	callerKeys(keys, r, caller)
	for _, header := range headerKeys {
		if value := r.Header.Get(header); value != "" {
			keys.Set("s3:"+header, value)
		}
	}
	query := r.URL.Query()
	for parameter, key := range queryKeys {
		if query.Has(parameter) {
			keys.Set(key, query.Get(parameter))
		}
	}
	tagKeys(keys, r.Header.Get("X-Amz-Tagging"))
	keys.Set("aws:CurrentTime", now.UTC().Format(time.RFC3339))
	keys.Set("aws:EpochTime", now.UTC().Format(time.RFC3339))
	return keys
}

// transportKeys say how the request came.
func transportKeys(keys policy.Keys, r *http.Request) {
	insecure := r.Header.Get(InsecureHeader) == "true"
	if insecure {
		keys.Set("aws:SecureTransport", "false")
	} else {
		version := r.Header.Get(TLSVersionHeader)
		if version == "" {
			version = defaultTLSVersion
		}
		keys.Set("aws:SecureTransport", "true")
		keys.Set("s3:TlsVersion", version)
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		keys.Set("aws:SourceIp", host)
	}
	if agent := r.UserAgent(); agent != "" {
		keys.Set("aws:UserAgent", agent)
	}
	if referer := r.Referer(); referer != "" {
		keys.Set("aws:Referer", referer)
	}
}

// callerKeys say who sent the request and how it is signed.
func callerKeys(keys policy.Keys, r *http.Request, caller policy.Principal) {
	keys.Set("aws:RequestedRegion", awsreq.From(r).Region)
	keys.Set("aws:ViaAWSService", "false")
	keys.Set("aws:PrincipalIsAWSService", "false")
	if caller.Anonymous() {
		keys.Set("aws:PrincipalType", "Anonymous")
		return
	}
	keys.Set("aws:PrincipalArn", caller.ARN)
	keys.Set("aws:PrincipalAccount", caller.Account)
	if _, user, found := strings.Cut(caller.ARN, ":user/"); found {
		keys.Set("aws:PrincipalType", "User")
		keys.Set("aws:username", user[strings.LastIndexByte(user, '/')+1:])
	} else {
		keys.Set("aws:PrincipalType", "AssumedRole")
	}
	switch {
	case strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-"):
		keys.Set("s3:authType", "REST-HEADER")
		keys.Set("s3:signatureversion", "AWS4-HMAC-SHA256")
	case r.URL.Query().Has("X-Amz-Signature"):
		keys.Set("s3:authType", "REST-QUERY-STRING")
		keys.Set("s3:signatureversion", "AWS4-HMAC-SHA256")
	}
}

// tagKeys are the tags that a new object is to have.
func tagKeys(keys policy.Keys, header string) {
	tags, err := url.ParseQuery(header)
	if err != nil || len(tags) == 0 {
		return
	}
	names := make([]string, 0, len(tags))
	for name, values := range tags {
		names = append(names, name)
		keys.Set("s3:RequestObjectTag/"+name, values...)
	}
	keys.Set("s3:RequestObjectTagKeys", names...)
}
