package remediation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// S3TLSOnly is the catalogue's name of the remediation.
const S3TLSOnly = "s3-tls-only"

const (
	policyVersion   = "2012-10-17"
	maxPolicyLength = 20 * 1024 // bytes; S3's limit of a bucket's policy
)

// S3BucketPolicy is what the remediation calls.
type S3BucketPolicy interface {
	GetBucketPolicy(ctx context.Context, in *s3.GetBucketPolicyInput, options ...func(*s3.Options)) (*s3.GetBucketPolicyOutput, error)
	PutBucketPolicy(ctx context.Context, in *s3.PutBucketPolicyInput, options ...func(*s3.Options)) (*s3.PutBucketPolicyOutput, error)
	DeleteBucketPolicy(
		ctx context.Context, in *s3.DeleteBucketPolicyInput, options ...func(*s3.Options),
	) (*s3.DeleteBucketPolicyOutput, error)
}

// newS3TLSOnly adds a statement to a bucket's policy that denies every request without TLS. The statements that are
// there stay.
func newS3TLSOnly(client S3) Remediation {
	calls := s3BucketPolicy{client: client}
	return remedy[bucketPolicy]{
		tags: bucketTags(client), read: calls.read, plan: planTLSOnly, write: calls.write, properties: bucketPolicy.properties,
	}
}

type s3BucketPolicy struct{ client S3BucketPolicy }

// properties leave out the statements that have nothing to do with TLS: a policy is too long for a mail.
func (p bucketPolicy) properties() []property {
	var about []string
	for _, statement := range p.Statements {
		if strings.Contains(statement, secureTransport) {
			about = append(about, statement)
		}
	}
	return []property{
		{"Statements", strconv.Itoa(len(p.Statements))}, {"Statements on " + secureTransport, strings.Join(about, " ")},
	}
}

// planTLSOnly adds the statement unless the policy denies the same already.
func planTLSOnly(bucket resource.Resource, current bucketPolicy, _ Parameters) (bucketPolicy, error) {
	arn, _ := bucket.ARN()
	resources := []string{arn, arn + wholeBucket}
	statements := make([]tlsStatement, len(current.Statements))
	for i, text := range current.Statements {
		if err := json.Unmarshal([]byte(text), &statements[i]); err != nil {
			return bucketPolicy{}, fmt.Errorf("reading statement %d of the policy: %w", i+1, err)
		}
	}
	if deniesWithoutTLS(statements, resources) {
		return current, nil
	}
	wanted := bucketPolicy{Version: current.Version, ID: current.ID, Statements: append(slices.Clone(current.Statements), compact(map[string]any{
		"Sid": freeSid(statements), "Effect": "Deny", "Principal": everyone, "Action": anythingOfS3, "Resource": resources,
		"Condition": map[string]any{conditionBool: map[string]any{secureTransport: "false"}},
	}))}
	if len(current.Statements) == 0 {
		wanted.Version = policyVersion
	}
	if length := len(wanted.text()); length > maxPolicyLength {
		return bucketPolicy{}, fmt.Errorf("the policy would have %d bytes with the statement, and S3 takes %d: shorten it first", length, maxPolicyLength)
	}
	return wanted, nil
}

// write looks once more before it writes: S3 takes a policy as a whole, and would lose what somebody has put into it
// in the meantime.
func (p s3BucketPolicy) write(ctx context.Context, bucket resource.Resource, from, to bucketPolicy) error {
	current, err := p.read(ctx, bucket)
	if err != nil {
		return err
	}
	switch found := current.text(); found {
	case to.text():
		return nil
	case from.text():
		return p.put(ctx, bucket, to)
	default:
		return fmt.Errorf("setting the policy of bucket %s: %w: it is now %s", bucket.ID, ErrDiffers, found)
	}
}

func (p s3BucketPolicy) put(ctx context.Context, bucket resource.Resource, to bucketPolicy) error {
	var err error
	if len(to.Statements) == 0 {
		_, err = p.client.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{
			Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
		})
	} else {
		_, err = p.client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{
			Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account), Policy: aws.String(to.text()),
		})
	}
	if err != nil {
		return fmt.Errorf("setting the policy of bucket %s: %w", bucket.ID, err)
	}
	return nil
}

func (p s3BucketPolicy) read(ctx context.Context, bucket resource.Resource) (bucketPolicy, error) {
	out, err := p.client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{
		Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
	})
	switch {
	case awserr.IsNoBucketPolicy(err):
		return bucketPolicy{}, nil
	case awserr.IsNoSuchBucket(err):
		return bucketPolicy{}, fmt.Errorf("reading the policy of bucket %s: %w", bucket.ID, ErrGone)
	case err != nil:
		return bucketPolicy{}, fmt.Errorf("reading the policy of bucket %s: %w", bucket.ID, err)
	}
	policy, err := parsePolicy(aws.ToString(out.Policy))
	if err != nil {
		return bucketPolicy{}, fmt.Errorf("reading the policy of bucket %s: %w", bucket.ID, err)
	}
	return policy, nil
}
