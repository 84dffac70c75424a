package undo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	contract "github.com/compliance-monitor/compliance-monitor/contract/undo"
)

// outcomeVerified is the outcome of records whose fix can be undone.
const outcomeVerified = "verified"

// largestRecord is how much of a record is read, in bytes.
const largestRecord = 4 << 20

// Fix is what a record tells of one fix.
type Fix struct {
	Key          string            `json:"-"`
	ID           string            `json:"id"`
	Rule         string            `json:"rule"`
	ResourceType string            `json:"resourceType"`
	ResourceID   string            `json:"resourceId"`
	Outcome      string            `json:"outcome"`
	Changes      []contract.Change `json:"changes"` // of the fix, not of its undoing
	Updated      time.Time         `json:"updatedAt"`
}

// Find finds the record that an operator names: by its id, by its key, or by its URL as mails have it.
func (o Operator) Find(ctx context.Context, name string) (Fix, error) {
	name = strings.TrimPrefix(name, "s3://"+o.Bucket+"/")
	if strings.HasPrefix(name, names.RemediationsPrefix) {
		return o.read(ctx, name)
	}
	if name == "" || strings.ContainsAny(name, "/:") {
		return Fix{}, fmt.Errorf("%q is not the id of a record: take it from the mail, or from the list that 'compliance undo' prints", name)
	}
	var found []string
	err := o.eachKey(ctx, func(key string) {
		if strings.HasPrefix(idOf(key), name) {
			found = append(found, key)
		}
	})
	switch {
	case err != nil:
		return Fix{}, err
	case len(found) == 0:
		return Fix{}, fmt.Errorf("there is no record whose id is or begins with %s in s3://%s/%s: "+
			"'compliance undo' without an id lists what can be undone", name, o.Bucket, names.RemediationsPrefix)
	case len(found) > 1:
		return Fix{}, fmt.Errorf("%d records have an id that begins with %s: give more of it (%s)", len(found), name, ids(found))
	}
	return o.read(ctx, found[0])
}

// ids are the first of the ids of records.
func ids(keys []string) string {
	const most = 5
	var all []string
	for _, key := range keys[:min(most, len(keys))] {
		all = append(all, idOf(key))
	}
	return strings.Join(all, ", ")
}

// idOf is the id in a record's key.
func idOf(key string) string {
	return strings.TrimSuffix(key[strings.LastIndex(key, "/")+1:], ".json")
}

// List lists the fixes that can be undone, the newest days first, and so many at most.
func (o Operator) List(ctx context.Context, most int) ([]Fix, error) {
	var keys []string
	err := o.eachKey(ctx, func(key string) { keys = append(keys, key) })
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(keys, func(a, b string) int { return strings.Compare(dayOf(b), dayOf(a)) })
	var fixes []Fix
	for _, key := range keys {
		if len(fixes) == most {
			break
		}
		fix, err := o.read(ctx, key)
		if err != nil {
			return nil, err
		}
		if fix.Outcome == outcomeVerified {
			fixes = append(fixes, fix)
		}
	}
	return fixes, nil
}

// dayOf is what comes before the id in a record's key.
func dayOf(key string) string {
	return key[:strings.LastIndex(key, "/")]
}

// eachKey hands the keys of all records to use.
func (o Operator) eachKey(ctx context.Context, use func(key string)) error {
	pages := s3.NewListObjectsV2Paginator(o.S3, &s3.ListObjectsV2Input{Bucket: &o.Bucket, Prefix: aws.String(names.RemediationsPrefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("listing the records in s3://%s/%s: %w", o.Bucket, names.RemediationsPrefix,
				explain(err, "s3:ListBucket on the bucket"))
		}
		for _, object := range page.Contents {
			use(aws.ToString(object.Key))
		}
	}
	return nil
}

func (o Operator) read(ctx context.Context, key string) (Fix, error) {
	url := "s3://" + o.Bucket + "/" + key
	object, err := o.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &o.Bucket, Key: &key})
	if code(err) == codeNoSuchKey {
		return Fix{}, fmt.Errorf("there is no record %s: 'compliance undo' without an id lists what can be undone", url)
	}
	if err != nil {
		return Fix{}, fmt.Errorf("reading the record %s: %w", url, explain(err, "s3:GetObject on it, and kms:Decrypt on the monitor's key"))
	}
	content, err := io.ReadAll(io.LimitReader(object.Body, largestRecord))
	if err := errors.Join(err, object.Body.Close()); err != nil {
		return Fix{}, fmt.Errorf("reading the record %s: %w", url, err)
	}
	fix := Fix{Key: key}
	if err := json.Unmarshal(content, &fix); err != nil {
		return Fix{}, fmt.Errorf("reading the record %s: it is damaged: %w; restore the object's version before", url, err)
	}
	return fix, nil
}
