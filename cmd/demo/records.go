package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	contract "github.com/compliance-monitor/compliance-monitor/contract/undo"
)

// Record is what the remediator has recorded about one result of AWS Config.
type Record struct {
	ID       string            `json:"id"`
	Rule     string            `json:"rule"`
	Resource string            `json:"resourceId"`
	Ordering time.Time         `json:"orderingTimestamp"` // of the local cloud
	Outcome  Ending            `json:"outcome"`
	Why      string            `json:"why"`
	Changes  []contract.Change `json:"changes"`
	Updated  time.Time         `json:"updatedAt"` // of this machine
}

// records reads the remediator's records; what has not changed since is not read again.
type records struct {
	world  *world
	bucket string
	known  map[string]Record // by key and ETag
}

// since are the records about results that are not older than a moment of the local cloud.
func (r *records) since(ctx context.Context, begun time.Time) ([]Record, error) {
	var found []Record
	pages := s3.NewListObjectsV2Paginator(r.world.s3, &s3.ListObjectsV2Input{Bucket: &r.bucket, Prefix: aws.String(names.RemediationsPrefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the remediator's records: %w", err)
		}
		for _, object := range page.Contents {
			name := aws.ToString(object.Key) + aws.ToString(object.ETag)
			record, known := r.known[name]
			if !known {
				if err := r.world.read(ctx, r.bucket, aws.ToString(object.Key), &record); err != nil {
					return nil, err
				}
				r.known[name] = record
			}
			if !record.Ordering.Before(begun) {
				found = append(found, record)
			}
		}
	}
	return found, nil
}

// of is the newest record about a resource under a rule.
func of(all []Record, rule, resource string) (Record, bool) {
	var newest Record
	for _, record := range all {
		if record.Rule == rule && record.Resource == resource && !record.Ordering.Before(newest.Ordering) {
			newest = record
		}
	}
	return newest, newest.ID != ""
}

// object reads a whole object.
func (w *world) object(ctx context.Context, bucket, key string) ([]byte, error) {
	out, err := w.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, fmt.Errorf("reading s3://%s/%s: %w", bucket, key, err)
	}
	content, err := io.ReadAll(out.Body)
	if err := errors.Join(err, out.Body.Close()); err != nil {
		return nil, fmt.Errorf("reading s3://%s/%s: %w", bucket, key, err)
	}
	return content, nil
}

// read reads an object of JSON.
func (w *world) read(ctx context.Context, bucket, key string, into any) error {
	content, err := w.object(ctx, bucket, key)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("reading s3://%s/%s: %w", bucket, key, err)
	}
	return nil
}
