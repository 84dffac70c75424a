// Package objects lists, streams and deletes objects of the reports bucket, whatever they hold.
//
// No request names a key or an algorithm: the bucket's default encryption applies, and its policy refuses others.
package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// S3 is what is called of S3.
type S3 interface {
	PutObject(ctx context.Context, in *s3.PutObjectInput, options ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	GetObject(ctx context.Context, in *s3.GetObjectInput, options ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	ListObjectsV2(ctx context.Context, in *s3.ListObjectsV2Input, options ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
	DeleteObject(ctx context.Context, in *s3.DeleteObjectInput, options ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
}

// Bucket is the reports bucket.
type Bucket struct {
	client S3
	name   string
}

// New is the bucket with the given name.
func New(client S3, name string) *Bucket {
	return &Bucket{client: client, name: name}
}

// Name is the bucket's name.
func (b *Bucket) Name() string { return b.name }

// Object is one object in a list.
type Object struct {
	Key      string
	Modified time.Time // zero if S3 does not say
}

// Put writes an object, whatever is there.
func (b *Bucket) Put(ctx context.Context, key, contentType string, content []byte) error {
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(b.name), Key: aws.String(key), Body: bytes.NewReader(content), ContentType: aws.String(contentType),
	})
	if err != nil {
		return b.failed("writing", key, err)
	}
	return nil
}

// Copy writes an object's content to out. It returns store.ErrNotFound when there is no such object, and an error for
// content that ends before S3 said that it would; out has then a part of it.
func (b *Bucket) Copy(ctx context.Context, key string, out io.Writer) error {
	answer, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(b.name), Key: aws.String(key)})
	if awserr.IsNoSuchObject(err) {
		return b.failed("reading", key, store.ErrNotFound)
	}
	if err != nil {
		return b.failed("reading", key, err)
	}
	_, err = io.Copy(out, answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return b.failed("reading", key, err)
	}
	return nil
}

// errSameToken is the error of a list that would be read for ever.
var errSameToken = errors.New("the answer's next page is the page itself")

// List hands the objects whose keys start with prefix to use, in the order of their keys, until that returns false.
func (b *Bucket) List(ctx context.Context, prefix string, use func(Object) bool) error {
	var token *string
	for {
		page, err := b.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
			Bucket: aws.String(b.name), Prefix: aws.String(prefix), ContinuationToken: token,
		})
		if err != nil {
			return b.failed("listing", prefix+"*", err)
		}
		for _, object := range page.Contents {
			if !use(Object{Key: aws.ToString(object.Key), Modified: aws.ToTime(object.LastModified)}) {
				return nil
			}
		}
		next := aws.ToString(page.NextContinuationToken)
		if next == "" {
			return nil
		}
		if next == aws.ToString(token) {
			return b.failed("listing", prefix+"*", errSameToken)
		}
		token = &next
	}
}

// Delete deletes an object, if there is one.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(b.name), Key: aws.String(key)})
	if err != nil {
		return b.failed("deleting", key, err)
	}
	return nil
}

func (b *Bucket) failed(what, key string, err error) error {
	return fmt.Errorf("%s s3://%s/%s: %w", what, b.name, key, err)
}
