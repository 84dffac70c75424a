package remediation

import (
	"bytes"
	"context"
	"encoding/json"
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

// S3 is what the remediation calls. Every call names the owner that the bucket must have, so that a bucket of another
// account is never touched, whatever its name.
//
// Permissions: s3:GetEncryptionConfiguration, s3:GetBucketTagging and s3:PutEncryptionConfiguration on arn:aws:s3:::*.
type S3 interface {
	GetBucketEncryption(
		ctx context.Context, in *s3.GetBucketEncryptionInput, options ...func(*s3.Options),
	) (*s3.GetBucketEncryptionOutput, error)
	PutBucketEncryption(
		ctx context.Context, in *s3.PutBucketEncryptionInput, options ...func(*s3.Options),
	) (*s3.PutBucketEncryptionOutput, error)
	GetBucketTagging(
		ctx context.Context, in *s3.GetBucketTaggingInput, options ...func(*s3.Options),
	) (*s3.GetBucketTaggingOutput, error)
}

type s3Encryption struct {
	client S3
	keyARN string
}

// NewS3DefaultEncryption makes new objects in a bucket be encrypted with the CMK of the given ARN, with a bucket key.
// It leaves a bucket alone that has a KMS key as its default already: somebody has chosen that key.
func NewS3DefaultEncryption(client S3, keyARN string) Remediation {
	return s3Encryption{client: client, keyARN: keyARN}
}

// encryption is a bucket's default encryption. The zero encryption is none.
type encryption struct {
	Algorithm string   `json:"algorithm,omitempty"`
	KeyID     string   `json:"kmsKeyId,omitempty"`
	BucketKey bool     `json:"bucketKeyEnabled,omitempty"`
	Blocked   []string `json:"blockedEncryptionTypes,omitempty"` // a write replaces these too, so they are kept
}

func (e s3Encryption) Tags(ctx context.Context, bucket resource.Resource) (map[string]string, error) {
	out, err := e.client.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{
		Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
	})
	switch {
	case awserr.IsNoTags(err):
		return nil, nil
	case awserr.IsNoSuchBucket(err):
		return nil, fmt.Errorf("reading the tags of bucket %s: %w", bucket.ID, ErrGone)
	case err != nil:
		return nil, fmt.Errorf("reading the tags of bucket %s: %w", bucket.ID, err)
	case len(out.TagSet) == 0:
		return nil, fmt.Errorf("reading the tags of bucket %s: the answer has no tags, where S3 would have said that there are none", bucket.ID)
	}
	tags := make(map[string]string, len(out.TagSet))
	for _, tag := range out.TagSet {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return tags, nil
}

func (e s3Encryption) Plan(ctx context.Context, bucket resource.Resource) (Plan, error) {
	current, err := e.read(ctx, bucket)
	if err != nil {
		return Plan{}, err
	}
	return planEncryption(current, e.keyARN), nil
}

// planEncryption decides what to change about a bucket's default encryption.
func planEncryption(current encryption, keyARN string) Plan {
	wanted := current
	if !strings.HasPrefix(current.Algorithm, string(types.ServerSideEncryptionAwsKms)) {
		wanted = encryption{
			Algorithm: string(types.ServerSideEncryptionAwsKms), KeyID: keyARN, BucketKey: true, Blocked: current.Blocked,
		}
	}
	var changes []Change
	for _, property := range []Change{
		{Property: "SSEAlgorithm", Before: current.Algorithm, After: wanted.Algorithm},
		{Property: "KMSMasterKeyID", Before: current.KeyID, After: wanted.KeyID},
		{Property: "BucketKeyEnabled", Before: strconv.FormatBool(current.BucketKey), After: strconv.FormatBool(wanted.BucketKey)},
	} {
		if property.Before != property.After {
			changes = append(changes, property)
		}
	}
	return Plan{Changes: changes, Before: current.document(), After: wanted.document()}
}

// document is the state as a remediation's record keeps it.
func (e encryption) document() json.RawMessage {
	content, _ := json.Marshal(e) //nolint:errchkjson // texts and truth values only: nothing in it could fail to marshal
	return content
}

func (e s3Encryption) Apply(ctx context.Context, bucket resource.Resource, plan Plan) error {
	var wanted encryption
	if err := json.Unmarshal(plan.After, &wanted); err != nil {
		return fmt.Errorf("reading the plan for bucket %s: %w", bucket.ID, err)
	}
	rule := types.ServerSideEncryptionRule{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{
			SSEAlgorithm: types.ServerSideEncryption(wanted.Algorithm), KMSMasterKeyID: aws.String(wanted.KeyID),
		},
		BucketKeyEnabled: aws.Bool(wanted.BucketKey),
	}
	if len(wanted.Blocked) > 0 {
		rule.BlockedEncryptionTypes = &types.BlockedEncryptionTypes{}
		for _, blocked := range wanted.Blocked {
			rule.BlockedEncryptionTypes.EncryptionType = append(rule.BlockedEncryptionTypes.EncryptionType, types.EncryptionType(blocked))
		}
	}
	_, err := e.client.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
		Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{rule}},
	})
	if err != nil {
		return fmt.Errorf("setting the default encryption of bucket %s: %w", bucket.ID, err)
	}
	return nil
}

func (e s3Encryption) Verify(ctx context.Context, bucket resource.Resource, plan Plan) error {
	current, err := e.read(ctx, bucket)
	if err != nil {
		return err
	}
	if found := current.document(); !bytes.Equal(found, plan.After) {
		return fmt.Errorf("verifying the default encryption of bucket %s: %w: it is %s", bucket.ID, ErrDiffers, found)
	}
	return nil
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
