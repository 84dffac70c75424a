package objects_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/objects"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

var errAWS = errors.New("AWS is not well")

// fakeS3 is S3 with one answer to each call.
type fakeS3 struct {
	err     error
	put     *s3.PutObjectInput
	content string
	body    io.ReadCloser
	pages   []*s3.ListObjectsV2Output
	tokens  []string
	prefix  string
	deleted string
}

func (f *fakeS3) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	content, err := io.ReadAll(in.Body)
	f.put, f.content = in, string(content)
	return &s3.PutObjectOutput{}, errors.Join(err, f.err)
}

func (f *fakeS3) GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	return &s3.GetObjectOutput{Body: f.body}, f.err
}

func (f *fakeS3) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	f.prefix, f.tokens = *in.Prefix, append(f.tokens, aws.ToString(in.ContinuationToken))
	if len(f.pages) == 0 {
		return nil, f.err
	}
	page := f.pages[0]
	f.pages = f.pages[1:]
	return page, nil
}

func (f *fakeS3) DeleteObject(_ context.Context, in *s3.DeleteObjectInput, _ ...func(*s3.Options)) (*s3.DeleteObjectOutput, error) {
	f.deleted = *in.Key
	return &s3.DeleteObjectOutput{}, f.err
}

func page(next string, keys ...string) *s3.ListObjectsV2Output {
	out := &s3.ListObjectsV2Output{NextContinuationToken: aws.String(next)}
	for _, key := range keys {
		out.Contents = append(out.Contents, types.Object{Key: aws.String(key), LastModified: aws.Time(time.Unix(1, 0))})
	}
	return out
}

// breaking is a body that breaks off, or can't be closed.
type breaking struct {
	io.Reader
	closing error
}

func (b breaking) Close() error { return b.closing }

var _ = Describe("The bucket", func() {
	var (
		client *fakeS3
		bucket *objects.Bucket
		ctx    = context.Background()
	)

	BeforeEach(func() {
		client = &fakeS3{}
		bucket = objects.New(client, "reports")
	})

	It("should write content with its type, and nothing about encryption", func() {
		Expect(bucket.Name()).To(Equal("reports"))
		Expect(bucket.Put(ctx, "a/b", "text/html", []byte("content"))).To(Succeed())
		Expect(*client.put.Bucket + " " + *client.put.Key + " " + *client.put.ContentType).To(Equal("reports a/b text/html"))
		Expect(client.put.ServerSideEncryption).To(BeEmpty())
		Expect(client.content).To(Equal("content"))
		client.err = errAWS
		Expect(bucket.Put(ctx, "a/b", "text/html", nil)).To(And(MatchError(errAWS), MatchError(ContainSubstring("writing s3://reports/a/b"))))
	})

	It("should copy content, and tell what is not there from what can't be read", func() {
		var out bytes.Buffer
		client.body = io.NopCloser(strings.NewReader("content"))
		Expect(bucket.Copy(ctx, "a/b", &out)).To(Succeed())
		Expect(out.String()).To(Equal("content"))
		client.err = &smithy.GenericAPIError{Code: "NoSuchKey"}
		Expect(bucket.Copy(ctx, "a/b", &out)).To(MatchError(store.ErrNotFound))
		client.err = errAWS
		Expect(bucket.Copy(ctx, "a/b", &out)).To(And(MatchError(errAWS), MatchError(ContainSubstring("reading s3://reports/a/b"))))
	})

	It("should not take content that breaks off for all of it", func() {
		for _, body := range []breaking{
			{Reader: io.MultiReader(strings.NewReader("con"), breakingReader{})},
			{Reader: strings.NewReader("content"), closing: errAWS},
		} {
			client.body = body
			Expect(bucket.Copy(ctx, "a/b", io.Discard)).To(MatchError(ContainSubstring("reading s3://reports/a/b")))
		}
	})

	It("should list all pages, past empty ones, until that is enough", func() {
		var found []objects.Object
		use := func(object objects.Object) bool { found = append(found, object); return len(found) < 3 }
		client.pages = []*s3.ListObjectsV2Output{page("1", "a"), page("2"), page("", "b")}
		Expect(bucket.List(ctx, "a/", use)).To(Succeed())
		Expect(client.prefix).To(Equal("a/"))
		Expect(client.tokens).To(Equal([]string{"", "1", "2"}))
		Expect(found).To(Equal([]objects.Object{{Key: "a", Modified: time.Unix(1, 0)}, {Key: "b", Modified: time.Unix(1, 0)}}))
		client.pages = []*s3.ListObjectsV2Output{page("1", "c", "d"), page("", "e")}
		Expect(bucket.List(ctx, "a/", use)).To(Succeed())
		Expect(found).To(HaveLen(3))
	})

	It("should not list for ever, and say what it can't list", func() {
		use := func(objects.Object) bool { return true }
		client.pages = []*s3.ListObjectsV2Output{page("1"), page("1")}
		Expect(bucket.List(ctx, "a/", use)).To(MatchError(ContainSubstring("the answer's next page is the page itself")))
		client.err = errAWS
		Expect(bucket.List(ctx, "a/", use)).To(And(MatchError(errAWS), MatchError(ContainSubstring("listing s3://reports/a/*"))))
	})

	It("should delete", func() {
		Expect(bucket.Delete(ctx, "a/b")).To(Succeed())
		Expect(client.deleted).To(Equal("a/b"))
		client.err = errAWS
		Expect(bucket.Delete(ctx, "a/b")).To(And(MatchError(errAWS), MatchError(ContainSubstring("deleting s3://reports/a/b"))))
	})
})

type breakingReader struct{}

func (breakingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
