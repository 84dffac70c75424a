// Package awserr says what an error of AWS means, by its code and never by its text.
package awserr

import (
	"errors"

	"github.com/aws/smithy-go"
)

// Codes that the functions act on.
const (
	codeNoSuchKey           = "NoSuchKey"
	codeNotFound            = "NotFound"
	codeNoSuchBucket        = "NoSuchBucket"
	codePreconditionFailed  = "PreconditionFailed"
	codeNoEncryption        = "ServerSideEncryptionConfigurationNotFoundError"
	codeNoTagSet            = "NoSuchTagSet"
	codeNoPublicAccessBlock = "NoSuchPublicAccessBlockConfiguration"
	codeNoBucketPolicy      = "NoSuchBucketPolicy"
	codeNoDBInstance        = "DBInstanceNotFound"
	codeNoSuchConfigRule    = "NoSuchConfigRuleException"
	CodeConditionalConflict = "ConditionalRequestConflict" // S3's answer to one of two conditional writes at once: try again
)

// Code is the error code that AWS answered with, or "" for an error that is not an answer of AWS.
func Code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// IsNoSuchObject says that an S3 object does not exist. Without s3:ListBucket on the bucket
// S3 answers AccessDenied in its place, which is not counted here.
func IsNoSuchObject(err error) bool { return is(err, codeNoSuchKey, codeNotFound) }

// IsNoSuchBucket says that a bucket does not exist.
func IsNoSuchBucket(err error) bool { return is(err, codeNoSuchBucket) }

// IsPreconditionFailed says that the condition of a conditional write did not hold, so that nothing was written.
func IsPreconditionFailed(err error) bool { return is(err, codePreconditionFailed) }

// IsNoEncryption says that a bucket has no default encryption.
func IsNoEncryption(err error) bool { return is(err, codeNoEncryption) }

// IsNoTags says that a bucket has no tags.
func IsNoTags(err error) bool { return is(err, codeNoTagSet) }

// IsNoPublicAccessBlock says that a bucket has no settings of Block Public Access of its own.
func IsNoPublicAccessBlock(err error) bool { return is(err, codeNoPublicAccessBlock) }

// IsNoBucketPolicy says that a bucket has no policy.
func IsNoBucketPolicy(err error) bool { return is(err, codeNoBucketPolicy) }

// IsNoDBInstance says that a DB instance does not exist.
func IsNoDBInstance(err error) bool { return is(err, codeNoDBInstance) }

// IsNoSuchConfigRule says that a Config rule does not exist.
func IsNoSuchConfigRule(err error) bool { return is(err, codeNoSuchConfigRule) }

func is(err error, codes ...string) bool {
	code := Code(err)
	for _, want := range codes {
		if code == want {
			return true
		}
	}
	return false
}
