package remediation

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// S3DefaultEncryption is the catalogue's name of the remediation.
const S3DefaultEncryption = "s3-default-encryption"

// S3Encryption is what the remediation calls.
type S3Encryption interface {
	GetBucketEncryption(
		ctx context.Context, in *s3.GetBucketEncryptionInput, options ...func(*s3.Options),
	) (*s3.GetBucketEncryptionOutput, error)
	PutBucketEncryption(
		ctx context.Context, in *s3.PutBucketEncryptionInput, options ...func(*s3.Options),
	) (*s3.PutBucketEncryptionOutput, error)
	DeleteBucketEncryption(
		ctx context.Context, in *s3.DeleteBucketEncryptionInput, options ...func(*s3.Options),
	) (*s3.DeleteBucketEncryptionOutput, error)
}

// newS3DefaultEncryption makes new objects in a bucket be encrypted with the CMK of the given ARN, with a bucket key.
// It leaves a bucket alone that has a KMS key as its default already: somebody has chosen that key.
func newS3DefaultEncryption(client S3, keyARN string) Remediation {
	calls := s3Encryption{client: client}
	return remedy[encryption]{
		tags: bucketTags(client), read: calls.read, write: calls.write, properties: encryption.properties,
		plan: func(_ resource.Resource, current encryption, _ Parameters) (encryption, error) {
			return planEncryption(current, keyARN), nil
		},
	}
}

type s3Encryption struct{ client S3Encryption }

// encryption is a bucket's default encryption. The zero encryption is none.
type encryption struct {
	Algorithm string   `json:"algorithm,omitempty"`
	KeyID     string   `json:"kmsKeyId,omitempty"`
	BucketKey bool     `json:"bucketKeyEnabled,omitempty"`
	Blocked   []string `json:"blockedEncryptionTypes,omitempty"` // a write replaces these too, so they are kept
}

func (e encryption) properties() []property {
	return []property{
		{"SSEAlgorithm", e.Algorithm}, {"KMSMasterKeyID", e.KeyID}, {"BucketKeyEnabled", strconv.FormatBool(e.BucketKey)},
	}
}

// planEncryption decides how a bucket is to encrypt.
func planEncryption(current encryption, keyARN string) encryption {
	if strings.HasPrefix(current.Algorithm, string(types.ServerSideEncryptionAwsKms)) {
		return current
	}
	return encryption{Algorithm: string(types.ServerSideEncryptionAwsKms), KeyID: keyARN, BucketKey: true, Blocked: current.Blocked}
}

func (e s3Encryption) write(ctx context.Context, bucket resource.Resource, _, to encryption) error {
	var err error
	if to.Algorithm == "" {
		_, err = e.client.DeleteBucketEncryption(ctx, &s3.DeleteBucketEncryptionInput{
			Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
		})
	} else {
		_, err = e.client.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
			Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
			ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{to.rule()}},
		})
	}
	if err != nil {
		return fmt.Errorf("setting the default encryption of bucket %s: %w", bucket.ID, err)
	}
	return nil
}

// rule is the encryption as S3 takes it.
func (e encryption) rule() types.ServerSideEncryptionRule {
	rule := types.ServerSideEncryptionRule{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryption(e.Algorithm)},
		BucketKeyEnabled:                   aws.Bool(e.BucketKey),
	}
	if e.KeyID != "" {
		rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID = aws.String(e.KeyID)
	}
	if len(e.Blocked) > 0 {
		rule.BlockedEncryptionTypes = &types.BlockedEncryptionTypes{}
		for _, blocked := range e.Blocked {
			rule.BlockedEncryptionTypes.EncryptionType = append(rule.BlockedEncryptionTypes.EncryptionType, types.EncryptionType(blocked))
		}
	}
	return rule
}

func (e s3Encryption) read(ctx context.Context, bucket resource.Resource) (encryption, error) {
	out, err := e.client.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{
		Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
	})
	switch {
	case awserr.IsNoEncryption(err):
		return encryption{}, nil
	case awserr.IsNoSuchBucket(err):
		return encryption{}, fmt.Errorf("reading the default encryption of bucket %s: %w", bucket.ID, ErrGone)
	case err != nil:
		return encryption{}, fmt.Errorf("reading the default encryption of bucket %s: %w", bucket.ID, err)
	case out.ServerSideEncryptionConfiguration == nil || len(out.ServerSideEncryptionConfiguration.Rules) != 1:
		return encryption{}, fmt.Errorf("reading the default encryption of bucket %s: the answer does not have exactly one rule", bucket.ID)
	}
	rule := out.ServerSideEncryptionConfiguration.Rules[0]
	if rule.ApplyServerSideEncryptionByDefault == nil || rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm == "" {
		return encryption{}, fmt.Errorf("reading the default encryption of bucket %s: the answer's rule does not name an algorithm", bucket.ID)
	}
	return newEncryption(rule), nil
}

func newEncryption(rule types.ServerSideEncryptionRule) encryption {
	current := encryption{
		Algorithm: string(rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm),
		KeyID:     aws.ToString(rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID),
		BucketKey: aws.ToBool(rule.BucketKeyEnabled),
	}
	if rule.BlockedEncryptionTypes != nil {
		for _, blocked := range rule.BlockedEncryptionTypes.EncryptionType {
			current.Blocked = append(current.Blocked, string(blocked))
		}
		slices.Sort(current.Blocked)
	}
	return current
}
