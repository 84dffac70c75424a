package localcloud_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// withHeader lets a call carry a header.
func withHeader(name, value string) func(*s3.Options) {
	return func(o *s3.Options) { o.APIOptions = append(o.APIOptions, smithyhttp.AddHeaderValue(name, value)) }
}

// code matches an AWS error by its code.
func code(expected string) OmegaMatcher {
	return WithTransform(func(err error) string {
		var fault smithy.APIError
		if !errors.As(err, &fault) {
			return fmt.Sprint(err)
		}
		return fault.ErrorCode()
	}, Equal(expected))
}

var _ = Describe("A bucket policy", func() {
	var bucket string

	BeforeEach(func(ctx SpecContext) { bucket = makeBucket(ctx) })

	// setPolicy puts a policy of the given statements, in which BUCKET stands for the bucket.
	setPolicy := func(ctx context.Context, statements string) error {
		text := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[%s]}`, strings.ReplaceAll(statements, "BUCKET", bucket))
		_, err := pathStyle().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: &text})
		return err
	}
	put := func(ctx context.Context, key string, options ...func(*s3.Options)) error {
		_, err := pathStyle().PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("x")}, options...)
		return err
	}
	const onlyTLS = `{"Sid":"tls","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::BUCKET","arn:aws:s3:::BUCKET/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}},
		{"Sid":"version","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::BUCKET","arn:aws:s3:::BUCKET/*"],"Condition":{"NumericLessThan":{"s3:TlsVersion":"1.2"}}}`

	It("should be given back as it was put, and be gone when it is deleted", func(ctx SpecContext) {
		Expect(setPolicy(ctx, onlyTLS)).To(Succeed())
		got, err := pathStyle().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		Expect(*got.Policy).To(MatchJSON(`{"Version":"2012-10-17","Statement":[` + strings.ReplaceAll(onlyTLS, "BUCKET", bucket) + `]}`))
		_, err = pathStyle().DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		_, err = pathStyle().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
		Expect(err).To(code("NoSuchBucketPolicy"))
	})

	It("should be gone with its bucket", func(ctx SpecContext) {
		Expect(setPolicy(ctx, onlyTLS)).To(Succeed())
		_, err := pathStyle().DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		_, err = pathStyle().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
		Expect(err).To(code("NoSuchBucket"))
		_, err = pathStyle().CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		_, err = pathStyle().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
		Expect(err).To(code("NoSuchBucketPolicy"))
	})

	It("should stay when its bucket is not deleted, being in use", func(ctx SpecContext) {
		Expect(setPolicy(ctx, onlyTLS)).To(Succeed())
		Expect(put(ctx, "k")).To(Succeed())
		_, err := pathStyle().DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &bucket})
		Expect(err).To(code("BucketNotEmpty"))
		_, err = pathStyle().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
	})

	It("should let pass what its conditions do not hold for", func(ctx SpecContext) {
		Expect(setPolicy(ctx, onlyTLS)).To(Succeed())
		Expect(put(ctx, "k")).To(Succeed())
	})

	It("should deny plain HTTP", func(ctx SpecContext) {
		Expect(setPolicy(ctx, onlyTLS)).To(Succeed())
		Expect(put(ctx, "k", withHeader("X-Localcloud-Insecure", "true"))).To(And(
			code("AccessDenied"), MatchError(ContainSubstring("explicit deny in a resource-based policy"))))
		_, err := pathStyle().ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket}, withHeader("X-Localcloud-Insecure", "true"))
		Expect(err).To(code("AccessDenied"))
	})

	It("should deny an old TLS", func(ctx SpecContext) {
		Expect(setPolicy(ctx, onlyTLS)).To(Succeed())
		Expect(put(ctx, "k", withHeader("X-Localcloud-Tls-Version", "1.1"))).To(code("AccessDenied"))
		Expect(put(ctx, "k", withHeader("X-Localcloud-Tls-Version", "1.2"))).To(Succeed())
	})

	It("should deny objects under another key, and let pass those that name none", func(ctx SpecContext) {
		Expect(setPolicy(ctx, `{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET/*",
			"Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:us-east-1:123456789012:key/a"},
			"Null":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"false"}}}`)).To(Succeed())
		under := func(key string) error {
			_, err := pathStyle().PutObject(ctx, &s3.PutObjectInput{
				Bucket: &bucket, Key: aws.String("k"), Body: strings.NewReader("x"),
				ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: aws.String("arn:aws:kms:us-east-1:123456789012:key/" + key),
			})
			return err
		}
		Expect(under("b")).To(code("AccessDenied"))
		Expect(under("a")).To(Succeed())
		Expect(put(ctx, "k")).To(Succeed())
	})

	It("should deny a HEAD without a body", func(ctx SpecContext) {
		Expect(put(ctx, "k")).To(Succeed())
		Expect(setPolicy(ctx, onlyTLS)).To(Succeed())
		header := authorization("s3")
		header.Set("X-Localcloud-Insecure", "true")
		status, body := send(ctx, http.MethodHead, "/"+bucket+"/k", header, nil)
		Expect(status).To(Equal(http.StatusForbidden))
		Expect(body).To(BeEmpty())
	})

	It("should deny each of many objects by itself", func(ctx SpecContext) {
		Expect(setPolicy(ctx, `{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::BUCKET/keep/*"}`)).To(Succeed())
		for _, key := range []string{"keep/a", "drop/a"} {
			Expect(put(ctx, key)).To(Succeed())
		}
		drop := func(keys ...string) *s3.DeleteObjectsOutput {
			var objects []types.ObjectIdentifier
			for _, key := range keys {
				objects = append(objects, types.ObjectIdentifier{Key: &key})
			}
			out, err := pathStyle().DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: objects}})
			Expect(err).NotTo(HaveOccurred())
			return out
		}
		out := drop("keep/a", "drop/a")
		Expect(out.Deleted).To(HaveExactElements(HaveField("Key", HaveValue(Equal("drop/a")))))
		Expect(out.Errors).To(HaveExactElements(And(HaveField("Key", HaveValue(Equal("keep/a"))), HaveField("Code", HaveValue(Equal("AccessDenied"))))))
		Expect(drop("keep/a").Errors).To(HaveLen(1))
		left, err := pathStyle().ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		Expect(left.Contents).To(HaveExactElements(HaveField("Key", HaveValue(Equal("keep/a")))))
	})

	It("should deny a copy from what may not be read", func(ctx SpecContext) {
		Expect(put(ctx, "secret")).To(Succeed())
		Expect(setPolicy(ctx, `{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/secret"}`)).To(Succeed())
		other := makeBucket(ctx)
		_, err := pathStyle().CopyObject(ctx, &s3.CopyObjectInput{Bucket: &other, Key: aws.String("k"), CopySource: aws.String(bucket + "/secret")})
		Expect(err).To(code("AccessDenied"))
	})

	It("should let an anonymous caller do what it allows, and nothing else", func(ctx SpecContext) {
		Expect(put(ctx, "open/a")).To(Succeed())
		Expect(put(ctx, "shut/a")).To(Succeed())
		Expect(setPolicy(ctx, `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/open/*"}`)).To(Succeed())
		reply := func(method, path string) int {
			status, _ := send(ctx, method, path, nil, strings.NewReader(""))
			return status
		}
		Expect(reply(http.MethodGet, "/"+bucket+"/open/a")).To(Equal(http.StatusOK))
		Expect(reply(http.MethodGet, "/"+bucket+"/shut/a")).To(Equal(http.StatusForbidden))
		Expect(reply(http.MethodPut, "/"+bucket+"/open/b")).To(Equal(http.StatusForbidden))
		Expect(reply(http.MethodDelete, "/"+bucket+"/open/a")).To(Equal(http.StatusForbidden))
		Expect(reply(http.MethodGet, "/"+bucket)).To(Equal(http.StatusForbidden))
		Expect(reply(http.MethodGet, "/")).To(Equal(http.StatusForbidden))
	})

	It("should name the caller that it denies", func(ctx SpecContext) {
		Expect(setPolicy(ctx, `{"Effect":"Deny","Principal":{"AWS":"123456789012"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET/*"}`)).To(Succeed())
		Expect(put(ctx, "k")).To(MatchError(ContainSubstring("User: arn:aws:sts::123456789012:user/moto is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::" + bucket + "/k\"")))
	})

	DescribeTable("should be refused, and leave the one before it,",
		func(ctx SpecContext, text, message string) {
			Expect(setPolicy(ctx, onlyTLS)).To(Succeed())
			_, err := pathStyle().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: &text})
			Expect(err).To(And(code("MalformedPolicy"), MatchError(ContainSubstring(message))))
			_, err = pathStyle().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
			Expect(err).NotTo(HaveOccurred())
		},
		Entry("when it is no JSON", "Deny everything", "first byte must be '{'"),
		Entry("when it is about another bucket", `{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other"}}`, "Policy has invalid resource"),
		Entry("when it is too large", `{"Id":"`+strings.Repeat("x", 20480)+`"}`, "maximum allowed document size"),
	)

	It("should not let the public in where the bucket blocks that", func(ctx SpecContext) {
		_, err := pathStyle().PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
			Bucket: &bucket, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicPolicy: aws.Bool(true)},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(setPolicy(ctx, `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*"}`)).To(code("AccessDenied"))
		Expect(setPolicy(ctx, onlyTLS)).To(Succeed())
	})

	It("should say whether it is public", func(ctx SpecContext) {
		_, err := pathStyle().GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: &bucket})
		Expect(err).To(code("NoSuchBucketPolicy"))
		Expect(setPolicy(ctx, `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*"}`)).To(Succeed())
		out, err := pathStyle().GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		Expect(*out.PolicyStatus.IsPublic).To(BeTrue())
	})

	It("should be refused for a bucket that does not exist", func(ctx SpecContext) {
		bucket = "bucket-that-nobody-made"
		Expect(setPolicy(ctx, onlyTLS)).To(code("NoSuchBucket"))
	})
})

var _ = Describe("A lifecycle configuration", func() {
	It("should be given back whole, and be gone when it is deleted", func(ctx SpecContext) {
		bucket := makeBucket(ctx)
		rules := []types.LifecycleRule{
			{
				ID: aws.String("old"), Status: types.ExpirationStatusEnabled,
				Filter:                      &types.LifecycleRuleFilter{And: &types.LifecycleRuleAndOperator{Prefix: aws.String("a/"), ObjectSizeGreaterThan: aws.Int64(10)}},
				NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(30), NewerNoncurrentVersions: aws.Int32(2)},
			},
			{
				Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: aws.String("")},
				AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(1)},
			},
		}
		_, err := pathStyle().PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
			Bucket: &bucket, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: rules},
			TransitionDefaultMinimumObjectSize: types.TransitionDefaultMinimumObjectSizeVariesByStorageClass,
		})
		Expect(err).NotTo(HaveOccurred())
		out, err := pathStyle().GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		Expect(out.TransitionDefaultMinimumObjectSize).To(Equal(types.TransitionDefaultMinimumObjectSizeVariesByStorageClass))
		Expect(out.Rules).To(HaveLen(2))
		Expect(out.Rules[0]).To(Equal(rules[0]))
		Expect(*out.Rules[1].ID).NotTo(BeEmpty())
		_, err = pathStyle().DeleteBucketLifecycle(ctx, &s3.DeleteBucketLifecycleInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		_, err = pathStyle().GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: &bucket})
		Expect(err).To(code("NoSuchLifecycleConfiguration"))
	})
})

var _ = Describe("A bucket with versions", func() {
	It("should be emptied of delete markers when it keeps no more versions", func(ctx SpecContext) {
		bucket, key := makeBucket(ctx), "reports/a"
		keepVersions := func(status types.BucketVersioningStatus) {
			_, err := pathStyle().PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
				Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: status},
			})
			Expect(err).NotTo(HaveOccurred())
		}
		keepVersions(types.BucketVersioningStatusEnabled)
		object, err := pathStyle().PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("x")})
		Expect(err).NotTo(HaveOccurred())
		marker, err := pathStyle().DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key})
		Expect(err).NotTo(HaveOccurred())
		keepVersions(types.BucketVersioningStatusSuspended) // as a deployment does that removes everything
		for _, version := range []*string{object.VersionId, marker.VersionId} {
			_, err = pathStyle().DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key, VersionId: version})
			Expect(err).NotTo(HaveOccurred())
		}
		held, err := pathStyle().ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		Expect(held.DeleteMarkers).To(BeEmpty())
		Expect(held.Versions).To(BeEmpty())
	}, NodeTimeout(30*time.Second))
})
