package store_test

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

type object struct {
	content []byte
	etag    string
	kind    string
}

// fakeS3 is a bucket that keeps the conditions of writes, and answers as it is told to.
type fakeS3 struct {
	objects map[string]object
	writes  int
	putErr  error // answer to the next write, in place of doing it
	lost    bool  // the next write is done, its answer lost, and the write tried again
	getErr  error
	mangle  func(out *s3.GetObjectOutput)
	noETag  bool
}

func answer(code string) error {
	return &smithy.GenericAPIError{Code: code}
}

func (f *fakeS3) PutObject(ctx context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	if f.putErr != nil {
		return nil, f.putErr
	}
	content, err := io.ReadAll(in.Body)
	if err != nil {
		return nil, err
	}
	current, exists := f.objects[*in.Key]
	switch {
	case in.IfNoneMatch != nil && exists, in.IfMatch != nil && exists && *in.IfMatch != current.etag:
		return nil, answer("PreconditionFailed")
	case in.IfMatch != nil && !exists:
		return nil, answer("NoSuchKey")
	}
	f.writes++
	etag := fmt.Sprintf(`"%d"`, f.writes)
	f.objects[*in.Key] = object{content: content, etag: etag, kind: aws.ToString(in.ContentType)}
	if f.lost {
		f.lost = false
		again := *in
		again.Body = bytes.NewReader(content)
		return f.PutObject(ctx, &again)
	}
	if f.noETag {
		return &s3.PutObjectOutput{}, nil
	}
	return &s3.PutObjectOutput{ETag: aws.String(etag)}, nil
}

func (f *fakeS3) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	if f.getErr != nil {
		return nil, f.getErr
	}
	current, exists := f.objects[*in.Key]
	if !exists {
		return nil, answer("NoSuchKey")
	}
	out := &s3.GetObjectOutput{Body: io.NopCloser(bytes.NewReader(current.content)), ETag: aws.String(current.etag)}
	if f.mangle != nil {
		f.mangle(out)
	}
	return out, nil
}
