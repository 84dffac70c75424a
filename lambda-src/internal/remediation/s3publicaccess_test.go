package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
)

// blocking is Block Public Access with the four settings in the order in which people read them.
func blocking(blockACLs, ignoreACLs, blockPolicy, restrict bool) *types.PublicAccessBlockConfiguration {
	return &types.PublicAccessBlockConfiguration{
		BlockPublicAcls: aws.Bool(blockACLs), IgnorePublicAcls: aws.Bool(ignoreACLs),
		BlockPublicPolicy: aws.Bool(blockPolicy), RestrictPublicBuckets: aws.Bool(restrict),
	}
}

var _ = Describe("The remediation of public access to buckets", func() {
	var bucket *fakeS3
	var fix remediation.Remediation
	ctx := context.Background()

	BeforeEach(func() {
		bucket = &fakeS3{}
		fix = ofBucket(bucket, remediation.S3PublicAccessBlock)
	})

	DescribeTable("should plan exactly the settings that are not on",
		func(block *types.PublicAccessBlockConfiguration, wanted changes) {
			bucket.block = block
			plan, err := planned(fix, data)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).To(Equal(wanted))
			Expect(bucket.written).To(BeZero())
		},
		Entry("for a bucket without settings", nil, changes{
			{Property: "BlockPublicAcls", After: "true"},
			{Property: "IgnorePublicAcls", After: "true"},
			{Property: "BlockPublicPolicy", After: "true"},
			{Property: "RestrictPublicBuckets", After: "true"},
		}),
		Entry("for a bucket with two of them", blocking(true, false, true, false), changes{
			{Property: "IgnorePublicAcls", Before: "false", After: "true"},
			{Property: "RestrictPublicBuckets", Before: "false", After: "true"},
		}),
		Entry("none for a bucket with all of them", blocking(true, true, true, true), nil),
	)

	DescribeTable("should leave out what the rule leaves out",
		func(excluded string, left bool) {
			plan, err := planned(fix, data, remediation.Parameters{"excludedPublicBuckets": excluded})
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes == nil).To(Equal(left))
		},
		Entry("a bucket that may be public", "website, data", true),
		Entry("not a bucket with a similar name", "data-more,,dat", false),
		Entry("not when none may be", "", false),
	)

	DescribeTable("should bring back the settings before",
		func(block *types.PublicAccessBlockConfiguration) {
			bucket.block = block
			plan, err := planned(fix, data)
			Expect(err).NotTo(HaveOccurred())
			Expect(fix.Write(ctx, data, plan.Before, plan.After)).To(Succeed())
			Expect(bucket.block).To(Equal(blocking(true, true, true, true)))
			Expect(fix.Write(ctx, data, plan.After, plan.Before)).To(Succeed())
			Expect(bucket.block).To(Equal(block))
			Expect(remediation.Verify(ctx, fix, data, plan.Before)).To(Succeed())
		},
		Entry("when there were none", nil),
		Entry("when all were off", blocking(false, false, false, false)),
		Entry("when the first was on", blocking(true, false, false, false)),
		Entry("when the second was on", blocking(false, true, false, false)),
		Entry("when the third was on", blocking(false, false, true, false)),
		Entry("when the fourth was on", blocking(false, false, false, true)),
	)

	DescribeTable("should not take an answer that lacks a setting for one that is off",
		func(spoil func(block *types.PublicAccessBlockConfiguration)) {
			bucket.block = blocking(true, true, true, true)
			spoil(bucket.block)
			Expect(fix.Read(ctx, data)).Error().To(MatchError(ContainSubstring("all four settings")))
		},
		Entry("the first", func(block *types.PublicAccessBlockConfiguration) { block.BlockPublicAcls = nil }),
		Entry("the second", func(block *types.PublicAccessBlockConfiguration) { block.IgnorePublicAcls = nil }),
		Entry("the third", func(block *types.PublicAccessBlockConfiguration) { block.BlockPublicPolicy = nil }),
		Entry("the fourth", func(block *types.PublicAccessBlockConfiguration) { block.RestrictPublicBuckets = nil }),
	)

	It("should not take an empty answer for no settings", func() {
		bucket.block, bucket.blank = blocking(true, true, true, true), true
		Expect(fix.Read(ctx, data)).Error().To(MatchError(ContainSubstring("all four settings")))
	})
})
