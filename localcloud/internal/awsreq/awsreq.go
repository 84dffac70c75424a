// Package awsreq tells from an HTTP request which AWS service and operation it is for. It decides on headers, the
// address and the first bytes of a form only, so that bodies stream.
package awsreq

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Info is what a request says about itself.
type Info struct {
	Service   string // signing name, in lower case: s3, lambda, config, sts, …
	Region    string // of the signature; DefaultRegion where there is none
	AccessKey string // empty for an anonymous request
	Operation string // as the service model names it; empty where only the path tells (S3, Lambda)
}

// Temporary says whether the key is one of temporary credentials, such as a role session's: those begin with ASIA.
// Source: the IAM user guide on unique identifiers.
func (i Info) Temporary() bool { return strings.HasPrefix(i.AccessKey, "ASIA") }

// DefaultRegion is the region of requests that name none.
const DefaultRegion = "us-east-1"

// Classify reads the service, region, caller and operation off a request. It peeks at the body of a form.
func Classify(r *http.Request) Info {
	info, signed := signature(r)
	info.Operation = operation(r)
	if !signed {
		info.Service = unsignedService(r, info.Operation)
	}
	if info.Region == "" {
		info.Region = DefaultRegion
	}
	return info
}

// signature reads the credential scope of a signed or presigned request.
func signature(r *http.Request) (Info, bool) {
	credential := ""
	if header := r.Header.Get("Authorization"); header != "" {
		if key, found := strings.CutPrefix(header, "AWS "); found { // signature version 2: S3 only
			key, _, _ = strings.Cut(key, ":")
			return Info{Service: "s3", AccessKey: key}, true
		}
		_, credential, _ = strings.Cut(header, "Credential=")
		credential, _, _ = strings.Cut(credential, ",")
	} else if strings.Contains(r.URL.RawQuery, "X-Amz-Credential=") {
		credential = r.URL.Query().Get("X-Amz-Credential")
	}
	return scope(strings.TrimSpace(credential))
}

// scope reads KEY/DATE/REGION/SERVICE/aws4_request, which has no region where the signature is for several.
func scope(credential string) (Info, bool) {
	parts := strings.Split(credential, "/")
	switch len(parts) {
	case 5:
		return Info{AccessKey: parts[0], Region: parts[2], Service: serviceName(parts[3])}, true
	case 4:
		return Info{AccessKey: parts[0], Service: serviceName(parts[2])}, true
	}
	return Info{}, false
}

// serviceName gives a service whose signing name changed over the years its one name.
func serviceName(signed string) string {
	name := strings.ToLower(signed)
	if name == "eventbridge" {
		return "events"
	}
	return name
}

// operation is the operation that a request of the JSON, CBOR or query protocols names.
func operation(r *http.Request) string {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return target[strings.LastIndexByte(target, '.')+1:]
	}
	if _, rpc, found := strings.Cut(r.URL.Path, "/operation/"); found && strings.HasPrefix(r.URL.Path, "/service/") {
		return rpc
	}
	if isForm(r) {
		if action := formValue(peek(r, actionWindow), "Action"); action != "" {
			return action
		}
	}
	if strings.Contains(r.URL.RawQuery, "Action=") {
		return formValue(r.URL.RawQuery, "Action")
	}
	return ""
}

func isForm(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

// formValue is a value of an encoded form, of which the end may be missing.
func formValue(form, name string) string {
	for pair := range strings.SplitSeq(form, "&") {
		key, value, found := strings.Cut(pair, "=")
		if !found || key != name {
			continue
		}
		if decoded, err := url.QueryUnescape(value); err == nil {
			return decoded
		}
	}
	return ""
}

// targets are the services whose operations are named by X-Amz-Target, by what precedes the operation.
var targets = map[string]string{
	"AWSEvents":                      "events",
	"AWSSecurityTokenServiceV20":     "sts",
	"AmazonSQS":                      "sqs",
	"AmazonSSM":                      "ssm",
	"DynamoDB_20120810":              "dynamodb",
	"GraniteServiceVersion20100801":  "monitoring",
	"Logs_20140328":                  "logs",
	"ResourceGroupsTaggingAPI_20170": "tagging",
	"StarlingDoveService":            "config",
	"TrentService":                   "kms",
	"secretsmanager":                 "secretsmanager",
}

// unsignedService is the service of a request without a signature. Like moto, it takes what nothing else claims for S3.
func unsignedService(r *http.Request, operation string) string {
	target, _, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if service := targets[target]; service != "" {
		return service
	}
	switch {
	case operation == "AssumeRoleWithWebIdentity" || operation == "AssumeRoleWithSAML":
		return "sts"
	case strings.HasPrefix(r.URL.Path, "/2015-03-31/functions"):
		return "lambda"
	}
	return "s3"
}

type contextKey struct{}

// With returns the request with what it says about itself in its context.
func With(r *http.Request, info *Info) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), contextKey{}, info))
}

// From is what [With] put into the request's context.
func From(r *http.Request) Info {
	if info, found := r.Context().Value(contextKey{}).(*Info); found {
		return *info
	}
	return Info{}
}

// SetOperation names the operation of a request of which only the path tells it, for whoever made the context.
func SetOperation(r *http.Request, operation string) {
	if info, found := r.Context().Value(contextKey{}).(*Info); found {
		info.Operation = operation
	}
}
