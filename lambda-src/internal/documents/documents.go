// Package documents keeps JSON documents in the reports bucket, and lets many writers share one by conditional writes.
// It knows S3 by two calls only, so that it links no client of S3: packages awshttp and store have one each.
//
// No request names a key or an algorithm: the bucket's default encryption applies, and its policy refuses others.
package documents

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
)

// maxDocument is the largest document that is read, in bytes. The monitor's own are far smaller.
const maxDocument = 4 << 20

const jsonType = "application/json"

// Why a conditional write wrote nothing, and why a document could not be read.
var (
	ErrExists   = errors.New("the object exists already")
	ErrChanged  = errors.New("somebody else has changed the object")
	ErrNotFound = errors.New("there is no such object")
)

// Bucket is a bucket of S3. Its errors have AWS's codes, as package awserr reads them.
type Bucket interface {
	Name() string
	Put(ctx context.Context, key string, write Write) (etag string, err error)
	Get(ctx context.Context, key string) (content io.ReadCloser, etag string, err error)
}

// Write is what is written, and on which condition.
type Write struct {
	Body        io.ReadSeeker
	ContentType string
	IfNone      bool   // only if there is no object yet
	IfMatch     string // only over the object with this ETag, unless it is ""
}

// Version identifies the content of an object, for a write on the condition that it is still the same.
type Version string

// Store is the reports bucket.
type Store struct{ bucket Bucket }

// New is the store in a bucket.
func New(bucket Bucket) *Store { return &Store{bucket: bucket} }

// URL is where a person finds the object: s3://bucket/key.
func (s *Store) URL(key string) string {
	return "s3://" + s.bucket.Name() + "/" + key
}

// Create writes a document that must not exist yet. It returns ErrExists, and writes nothing, when it does.
// The document may be the caller's own: S3 had written it, but its answer was lost and the client tried again.
func (s *Store) Create(ctx context.Context, key string, document any) (Version, error) {
	content, err := encode(document)
	if err != nil {
		return "", fmt.Errorf("creating %s: %w", s.URL(key), err)
	}
	version, err := s.put(ctx, key, Write{Body: bytes.NewReader(content), ContentType: jsonType, IfNone: true})
	if awserr.IsPreconditionFailed(err) {
		return "", fmt.Errorf("creating %s: %w", s.URL(key), ErrExists)
	}
	if err != nil {
		return "", fmt.Errorf("creating %s: %w", s.URL(key), err)
	}
	return version, nil
}

// Replace writes a document over the version that was read or written before. It returns ErrChanged, and writes
// nothing, when that version is no longer the current one.
func (s *Store) Replace(ctx context.Context, key string, document any, old Version) (Version, error) {
	content, err := encode(document)
	if err != nil {
		return "", fmt.Errorf("replacing %s: %w", s.URL(key), err)
	}
	if old == "" { // it would be no condition at all
		return "", fmt.Errorf("replacing %s: the version is unknown: %w", s.URL(key), ErrChanged)
	}
	version, err := s.put(ctx, key, Write{Body: bytes.NewReader(content), ContentType: jsonType, IfMatch: string(old)})
	if awserr.IsPreconditionFailed(err) || awserr.IsNoSuchObject(err) {
		return s.landed(ctx, key, content)
	}
	if err != nil {
		return "", fmt.Errorf("replacing %s: %w", s.URL(key), err)
	}
	return version, nil
}

// landed tells a write that lost against another one from a write that S3 had done, whose answer was lost,
// and which the client tried again.
func (s *Store) landed(ctx context.Context, key string, content []byte) (Version, error) {
	current, version, err := s.ReadRaw(ctx, key)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && !bytes.Equal(current, content):
		return "", fmt.Errorf("replacing %s: %w", s.URL(key), ErrChanged)
	case err != nil:
		return "", fmt.Errorf("replacing %s: %w", s.URL(key), err)
	}
	return version, nil
}

// Write writes a document, whatever is there.
func (s *Store) Write(ctx context.Context, key string, document any) error {
	content, err := encode(document)
	if err != nil {
		return fmt.Errorf("writing %s: %w", s.URL(key), err)
	}
	if _, err := s.put(ctx, key, Write{Body: bytes.NewReader(content), ContentType: jsonType}); err != nil {
		return fmt.Errorf("writing %s: %w", s.URL(key), err)
	}
	return nil
}

// WriteFile writes the content of a file, from its start.
func (s *Store) WriteFile(ctx context.Context, key, contentType string, file *os.File) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("writing %s: %w", s.URL(key), err)
	}
	_, err := s.bucket.Put(ctx, key, Write{Body: file, ContentType: contentType})
	if err != nil {
		return fmt.Errorf("writing %s: %w", s.URL(key), err)
	}
	return nil
}

// Read reads a document. It returns ErrNotFound when there is none, and an error for one that is cut off, too large
// or not what document expects.
func (s *Store) Read(ctx context.Context, key string, document any) (Version, error) {
	content, version, err := s.ReadRaw(ctx, key)
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(content, document); err != nil {
		return "", fmt.Errorf("reading %s: decoding: %w", s.URL(key), err)
	}
	return version, nil
}

// ReadRaw reads an object's content as it is. Its errors are Read's.
func (s *Store) ReadRaw(ctx context.Context, key string) ([]byte, Version, error) {
	body, etag, err := s.bucket.Get(ctx, key)
	if awserr.IsNoSuchObject(err) {
		return nil, "", fmt.Errorf("reading %s: %w", s.URL(key), ErrNotFound)
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading %s: %w", s.URL(key), err)
	}
	content, err := io.ReadAll(io.LimitReader(body, maxDocument+1))
	if err := errors.Join(err, body.Close()); err != nil {
		return nil, "", fmt.Errorf("reading %s: %w", s.URL(key), err)
	}
	if len(content) > maxDocument {
		return nil, "", fmt.Errorf("reading %s: it is larger than %d bytes", s.URL(key), maxDocument)
	}
	if etag == "" {
		return nil, "", fmt.Errorf("reading %s: the answer has no ETag", s.URL(key))
	}
	return content, Version(etag), nil
}

func encode(document any) ([]byte, error) {
	content, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return content, nil
}

func (s *Store) put(ctx context.Context, key string, write Write) (Version, error) {
	etag, err := s.bucket.Put(ctx, key, write)
	if err == nil && etag == "" {
		err = errors.New("the answer has no ETag")
	}
	return Version(etag), err
}
