// Package store is package documents by way of the SDK's client of S3, for the functions that have one anyway.
package store

import (
	"context"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/documents"
)

// Why a conditional write wrote nothing, and why a document could not be read.
var (
	ErrExists   = documents.ErrExists
	ErrChanged  = documents.ErrChanged
	ErrNotFound = documents.ErrNotFound
)

// Version identifies the content of an object, for a write on the condition that it is still the same.
type Version = documents.Version

// Store is the reports bucket.
type Store = documents.Store

// S3 is what the store calls.
type S3 interface {
	PutObject(ctx context.Context, in *s3.PutObjectInput, options ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	GetObject(ctx context.Context, in *s3.GetObjectInput, options ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

// New is the store in the bucket with the given name.
func New(client S3, name string) *Store {
	return documents.New(bucket{client: client, name: name})
}

type bucket struct {
	client S3
	name   string
}

// Name is the bucket's name.
func (b bucket) Name() string { return b.name }

// Put writes an object.
func (b bucket) Put(ctx context.Context, key string, write documents.Write) (string, error) {
	in := &s3.PutObjectInput{
		Bucket: aws.String(b.name), Key: aws.String(key), Body: write.Body, ContentType: aws.String(write.ContentType),
	}
	if write.IfNone {
		in.IfNoneMatch = aws.String("*")
	}
	if write.IfMatch != "" {
		in.IfMatch = aws.String(write.IfMatch)
	}
	out, err := b.client.PutObject(ctx, in)
	if err != nil {
		return "", err
	}
	return aws.ToString(out.ETag), nil
}

// Get reads an object.
func (b bucket) Get(ctx context.Context, key string) (io.ReadCloser, string, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(b.name), Key: aws.String(key)})
	if err != nil {
		return nil, "", err
	}
	return out.Body, aws.ToString(out.ETag), nil
}
