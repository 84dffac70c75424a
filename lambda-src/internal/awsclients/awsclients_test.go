package awsclients_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awsclients"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
)

const throttled = `{"__type":"ThrottlingException","message":"Rate exceeded"}`

var _ = Describe("A client", func() {
	var (
		handle   http.HandlerFunc
		settings awsclients.Settings
	)
	ctx := context.Background()

	BeforeEach(func() {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handle(w, r) }))
		DeferCleanup(server.Close)
		settings = awsclients.Settings{
			Region: "us-east-1", Endpoint: server.URL, MaxBackoff: time.Millisecond,
			Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", "session"),
		}
	})

	It("should call the endpoint that it is given, signed as the function, with the bucket in the path", func() {
		var asked *http.Request
		handle = func(_ http.ResponseWriter, r *http.Request) { asked = r.Clone(ctx) }
		_, err := awsclients.S3(settings).PutObject(ctx, &s3.PutObjectInput{
			Bucket: aws.String("reports"), Key: aws.String("a/b"), Body: strings.NewReader("x"),
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(asked.URL.Path).To(Equal("/reports/a/b"))
		Expect(asked.Header.Get("Authorization")).To(And(ContainSubstring("AKIDTEST"), ContainSubstring("/us-east-1/s3/")))
		Expect(asked.Header.Get("X-Amz-Security-Token")).To(Equal("session"))
		Expect(asked.Header.Get("X-Amz-Server-Side-Encryption")).To(BeEmpty(), "the bucket's default encryption is to apply")
		Expect(asked.Header.Get("X-Amz-Checksum-Crc32")).NotTo(BeEmpty(), "S3 is to notice what gets damaged on the way")
	})

	DescribeTable("should have the bucket in the path on this machine only",
		func(endpoint string, inPath bool) {
			settings.Endpoint = endpoint
			Expect(awsclients.S3(settings).Options().UsePathStyle).To(Equal(inPath))
		},
		Entry("AWS", "", false),
		Entry("localhost", "http://localhost:4566", true),
		Entry("IPv4's loopback", "http://127.0.0.1:4566", true),
		Entry("IPv6's loopback", "http://[::1]:4566", true),
		Entry("another host", "https://s3.example.com", false),
		Entry("no URL at all", "http://%zz", false),
	)

	It("should call AWS itself without an endpoint", func() {
		settings.Endpoint = ""
		Expect(awsclients.KMS(settings).Options().BaseEndpoint).To(BeNil())
	})

	It("should wait out throttling, and work again after a storm of it", func() {
		var storm atomic.Bool
		var calls atomic.Int64
		handle = func(w http.ResponseWriter, _ *http.Request) {
			if calls.Add(1); storm.Load() {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, throttled)
				return
			}
			_, _ = io.WriteString(w, `{"Tags":[]}`)
		}
		client := awsclients.KMS(settings)
		read := func() error {
			_, err := client.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: aws.String("k")})
			return err
		}

		storm.Store(true)
		const calling = 60 // the SDK's own bucket of 500 tokens, 5 a retry, would be empty after 12
		for range calling {
			Expect(awserr.Code(read())).To(Equal("ThrottlingException"))
		}
		Expect(calls.Load()).To(BeEquivalentTo(calling*10), "each call is tried ten times, to the end")

		storm.Store(false)
		Expect(read()).To(Succeed())
	})

	It("should get through when throttling ends before its attempts do", func() {
		var calls atomic.Int64
		handle = func(w http.ResponseWriter, _ *http.Request) {
			if calls.Add(1) < 10 {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, throttled)
				return
			}
			_, _ = io.WriteString(w, `{"Tags":[]}`)
		}
		_, err := awsclients.KMS(settings).ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: aws.String("k")})
		Expect(err).NotTo(HaveOccurred())
	})

	It("should try again when S3 was busy with another conditional write to the same key", func() {
		var calls atomic.Int64
		handle = func(w http.ResponseWriter, _ *http.Request) {
			if calls.Add(1) == 1 {
				w.WriteHeader(http.StatusConflict)
				_, _ = io.WriteString(w, `<Error><Code>ConditionalRequestConflict</Code></Error>`)
			}
		}
		_, err := awsclients.S3(settings).PutObject(ctx, &s3.PutObjectInput{
			Bucket: aws.String("b"), Key: aws.String("k"), Body: strings.NewReader("x"), IfNoneMatch: aws.String("*"),
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(calls.Load()).To(BeEquivalentTo(2))
	})

	It("should not try again what was refused for good", func() {
		var calls atomic.Int64
		handle = func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `<ErrorResponse><Error><Code>AuthorizationError</Code></Error></ErrorResponse>`)
		}
		_, err := awsclients.SNS(settings).Publish(ctx, awshttp.Message{Topic: "t", Body: "m"})
		Expect(awserr.Code(err)).To(Equal("AuthorizationError"))
		Expect(calls.Load()).To(BeEquivalentTo(1))
	})

	It("should wait up to 20 seconds between attempts unless told otherwise", func() {
		settings.MaxBackoff = 0
		retryer := awsclients.KMS(settings).Options().Retryer
		longest := time.Duration(0)
		for range 100 {
			delay, err := retryer.RetryDelay(9, fmt.Errorf("x"))
			Expect(err).NotTo(HaveOccurred())
			longest = max(longest, delay)
		}
		Expect(longest).To(And(BeNumerically("<=", 20*time.Second), BeNumerically(">", time.Second)))
	})

	It("should not take a body that is broken off for a whole one", func() {
		handle = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "200")
			_, _ = io.WriteString(w, `<VersioningConfiguration/>`)
		}
		_, err := awsclients.S3(settings).GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: aws.String("b")})
		Expect(err).To(MatchError(io.ErrUnexpectedEOF))
	})

	Context("when an answer has no body", func() {
		BeforeEach(func() {
			handle = func(http.ResponseWriter, *http.Request) {}
		})

		It("should not take it for a page without results", func() {
			_, err := awsclients.Config(settings).DescribeConfigRules(ctx, "")
			Expect(err).To(MatchError(awsclients.ErrEmptyAnswer))
		})

		It("should not take the first line of XML for a bucket that never had versioning, nor for no instances", func() {
			for _, content := range []string{"", " \n", `<?xml version="1.0" encoding="UTF-8"?>`, `<?xml version="1.0"?>` + "\n", `<?xml version="1.0"`} {
				handle = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, content) }
				_, err := awsclients.S3(settings).GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: aws.String("b")})
				Expect(err).To(MatchError(awsclients.ErrEmptyAnswer), content)
				_, err = awsclients.RDS(settings).DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{})
				Expect(err).To(MatchError(awsclients.ErrEmptyAnswer), content)
			}
		})

		It("should take it for an empty object", func() {
			_, err := awsclients.S3(settings).GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
			Expect(err).NotTo(HaveOccurred())
		})

		It("should leave an error without a body to its status", func() {
			var calls atomic.Int64
			handle = func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			_, err := awsclients.S3(settings).GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: aws.String("b")})
			Expect(err).To(And(HaveOccurred(), Not(MatchError(awsclients.ErrEmptyAnswer))))
			Expect(calls.Load()).To(BeEquivalentTo(10), "it is tried again")
		})

		It("should take it where there is nothing to say", func() {
			_, err := awsclients.KMS(settings).TagResource(ctx, &kms.TagResourceInput{KeyId: aws.String("k"), Tags: []types.Tag{}})
			Expect(err).NotTo(HaveOccurred())
		})
	})
})
