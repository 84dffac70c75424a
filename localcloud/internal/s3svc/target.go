package s3svc

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// target is what an S3 request is about. The key is empty for a request about the bucket, and so is the bucket for a
// request about the account.
type target struct{ bucket, key string }

// arn is the target's ARN.
func (t target) arn() string {
	if t.key == "" {
		return "arn:aws:s3:::" + t.bucket
	}
	return "arn:aws:s3:::" + t.bucket + "/" + t.key
}

// suffixes are the domains under which a bucket may be a host's first labels: BUCKET.s3.localhost:4566 and
// BUCKET.localhost:4566 for local endpoints, BUCKET.s3.REGION.amazonaws.com for whoever resolves that to us.
var suffixes = []string{".localhost", ".localhost.localstack.cloud", ".amazonaws.com", ".amazonaws.com.cn"}

// hostBucket is the bucket that a Host header names, or empty.
func hostBucket(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	for _, suffix := range suffixes {
		base, found := strings.CutSuffix(host, suffix)
		if !found {
			continue
		}
		labels := strings.Split(base, ".")
		for i, label := range slices.Backward(labels) {
			if label == "s3" || strings.HasPrefix(label, "s3-") {
				return strings.Join(labels[:i], ".")
			}
		}
		if suffix == ".localhost" {
			return base
		}
	}
	return ""
}

// pathStyle gives the request with its bucket in the path, as moto takes it from any host, and says what it is about.
func pathStyle(r *http.Request) (*http.Request, target) {
	if bucket := hostBucket(r.Host); bucket != "" {
		moved := r.Clone(r.Context())
		moved.URL.RawPath = "/" + bucket + r.URL.EscapedPath()
		moved.URL.Path = "/" + bucket + r.URL.Path
		moved.Host = "localhost"
		r = moved
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return r, target{bucket: bucket, key: key}
}

// copySource is what a copy reads from, and whether it is one version of it.
func copySource(r *http.Request) (source target, versioned, found bool) {
	header := r.Header.Get("X-Amz-Copy-Source")
	if header == "" {
		return target{}, false, false
	}
	path, query, _ := strings.Cut(header, "?")
	if decoded, err := url.PathUnescape(path); err == nil {
		path = decoded
	}
	bucket, key, found := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return target{bucket: bucket, key: key}, strings.HasPrefix(query, "versionId="), found
}

// Operation is what a request asks of S3: its IAM action without "s3:", like PutObject, or empty where it has none.
func Operation(r *http.Request) string {
	moved, about := pathStyle(r)
	return action(moved.Method, about, moved.URL.Query())
}

// Target is the bucket and the object that an S3 request is about; either may be empty.
func Target(r *http.Request) (bucket, key string) {
	bucket, key = hostBucket(r.Host), strings.TrimPrefix(r.URL.Path, "/")
	if bucket == "" {
		bucket, key, _ = strings.Cut(key, "/")
	}
	return bucket, key
}

// IsControl says whether a request is for S3 Control, which is signed as S3 is.
func IsControl(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/v20180820/") || strings.Contains(r.Host, "s3-control")
}
