package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

var _ = Describe("The remediation of S3's default encryption", func() {
	var bucket *fakeS3
	var fix remediation.Remediation
	ctx := context.Background()
	target := resource.Resource{Type: "AWS::S3::Bucket", ID: "data", Account: account, Region: "us-east-1"}

	BeforeEach(func() {
		bucket = &fakeS3{tags: map[string]string{}}
		fix = remediation.All(remediation.Clients{S3: bucket}, keyARN)[remediation.S3DefaultEncryption]
	})

	AfterEach(func() {
		Expect(bucket.owners).To(Or(BeEmpty(), HaveEach(account)), "no call may reach a bucket of another account")
	})

	DescribeTable("should plan exactly what differs",
		func(rule *types.ServerSideEncryptionRule, changes []remediation.Change) {
			bucket.rule = rule
			plan, err := planned(fix, target)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).To(Equal(changes))
			Expect(bucket.written).To(BeZero())
		},
		Entry("for a bucket without default encryption", nil, []remediation.Change{
			{Property: "SSEAlgorithm", Before: "", After: "aws:kms"},
			{Property: "KMSMasterKeyID", Before: "", After: keyARN},
			{Property: "BucketKeyEnabled", Before: "false", After: "true"},
		}),
		Entry("for a bucket with S3's own keys", encrypted(types.ServerSideEncryptionAes256, "", true), []remediation.Change{
			{Property: "SSEAlgorithm", Before: "AES256", After: "aws:kms"},
			{Property: "KMSMasterKeyID", Before: "", After: keyARN},
		}),
		Entry("nothing, for a bucket with our key", encrypted(types.ServerSideEncryptionAwsKms, keyARN, true), nil),
		Entry("nothing, for a bucket with a key that somebody chose", encrypted(types.ServerSideEncryptionAwsKms, "arn:theirs", false), nil),
		Entry("nothing, for a bucket that is encrypted twice", encrypted(types.ServerSideEncryptionAwsKmsDsse, "arn:theirs", false), nil),
	)

	It("should apply the plan, keep what else the write replaces, and verify it", func() {
		bucket.rule = encrypted(types.ServerSideEncryptionAes256, "", false, "SSE-C", "NONE")
		plan, err := planned(fix, target)
		Expect(err).NotTo(HaveOccurred())
		Expect(remediation.Verify(ctx, fix, target, plan.After)).To(MatchError(remediation.ErrDiffers))
		Expect(fix.Write(ctx, target, plan.Before, plan.After)).To(Succeed())
		Expect(bucket.rule).To(Equal(encrypted(types.ServerSideEncryptionAwsKms, keyARN, true, "NONE", "SSE-C")))
		Expect(remediation.Verify(ctx, fix, target, plan.After)).To(Succeed())

		again, err := planned(fix, target)
		Expect(err).NotTo(HaveOccurred())
		Expect(again.Changes).To(BeEmpty())
		Expect(again.Before).To(MatchJSON(plan.After), "a landed write is recognised by this")
	})

	It("should keep the whole state before and after in the plan", func() {
		bucket.rule = encrypted(types.ServerSideEncryptionAes256, "", false, "SSE-C")
		plan, err := planned(fix, target)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Before).To(MatchJSON(`{"algorithm":"AES256","blockedEncryptionTypes":["SSE-C"]}`))
		Expect(plan.After).To(MatchJSON(
			`{"algorithm":"aws:kms","kmsKeyId":"` + keyARN + `","bucketKeyEnabled":true,"blockedEncryptionTypes":["SSE-C"]}`))
	})

	DescribeTable("should bring back the state before",
		func(rule *types.ServerSideEncryptionRule) {
			bucket.rule = rule
			plan, err := planned(fix, target)
			Expect(err).NotTo(HaveOccurred())
			Expect(fix.Write(ctx, target, plan.Before, plan.After)).To(Succeed())
			Expect(fix.Write(ctx, target, plan.After, plan.Before)).To(Succeed())
			Expect(bucket.rule).To(Equal(rule))
			Expect(remediation.Verify(ctx, fix, target, plan.Before)).To(Succeed())
		},
		Entry("of a bucket without default encryption", nil),
		Entry("of a bucket with S3's own keys", encrypted(types.ServerSideEncryptionAes256, "", true, "SSE-C")),
	)

	DescribeTable("should not write what it can't read",
		func(from, to string) {
			Expect(fix.Write(ctx, target, remediation.State(from), remediation.State(to))).To(MatchError(ContainSubstring("reading the recorded state")))
			Expect(bucket.written).To(BeZero())
		},
		Entry("when the state is cut off", `{}`, `{"algo`),
		Entry("when the state before is cut off", `{"algo`, `{}`),
		Entry("when the state is of another version", `{}`, `{"algorithms":["AES256"]}`),
	)

	It("should not plan from a state that it can't read", func() {
		Expect(fix.Plan(target, remediation.State(`[]`), nil)).Error().To(MatchError(ContainSubstring("reading the recorded state")))
	})

	It("should pass on S3's refusal to write", func() {
		bucket.putErr = answer("AccessDenied")
		Expect(fix.Write(ctx, target, remediation.State(`{}`), remediation.State(`{"algorithm":"AES256"}`))).To(MatchError(bucket.putErr))
		Expect(fix.Write(ctx, target, remediation.State(`{}`), remediation.State(`{}`))).To(MatchError(bucket.putErr))
	})

	DescribeTable("should not plan, nor take for verified, what it could not read",
		func(spoil func(), wanted OmegaMatcher) {
			bucket.rule = encrypted(types.ServerSideEncryptionAes256, "", false)
			spoil()
			Expect(fix.Read(ctx, target)).Error().To(wanted)
			Expect(remediation.Verify(ctx, fix, target, nil)).To(wanted)
		},
		Entry("when S3 does not let it", func() { bucket.getErr = answer("AccessDenied") },
			And(HaveOccurred(), Not(MatchError(remediation.ErrGone)), Not(MatchError(remediation.ErrDiffers)))),
		Entry("when the bucket is gone", func() { bucket.getErr = answer("NoSuchBucket") }, MatchError(remediation.ErrGone)),
		Entry("when the answer is empty", func() {
			bucket.mangle = func(out *s3.GetBucketEncryptionOutput) { out.ServerSideEncryptionConfiguration = nil }
		}, MatchError(ContainSubstring("exactly one rule"))),
		Entry("when the answer has no rule", func() {
			bucket.mangle = func(out *s3.GetBucketEncryptionOutput) { out.ServerSideEncryptionConfiguration.Rules = nil }
		}, MatchError(ContainSubstring("exactly one rule"))),
		Entry("when the rule has no default", func() { bucket.rule.ApplyServerSideEncryptionByDefault = nil },
			MatchError(ContainSubstring("does not name an algorithm"))),
		Entry("when the rule has no algorithm", func() { bucket.rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm = "" },
			MatchError(ContainSubstring("does not name an algorithm"))),
	)

	Context("when reading tags", func() {
		It("should return them all", func() {
			bucket.tags = map[string]string{"a": "1", "b": ""}
			Expect(fix.Tags(ctx, target)).To(Equal(bucket.tags))
		})

		It("should know a bucket without tags", func() {
			bucket.tagErr = answer("NoSuchTagSet")
			Expect(fix.Tags(ctx, target)).To(BeEmpty())
		})

		It("should know that the bucket is gone", func() {
			bucket.tagErr = answer("NoSuchBucket")
			_, err := fix.Tags(ctx, target)
			Expect(err).To(MatchError(remediation.ErrGone))
		})

		It("should pass on S3's refusal", func() {
			bucket.tagErr = answer("AccessDenied")
			_, err := fix.Tags(ctx, target)
			Expect(err).To(MatchError(bucket.tagErr))
		})

		It("should not take an empty answer for a bucket without tags", func() {
			_, err := fix.Tags(ctx, target)
			Expect(err).To(MatchError(ContainSubstring("the answer has no tags")))
		})
	})
})
