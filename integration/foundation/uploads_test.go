package foundation_test

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Headers with which a request to localcloud says how it would have come to AWS.
const (
	insecure   = "X-Localcloud-Insecure"
	tlsVersion = "X-Localcloud-Tls-Version"
)

// refusal is AWS's code for a request that a policy denies.
const refusal = "AccessDenied"

// anotherKey is a key that is not the deployment's.
const anotherKey = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"

// code is AWS's code of an error, or empty where there is no error.
func code(err error) string {
	var fault smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &fault):
		return fault.ErrorCode()
	default:
		return err.Error()
	}
}

// with adds headers to a request.
func with(headers map[string]string) func(*s3.Options) {
	return func(options *s3.Options) {
		for name, value := range headers {
			options.APIOptions = append(options.APIOptions, smithyhttp.AddHeaderValue(name, value))
		}
	}
}

// upload puts an object into the bucket with a request that is changed first.
func upload(
	ctx context.Context, name string, change func(context.Context, *s3.PutObjectInput), headers map[string]string,
) error {
	input := &s3.PutObjectInput{Bucket: &bucket, Key: &name, Body: strings.NewReader("content")}
	change(ctx, input)
	_, err := clients.S3.PutObject(ctx, input, with(headers))
	return err
}

// plain is a request as it is.
func plain(context.Context, *s3.PutObjectInput) {}

var _ = Describe("The reports bucket's policy", func() {
	DescribeTable("should let in, to be encrypted with the key, an upload that",
		func(ctx SpecContext, name string, change func(context.Context, *s3.PutObjectInput), headers map[string]string) {
			Expect(upload(ctx, name, change, headers)).To(Succeed())
			Expect(clients.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &name})).To(HaveValue(And(
				HaveField("ServerSideEncryption", types.ServerSideEncryptionAwsKms),
				HaveField("SSEKMSKeyId", HaveValue(Equal(*key(ctx).Arn))),
				HaveField("BucketKeyEnabled", HaveValue(BeTrue())),
			)))
		},
		Entry("says nothing of encryption", "state/silent", plain, nil),
		Entry("names the key", "state/named", func(ctx context.Context, input *s3.PutObjectInput) {
			input.ServerSideEncryption, input.SSEKMSKeyId = types.ServerSideEncryptionAwsKms, key(ctx).Arn
			input.BucketKeyEnabled = aws.Bool(true)
		}, nil),
		Entry("comes over TLS 1.2", "state/tls", plain, map[string]string{tlsVersion: "1.2"}),
	)

	DescribeTable("should refuse an upload that",
		func(ctx SpecContext, change func(context.Context, *s3.PutObjectInput), headers map[string]string) {
			Expect(code(upload(ctx, "state/refused", change, headers))).To(Equal(refusal))
		},
		Entry("comes over plain HTTP", plain, map[string]string{insecure: "true"}),
		Entry("comes over TLS 1.1", plain, map[string]string{tlsVersion: "1.1"}),
		Entry("names another key", func(_ context.Context, input *s3.PutObjectInput) {
			input.ServerSideEncryption, input.SSEKMSKeyId = types.ServerSideEncryptionAwsKms, aws.String(anotherKey)
		}, nil),
		Entry("asks for KMS without naming a key", func(_ context.Context, input *s3.PutObjectInput) {
			input.ServerSideEncryption = types.ServerSideEncryptionAwsKms
		}, nil),
		Entry("asks for S3's own keys", func(_ context.Context, input *s3.PutObjectInput) {
			input.ServerSideEncryption = types.ServerSideEncryptionAes256
		}, nil),
		Entry("brings a key of its own", func(_ context.Context, input *s3.PutObjectInput) {
			input.SSECustomerAlgorithm = aws.String("AES256")
			input.SSECustomerKey = aws.String("a key of thirty-two bytes: 32 32")
		}, nil),
	)

	DescribeTable("should refuse to read or list over",
		func(ctx SpecContext, headers map[string]string) {
			name := "state/read"
			Expect(upload(ctx, name, plain, nil)).To(Succeed())
			Expect(clients.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &name})).Error().NotTo(HaveOccurred())
			_, err := clients.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &name}, with(headers))
			Expect(code(err)).To(Equal(refusal))
			_, err = clients.S3.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket}, with(headers))
			Expect(code(err)).To(Equal(refusal))
		},
		Entry("plain HTTP", map[string]string{insecure: "true"}),
		Entry("TLS 1.0", map[string]string{tlsVersion: "1.0"}),
	)
})
