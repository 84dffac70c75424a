package awserr_test

import (
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
)

var _ = Describe("An error of AWS", func() {
	answered := func(code string) error {
		return fmt.Errorf("calling: %w", &smithy.GenericAPIError{Code: code, Message: "NoSuchKey NoSuchBucket PreconditionFailed"})
	}

	DescribeTable("should mean what its code says and nothing else",
		func(code string, meant func(error) bool) {
			Expect(meant(answered(code))).To(BeTrue())
			Expect(meant(answered("AccessDenied"))).To(BeFalse())
			Expect(meant(errors.New(code))).To(BeFalse())
			Expect(meant(nil)).To(BeFalse())
		},
		Entry("a missing object", "NoSuchKey", awserr.IsNoSuchObject),
		Entry("a missing object, as HEAD has it", "NotFound", awserr.IsNoSuchObject),
		Entry("a missing bucket", "NoSuchBucket", awserr.IsNoSuchBucket),
		Entry("a condition that does not hold", "PreconditionFailed", awserr.IsPreconditionFailed),
		Entry("a bucket without default encryption", "ServerSideEncryptionConfigurationNotFoundError", awserr.IsNoEncryption),
		Entry("a bucket without tags", "NoSuchTagSet", awserr.IsNoTags),
		Entry("a bucket without settings of Block Public Access", "NoSuchPublicAccessBlockConfiguration", awserr.IsNoPublicAccessBlock),
		Entry("a bucket without a policy", "NoSuchBucketPolicy", awserr.IsNoBucketPolicy),
		Entry("a missing DB instance", "DBInstanceNotFound", awserr.IsNoDBInstance),
		Entry("a missing rule", "NoSuchConfigRuleException", awserr.IsNoSuchConfigRule),
	)
})
