package s3svc

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

var _ = Describe("A request's target", func() {
	DescribeTable("should be found by the host",
		func(host, bucket string) { Expect(hostBucket(host)).To(Equal(bucket)) },
		Entry("with a bucket before s3.localhost", "reports.s3.localhost:4566", "reports"),
		Entry("with a bucket before localhost", "reports.localhost:4566", "reports"),
		Entry("with a bucket that has dots", "my.reports.s3.localhost", "my.reports"),
		Entry("with a region", "reports.s3.eu-west-1.amazonaws.com", "reports"),
		Entry("with an old name of a region", "reports.s3-eu-west-1.amazonaws.com", "reports"),
		Entry("with the name that other local clouds use", "reports.s3.localhost.localstack.cloud:4566", "reports"),
		Entry("of S3 itself", "s3.localhost:4566", ""),
		Entry("of S3 itself in a region", "s3.us-east-1.amazonaws.com", ""),
		Entry("of this machine", "localhost:4566", ""),
		Entry("of this machine by its address", "127.0.0.1:4566", ""),
		Entry("of another service", "sqs.us-east-1.amazonaws.com", ""),
	)

	DescribeTable("should be the same by path and by host",
		func(host, path, escaped string, about target) {
			r := httptest.NewRequest(http.MethodGet, "http://"+host+path, http.NoBody)
			moved, found := pathStyle(r)
			Expect(found).To(Equal(about))
			Expect(moved.URL.EscapedPath()).To(Equal(escaped))
		},
		Entry("for an object by path", "127.0.0.1", "/b/a/c", "/b/a/c", target{"b", "a/c"}),
		Entry("for an object by host", "b.s3.localhost", "/a/c", "/b/a/c", target{"b", "a/c"}),
		Entry("for a key with odd characters", "b.s3.localhost", "/a%2Fc%20d", "/b/a%2Fc%20d", target{"b", "a/c d"}),
		Entry("for a key that begins with a slash", "127.0.0.1", "/b//c", "/b//c", target{"b", "/c"}),
		Entry("for a bucket by host", "b.s3.localhost", "/", "/b/", target{"b", ""}),
		Entry("for a bucket by path", "127.0.0.1", "/b", "/b", target{"b", ""}),
		Entry("for the account", "127.0.0.1", "/", "/", target{}),
	)

	DescribeTable("should be what a copy reads",
		func(header string, about target, versioned bool) {
			r := httptest.NewRequest(http.MethodPut, "/b/k", http.NoBody)
			r.Header.Set("X-Amz-Copy-Source", header)
			source, isVersion, found := copySource(r)
			Expect(found).To(BeTrue())
			Expect(source).To(Equal(about))
			Expect(isVersion).To(Equal(versioned))
		},
		Entry("with a slash before it", "/from/a%20b", target{"from", "a b"}, false),
		Entry("without a slash before it", "from/a/b", target{"from", "a/b"}, false),
		Entry("in one version", "from/a?versionId=1", target{"from", "a"}, true),
	)
})

var _ = Describe("A request's action", func() {
	DescribeTable("should be that of IAM",
		func(method, key, query, expected string) {
			values, err := url.ParseQuery(query)
			Expect(err).NotTo(HaveOccurred())
			Expect(action(method, target{"b", key}, values)).To(Equal(expected))
		},
		Entry("for listing", http.MethodGet, "", "list-type=2&prefix=x", "ListBucket"),
		Entry("for looking whether a bucket is there", http.MethodHead, "", "", "ListBucket"),
		Entry("for listing versions", http.MethodGet, "", "versions", "ListBucketVersions"),
		Entry("for making a bucket", http.MethodPut, "", "", "CreateBucket"),
		Entry("for taking a lifecycle away", http.MethodDelete, "", "lifecycle", "PutLifecycleConfiguration"),
		Entry("for encryption", http.MethodPut, "", "encryption", "PutEncryptionConfiguration"),
		Entry("for a policy", http.MethodDelete, "", "policy", "DeleteBucketPolicy"),
		Entry("for deleting many objects, each by itself", http.MethodPost, "", "delete", ""),
		Entry("for reading", http.MethodGet, "k", "", "GetObject"),
		Entry("for reading one version", http.MethodGet, "k", "versionId=1", "GetObjectVersion"),
		Entry("for the tags of one version", http.MethodGet, "k", "tagging&versionId=1", "GetObjectVersionTagging"),
		Entry("for looking at an object", http.MethodHead, "k", "", "GetObject"),
		Entry("for writing", http.MethodPut, "k", "", "PutObject"),
		Entry("for a part", http.MethodPut, "k", "partNumber=1&uploadId=x", "PutObject"),
		Entry("for beginning in parts", http.MethodPost, "k", "uploads", "PutObject"),
		Entry("for listing parts", http.MethodGet, "k", "uploadId=x", "ListMultipartUploadParts"),
		Entry("for giving parts up", http.MethodDelete, "k", "uploadId=x", "AbortMultipartUpload"),
		Entry("for deleting", http.MethodDelete, "k", "", "DeleteObject"),
		Entry("for deleting one version", http.MethodDelete, "k", "versionId=1", "DeleteObjectVersion"),
		Entry("for asking what may be done", http.MethodOptions, "k", "", ""),
	)

	It("should need reading for a copy", func() {
		r := httptest.NewRequest(http.MethodPut, "/b/k", http.NoBody)
		r.Header.Set("X-Amz-Copy-Source", "from/a?versionId=1")
		r.Header.Set("X-Amz-Acl", "private")
		r.Header.Set("X-Amz-Tagging", "a=b")
		Expect(checks(r, target{"b", "k"})).To(ConsistOf(
			check{"s3:PutObject", target{"b", "k"}},
			check{"s3:GetObjectVersion", target{"from", "a"}},
			check{"s3:PutObjectAcl", target{"b", "k"}},
			check{"s3:PutObjectTagging", target{"b", "k"}},
		))
	})

	It("should be known to the table of actions that policies may name", func() {
		for _, subresources := range bucketActions {
			for _, name := range subresources {
				Expect(aboutObjects).To(HaveKeyWithValue("s3:"+name, false))
			}
		}
		for _, subresources := range objectActions {
			for _, names := range subresources {
				Expect(aboutObjects).To(HaveKeyWithValue("s3:"+names.current, true))
				Expect(aboutObjects).To(HaveKeyWithValue("s3:"+names.version, true))
			}
		}
	})
})

var _ = Describe("A request's condition keys", func() {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	caller := policy.Principal{Account: "123456789012", ARN: "arn:aws:iam::123456789012:user/team/ann"}

	It("should say that it came by TLS 1.3 unless it says otherwise", func() {
		keys := conditionKeys(httptest.NewRequest(http.MethodGet, "/b/k", http.NoBody), caller, now)
		Expect(keys).To(HaveKeyWithValue("aws:securetransport", []string{"true"}))
		Expect(keys).To(HaveKeyWithValue("s3:tlsversion", []string{"1.3"}))
	})

	It("should say that it came by plain HTTP when it says so", func() {
		r := httptest.NewRequest(http.MethodGet, "/b/k", http.NoBody)
		r.Header.Set(InsecureHeader, "true")
		keys := conditionKeys(r, caller, now)
		Expect(keys).To(HaveKeyWithValue("aws:securetransport", []string{"false"}))
		Expect(keys).NotTo(HaveKey("s3:tlsversion"))
	})

	It("should say the version of TLS that it says", func() {
		r := httptest.NewRequest(http.MethodGet, "/b/k", http.NoBody)
		r.Header.Set(TLSVersionHeader, "1.1")
		Expect(conditionKeys(r, caller, now)).To(HaveKeyWithValue("s3:tlsversion", []string{"1.1"}))
	})

	It("should hold headers, parameters, tags and the caller", func() {
		r := httptest.NewRequest(http.MethodPut, "/b/k?prefix=p&versionId=v&X-Amz-Signature=s", http.NoBody)
		r.Header.Set("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "arn:key")
		r.Header.Set("X-Amz-Tagging", "team=a&stage=b")
		r.RemoteAddr = "127.0.0.1:1234"
		keys := conditionKeys(r, caller, now)
		Expect(keys).To(HaveKeyWithValue("s3:x-amz-server-side-encryption-aws-kms-key-id", []string{"arn:key"}))
		Expect(keys).To(HaveKeyWithValue("s3:prefix", []string{"p"}))
		Expect(keys).To(HaveKeyWithValue("s3:versionid", []string{"v"}))
		Expect(keys).To(HaveKeyWithValue("s3:requestobjecttag/team", []string{"a"}))
		Expect(keys).To(HaveKeyWithValue("s3:requestobjecttagkeys", ConsistOf("team", "stage")))
		Expect(keys).To(HaveKeyWithValue("aws:sourceip", []string{"127.0.0.1"}))
		Expect(keys).To(HaveKeyWithValue("aws:username", []string{"ann"}))
		Expect(keys).To(HaveKeyWithValue("aws:principalarn", []string{caller.ARN}))
		Expect(keys).To(HaveKeyWithValue("s3:authtype", []string{"REST-QUERY-STRING"}))
		Expect(keys).To(HaveKeyWithValue("aws:currenttime", []string{"2026-01-02T03:04:05Z"}))
		Expect(keys).NotTo(HaveKey("s3:x-amz-acl"))
	})

	It("should not name a caller who is anonymous", func() {
		keys := conditionKeys(httptest.NewRequest(http.MethodGet, "/b/k", http.NoBody), policy.Principal{}, now)
		Expect(keys).NotTo(HaveKey("aws:principalarn"))
		Expect(keys).To(HaveKeyWithValue("aws:principaltype", []string{"Anonymous"}))
	})
})
