package aggregator_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
)

// fault is what happens to a call.
type fault int

const (
	none        fault = iota
	failBefore        // nothing is done, and it fails
	failAfter         // it is done, and fails
	crashBefore       // nothing is done, and the run is over
	crashAfter        // it is done, and the run is over
	deadline          // the time for reading runs out while it is made
	truncate          // it is done, and the answer's body breaks off
)

// errAWS is what a call fails with that is made to fail; errCrash what all calls fail with after a crash.
var (
	errAWS   = errors.New("AWS is not well")
	errCrash = errors.New("the run is over")
)

func coded(code string) error { return &smithy.GenericAPIError{Code: code, Message: "as told"} }

type object struct {
	content  []byte
	modified time.Time
}

// world is AWS: a bucket, AWS Config and a topic, of which every call can be made to fail.
type world struct {
	objects map[string]object
	rules   map[string][][]string // pages of results, by rule; each written TYPE/ID=COMPLIANCE
	many    int                   // results of the rule monitor-test-many, which is there if there are any
	mails   []awshttp.Message
	metrics []string
	clock   time.Time
	disk    string // folder to keep the bucket's content in; "" is in memory

	calls   []string
	fault   func(call string, n int) fault // n counts the calls, from 1
	failing map[string]error               // by call, with these errors
	over    bool
	cancel  context.CancelFunc // ends the time for reading
}

func newWorld() *world {
	return &world{
		objects: map[string]object{}, rules: map[string][][]string{}, clock: now,
		fault: func(string, int) fault { return none }, failing: map[string]error{},
	}
}

// call notes a call and makes do, unless it is to fail.
func (w *world) call(ctx context.Context, name string, do func() error) error {
	w.calls = append(w.calls, name)
	if w.over {
		return errCrash
	}
	if err := w.failing[name]; err != nil {
		return err
	}
	kind := w.fault(name, len(w.calls))
	switch kind {
	case failBefore:
		return errAWS
	case crashBefore:
		w.over = true
		return errCrash
	case deadline:
		w.cancel()
	default:
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := do()
	switch kind {
	case failAfter:
		return errAWS
	case crashAfter:
		w.over = true
		return errCrash
	default:
		return err
	}
}

func etag(content []byte) string {
	sum := md5.Sum(content)
	return hex.EncodeToString(sum[:])
}

func (w *world) PutObject(ctx context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	if w.disk != "" {
		return w.putOnDisk(in)
	}
	content, err := io.ReadAll(in.Body)
	if err != nil {
		return nil, err
	}
	err = w.call(ctx, "PUT "+*in.Key, func() error {
		old, there := w.objects[*in.Key]
		if in.IfNoneMatch != nil && there || in.IfMatch != nil && there && *in.IfMatch != etag(old.content) {
			return coded("PreconditionFailed")
		}
		if in.IfMatch != nil && !there {
			return coded("NoSuchKey")
		}
		w.objects[*in.Key] = object{content: content, modified: w.clock}
		return nil
	})
	return &s3.PutObjectOutput{ETag: aws.String(etag(content))}, err
}

func (w *world) GetObject(ctx context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	if w.disk != "" {
		return w.getFromDisk(in)
	}
	var out *s3.GetObjectOutput
	n := len(w.calls) + 1
	err := w.call(ctx, "GET "+*in.Key, func() error {
		found, there := w.objects[*in.Key]
		if !there {
			return coded("NoSuchKey")
		}
		var body io.Reader = bytes.NewReader(found.content)
		if w.fault("GET "+*in.Key, n) == truncate {
			body = io.MultiReader(bytes.NewReader(found.content[:len(found.content)/2]), broken{})
		}
		out = &s3.GetObjectOutput{Body: io.NopCloser(body), ETag: aws.String(etag(found.content))}
		return nil
	})
	return out, err
}

// putOnDisk and getFromDisk stream, so that the bucket takes no memory of the process. They know no condition.
func (w *world) putOnDisk(in *s3.PutObjectInput) (*s3.PutObjectOutput, error) {
	name := filepath.Join(w.disk, url.PathEscape(*in.Key))
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(file, in.Body)
	w.objects[*in.Key] = object{modified: w.clock}
	return &s3.PutObjectOutput{ETag: aws.String("etag")}, errors.Join(err, file.Close())
}

func (w *world) getFromDisk(in *s3.GetObjectInput) (*s3.GetObjectOutput, error) {
	if _, there := w.objects[*in.Key]; !there {
		return nil, coded("NoSuchKey")
	}
	file, err := os.Open(filepath.Join(w.disk, url.PathEscape(*in.Key)))
	return &s3.GetObjectOutput{Body: file, ETag: aws.String("etag")}, err
}

// broken is the rest of a body that breaks off.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func (w *world) ListObjectsV2(ctx context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	out := &s3.ListObjectsV2Output{}
	err := w.call(ctx, "LIST "+*in.Prefix, func() error {
		for _, key := range w.keys(*in.Prefix) {
			out.Contents = append(out.Contents, s3types.Object{Key: aws.String(key), LastModified: aws.Time(w.objects[key].modified)})
		}
		return nil
	})
	return out, err
}

func (w *world) DeleteObject(ctx context.Context, in *s3.DeleteObjectInput, _ ...func(*s3.Options)) (*s3.DeleteObjectOutput, error) {
	return &s3.DeleteObjectOutput{}, w.call(ctx, "DELETE "+*in.Key, func() error { delete(w.objects, *in.Key); return nil })
}

func (w *world) Publish(ctx context.Context, message awshttp.Message) (string, error) {
	return "message", w.call(ctx, "Publish", func() error { w.mails = append(w.mails, message); return nil })
}

func (w *world) DescribeConfigRules(ctx context.Context, _ string) (awshttp.ConfigRules, error) {
	var out awshttp.ConfigRules
	err := w.call(ctx, "DescribeConfigRules", func() error {
		for name := range w.rules {
			out.Rules = append(out.Rules, awshttp.ConfigRule{Name: name})
		}
		if w.many > 0 {
			out.Rules = append(out.Rules, awshttp.ConfigRule{Name: "monitor-test-many"})
		}
		return nil
	})
	return out, err
}

func (w *world) GetComplianceDetailsByConfigRule(ctx context.Context, query awshttp.ComplianceQuery) (awshttp.Compliance, error) {
	var out awshttp.Compliance
	page, _ := strconv.Atoi(query.Token)
	err := w.call(ctx, fmt.Sprintf("PAGE %s %d", query.Rule, page), func() error {
		if query.Rule == "monitor-test-many" {
			out = w.manyResults(page)
			return nil
		}
		pages := w.rules[query.Rule]
		if page < len(pages) {
			for _, text := range pages[page] {
				out.Results = append(out.Results, evaluation(text))
			}
		}
		if page+1 < len(pages) {
			out.Next = strconv.Itoa(page + 1)
		}
		return nil
	})
	return out, err
}

func (w *world) manyResults(page int) (out awshttp.Compliance) {
	for i := page * 100; i < min(page*100+100, w.many); i++ {
		compliance := "COMPLIANT"
		if i%10 == 0 {
			compliance = "NON_COMPLIANT"
		}
		out.Results = append(out.Results, evaluation(fmt.Sprintf("AWS::S3::Bucket/bucket-%x=%s", i*7919, compliance)))
	}
	if page*100+100 < w.many {
		out.Next = strconv.Itoa(page + 1)
	}
	return out
}

func evaluation(text string) awshttp.Evaluation {
	resource, compliance, _ := strings.Cut(text, "=")
	kind, id, _ := strings.Cut(resource, "/")
	return awshttp.Evaluation{ResourceType: kind, ResourceID: id, Compliance: compliance, Ordering: ordering, Recorded: recorded}
}

// Emit notes a metric: NAME{DIMENSION=VALUE} VALUE UNIT.
func (w *world) Emit(name string, unit emf.Unit, value float64, dimensions ...emf.Dimension) {
	for _, dimension := range dimensions {
		name += "{" + dimension.Name + "=" + dimension.Value + "}"
	}
	w.metrics = append(w.metrics, fmt.Sprintf("%s %g %s", name, value, unit))
	slices.Sort(w.metrics)
}

// keys are the keys that start with a prefix, sorted.
func (w *world) keys(prefix string) []string {
	var keys []string
	for key := range w.objects {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// count is how many calls there were of one kind.
func (w *world) count(prefix string) int {
	count := 0
	for _, call := range w.calls {
		if strings.HasPrefix(call, prefix) {
			count++
		}
	}
	return count
}
