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
	secureTransport  = "aws:SecureTransport"
	denySid          = "DenyInsecureTransport"
	policyVersion    = "2012-10-17"
	maxPolicyLength  = 20 * 1024 // bytes; S3's limit of a bucket's policy
	wholeBucket      = "/*"      // after a bucket's ARN: its objects
	everyone         = "*"
	anything         = "*"
	anythingOfS3     = "s3:*"
	conditionBool    = "Bool"
	conditionBoolToo = "BoolIfExists"
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

// tlsStatement is what matters of a statement in its canonical form, where a list of one is that one.
type tlsStatement struct {
	Sid, Effect                 string
	Principal, Action, Resource any
	Condition                   map[string]map[string]any
}

// deniesWithoutTLS says whether the statements together deny everyone everything without TLS, on each resource. It would
// rather miss a statement that is worded in an unusual way, and add one that changes nothing, than take one for more
// than it is.
func deniesWithoutTLS(statements []tlsStatement, resources []string) bool {
	return !slices.ContainsFunc(resources, func(name string) bool {
		return !slices.ContainsFunc(statements, func(s tlsStatement) bool { return s.deniesAllWithoutTLS() && s.covers(name) })
	})
}

func (s tlsStatement) deniesAllWithoutTLS() bool {
	principal := s.Principal
	if of, ok := principal.(map[string]any); ok {
		principal = of["AWS"]
	}
	return s.Effect == "Deny" && holds(principal, everyone) &&
		(holds(s.Action, anything) || holds(s.Action, anythingOfS3)) && s.onlyWithoutTLS()
}

// onlyWithoutTLS says whether the one condition of the statement is that the request is without TLS.
func (s tlsStatement) onlyWithoutTLS() bool {
	if len(s.Condition) != 1 {
		return false
	}
	for operator, keys := range s.Condition {
		for key, value := range keys {
			return len(keys) == 1 && (operator == conditionBool || operator == conditionBoolToo) &&
				strings.EqualFold(key, secureTransport) && value == "false"
		}
	}
	return false
}

// covers says whether the statement is about all of a resource: its patterns are compared as text, but for a * at the end.
func (s tlsStatement) covers(name string) bool {
	for _, pattern := range values(s.Resource) {
		prefix, open := strings.CutSuffix(pattern, anything)
		if pattern == name || open && !strings.ContainsAny(prefix, "*?") && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func holds(list any, value string) bool { return slices.Contains(values(list), value) }

// values are the texts of a list, or of what stands for a list of one.
func values(list any) []string {
	several, ok := list.([]any)
	if !ok {
		several = []any{list}
	}
	var texts []string
	for _, value := range several {
		if text, ok := value.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// freeSid is a name for the statement that no other one has.
func freeSid(statements []tlsStatement) string {
	sid := denySid
	for number := 2; slices.ContainsFunc(statements, func(s tlsStatement) bool { return s.Sid == sid }); number++ {
		sid = denySid + strconv.Itoa(number)
	}
	return sid
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
