package remediation

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// S3PublicAccessBlock is the catalogue's name of the remediation.
const S3PublicAccessBlock = "s3-public-access-block"

// parameterPublicBuckets is the rule's list of buckets that may be public, separated by commas.
const parameterPublicBuckets = "excludedPublicBuckets"

// S3PublicAccess is what the remediation calls.
type S3PublicAccess interface {
	GetPublicAccessBlock(
		ctx context.Context, in *s3.GetPublicAccessBlockInput, options ...func(*s3.Options),
	) (*s3.GetPublicAccessBlockOutput, error)
	PutPublicAccessBlock(
		ctx context.Context, in *s3.PutPublicAccessBlockInput, options ...func(*s3.Options),
	) (*s3.PutPublicAccessBlockOutput, error)
	DeletePublicAccessBlock(
		ctx context.Context, in *s3.DeletePublicAccessBlockInput, options ...func(*s3.Options),
	) (*s3.DeletePublicAccessBlockOutput, error)
}

// newS3PublicAccessBlock turns on all four settings of Block Public Access for a bucket. Policies and ACLs that open the
// bucket stay as they are; they have no effect on the public any more.
func newS3PublicAccessBlock(client S3) Remediation {
	calls := s3PublicAccess{client: client}
	return remedy[publicAccess]{
		tags: bucketTags(client), read: calls.read, plan: planPublicAccess, write: calls.write, properties: publicAccess.properties,
	}
}

type s3PublicAccess struct{ client S3PublicAccess }

// publicAccess is a bucket's own Block Public Access. Not configured is not the same to AWS as everything off.
type publicAccess struct {
	Configured       bool `json:"configured"`
	BlockACLs        bool `json:"blockPublicAcls"`
	IgnoreACLs       bool `json:"ignorePublicAcls"`
	BlockPolicy      bool `json:"blockPublicPolicy"`
	RestrictedBucket bool `json:"restrictPublicBuckets"`
}

func (p publicAccess) properties() []property {
	value := func(on bool) string {
		if !p.Configured {
			return ""
		}
		return strconv.FormatBool(on)
	}
	return []property{
		{"BlockPublicAcls", value(p.BlockACLs)},
		{"IgnorePublicAcls", value(p.IgnoreACLs)},
		{"BlockPublicPolicy", value(p.BlockPolicy)},
		{"RestrictPublicBuckets", value(p.RestrictedBucket)},
	}
}

// planPublicAccess leaves out the buckets that the rule leaves out.
func planPublicAccess(bucket resource.Resource, current publicAccess, parameters Parameters) (publicAccess, error) {
	if slices.Contains(parameters.list(parameterPublicBuckets), bucket.ID) {
		return current, nil
	}
	return publicAccess{Configured: true, BlockACLs: true, IgnoreACLs: true, BlockPolicy: true, RestrictedBucket: true}, nil
}

func (p s3PublicAccess) write(ctx context.Context, bucket resource.Resource, _, to publicAccess) error {
	var err error
	if !to.Configured {
		_, err = p.client.DeletePublicAccessBlock(ctx, &s3.DeletePublicAccessBlockInput{
			Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
		})
	} else {
		_, err = p.client.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
			Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
			PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
				BlockPublicAcls: aws.Bool(to.BlockACLs), IgnorePublicAcls: aws.Bool(to.IgnoreACLs),
				BlockPublicPolicy: aws.Bool(to.BlockPolicy), RestrictPublicBuckets: aws.Bool(to.RestrictedBucket),
			},
		})
	}
	if err != nil {
		return fmt.Errorf("setting Block Public Access of bucket %s: %w", bucket.ID, err)
	}
	return nil
}

func (p s3PublicAccess) read(ctx context.Context, bucket resource.Resource) (publicAccess, error) {
	out, err := p.client.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{
		Bucket: aws.String(bucket.ID), ExpectedBucketOwner: aws.String(bucket.Account),
	})
	switch {
	case awserr.IsNoPublicAccessBlock(err):
		return publicAccess{}, nil
	case awserr.IsNoSuchBucket(err):
		return publicAccess{}, fmt.Errorf("reading Block Public Access of bucket %s: %w", bucket.ID, ErrGone)
	case err != nil:
		return publicAccess{}, fmt.Errorf("reading Block Public Access of bucket %s: %w", bucket.ID, err)
	case !hasAllSettings(out.PublicAccessBlockConfiguration):
		return publicAccess{}, fmt.Errorf("reading Block Public Access of bucket %s: the answer does not have all four settings", bucket.ID)
	}
	found := out.PublicAccessBlockConfiguration
	return publicAccess{
		Configured: true, BlockACLs: *found.BlockPublicAcls, IgnoreACLs: *found.IgnorePublicAcls,
		BlockPolicy: *found.BlockPublicPolicy, RestrictedBucket: *found.RestrictPublicBuckets,
	}, nil
}

// hasAllSettings says whether S3 has told all settings.
func hasAllSettings(found *types.PublicAccessBlockConfiguration) bool {
	return found != nil && found.BlockPublicAcls != nil && found.IgnorePublicAcls != nil &&
		found.BlockPublicPolicy != nil && found.RestrictPublicBuckets != nil
}
