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
func conditionKeys(r *http.Request, caller policy.Principal, now time.Time) policy.Context {
	context := policy.Context{}
	transportKeys(context, r)
	callerKeys(context, r, caller)
	for _, header := range headerKeys {
		if value := r.Header.Get(header); value != "" {
			context.Set("s3:"+header, value)
		}
	}
	query := r.URL.Query()
	for parameter, key := range queryKeys {
		if query.Has(parameter) {
			context.Set(key, query.Get(parameter))
		}
	}
	tagKeys(context, r.Header.Get("X-Amz-Tagging"))
	context.Set("aws:CurrentTime", now.UTC().Format(time.RFC3339))
	context.Set("aws:EpochTime", now.UTC().Format(time.RFC3339))
	return context
}

// transportKeys say how the request came.
func transportKeys(context policy.Context, r *http.Request) {
	insecure := r.Header.Get(InsecureHeader) == "true"
	if insecure {
		context.Set("aws:SecureTransport", "false")
	} else {
		version := r.Header.Get(TLSVersionHeader)
		if version == "" {
			version = defaultTLSVersion
		}
		context.Set("aws:SecureTransport", "true")
		context.Set("s3:TlsVersion", version)
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		context.Set("aws:SourceIp", host)
	}
	if agent := r.UserAgent(); agent != "" {
		context.Set("aws:UserAgent", agent)
	}
	if referer := r.Referer(); referer != "" {
		context.Set("aws:Referer", referer)
	}
}

// callerKeys say who sent the request and how it is signed.
func callerKeys(context policy.Context, r *http.Request, caller policy.Principal) {
	context.Set("aws:RequestedRegion", awsreq.From(r).Region)
	context.Set("aws:ViaAWSService", "false")
	context.Set("aws:PrincipalIsAWSService", "false")
	if caller.Anonymous() {
		context.Set("aws:PrincipalType", "Anonymous")
		return
	}
	context.Set("aws:PrincipalArn", caller.ARN)
	context.Set("aws:PrincipalAccount", caller.Account)
	if _, user, found := strings.Cut(caller.ARN, ":user/"); found {
		context.Set("aws:PrincipalType", "User")
		context.Set("aws:username", user[strings.LastIndexByte(user, '/')+1:])
	} else {
		context.Set("aws:PrincipalType", "AssumedRole")
	}
	switch {
	case strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-"):
		context.Set("s3:authType", "REST-HEADER")
		context.Set("s3:signatureversion", "AWS4-HMAC-SHA256")
	case r.URL.Query().Has("X-Amz-Signature"):
		context.Set("s3:authType", "REST-QUERY-STRING")
		context.Set("s3:signatureversion", "AWS4-HMAC-SHA256")
	}
}

// tagKeys are the tags that a new object is to have.
func tagKeys(context policy.Context, header string) {
	tags, err := url.ParseQuery(header)
	if err != nil || len(tags) == 0 {
		return
	}
	names := make([]string, 0, len(tags))
	for name, values := range tags {
		names = append(names, name)
		context.Set("s3:RequestObjectTag/"+name, values...)
	}
	context.Set("s3:RequestObjectTagKeys", names...)
}
