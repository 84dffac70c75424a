package awshttp

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/documents"
)

const serviceS3 = "s3"

// Bucket is a bucket of S3.
type Bucket struct {
	client client
	name   string
}

// NewBucket is the bucket with the given name.
func NewBucket(settings Settings, name string) *Bucket {
	return &Bucket{client: newClient(settings), name: name}
}

// Name is the bucket's name.
func (b *Bucket) Name() string { return b.name }

// Put writes an object, on a condition if there is one, and returns its ETag. S3 compares what it gets with the hash in the
// signature, so nothing that was damaged on the way is kept.
func (b *Bucket) Put(ctx context.Context, key string, write documents.Write) (string, error) {
	content, err := io.ReadAll(write.Body)
	if err != nil {
		return "", fmt.Errorf("reading what is to be written: %w", err)
	}
	header := map[string]string{"Content-Type": write.ContentType}
	if write.IfNone {
		header["If-None-Match"] = "*"
	}
	if write.IfMatch != "" {
		header["If-Match"] = write.IfMatch
	}
	got, err := b.client.do(ctx, call{service: serviceS3, method: http.MethodPut, url: b.url(key), header: header, body: content})
	return got.header.Get("ETag"), err
}

// Get reads an object and its ETag.
func (b *Bucket) Get(ctx context.Context, key string) (io.ReadCloser, string, error) {
	got, err := b.client.do(ctx, call{service: serviceS3, method: http.MethodGet, url: b.url(key)})
	return io.NopCloser(strings.NewReader(got.body)), got.header.Get("ETag"), err
}

// listing is an answer of ListObjectsV2.
type listing struct {
	XMLName   xml.Name `xml:"ListBucketResult"`
	Truncated bool     `xml:"IsTruncated"`
	Next      string   `xml:"NextContinuationToken"`
	Contents  []struct {
		Key string `xml:"Key"`
	} `xml:"Contents"`
}

// List is all keys that begin with the prefix, in the order of their bytes.
func (b *Bucket) List(ctx context.Context, prefix string) ([]string, error) {
	var keys []string
	for token := ""; ; {
		query := "?list-type=2&prefix=" + escapeQuery(prefix)
		if token != "" {
			query += "&continuation-token=" + escapeQuery(token)
		}
		got, err := b.client.do(ctx, call{service: serviceS3, method: http.MethodGet, url: b.url("") + query})
		if err != nil {
			return nil, fmt.Errorf("listing s3://%s/%s: %w", b.name, prefix, err)
		}
		var page listing
		if err := xml.Unmarshal([]byte(got.body), &page); err != nil {
			return nil, fmt.Errorf("listing s3://%s/%s: reading the answer: %w", b.name, prefix, err)
		}
		for _, object := range page.Contents {
			keys = append(keys, object.Key)
		}
		switch {
		case !page.Truncated:
			return keys, nil
		case page.Next == "" || page.Next == token:
			return nil, fmt.Errorf("listing s3://%s/%s: there is more, but the answer does not say where", b.name, prefix)
		}
		token = page.Next
	}
}

func (b *Bucket) url(key string) string {
	return b.client.settings.bucketURL(b.name) + "/" + escape(key)
}
