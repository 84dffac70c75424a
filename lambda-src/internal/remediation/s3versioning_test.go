package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
)

var _ = Describe("The remediation of buckets' versioning", func() {
	var bucket *fakeS3
	var fix remediation.Remediation
	ctx := context.Background()

	BeforeEach(func() {
		bucket = &fakeS3{}
		fix = ofBucket(bucket, remediation.S3Versioning)
	})

	versioned := func(status types.BucketVersioningStatus, mfa types.MFADeleteStatus) {
		bucket.version.Status, bucket.version.MFADelete = status, mfa
	}

	DescribeTable("should plan to turn it on",
		func(status types.BucketVersioningStatus, mfa types.MFADeleteStatus, wanted changes) {
			versioned(status, mfa)
			plan, err := planned(fix, data)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).To(Equal(wanted))
			Expect(bucket.written).To(BeZero())
		},
		Entry("for a bucket that never had it", types.BucketVersioningStatus(""), types.MFADeleteStatus(""),
			changes{{Property: "Status", After: "Enabled"}}),
		Entry("for a bucket where it is suspended", types.BucketVersioningStatusSuspended, types.MFADeleteStatusDisabled,
			changes{{Property: "Status", Before: "Suspended", After: "Enabled"}}),
		Entry("not for a bucket that has it", types.BucketVersioningStatusEnabled, types.MFADeleteStatusDisabled, nil),
		Entry("not for a bucket that has MFA delete, too", types.BucketVersioningStatusEnabled, types.MFADeleteStatusEnabled, nil),
	)

	DescribeTable("should say what only the root user can do",
		func(status types.BucketVersioningStatus, mfa types.MFADeleteStatus, asked, says string) {
			versioned(status, mfa)
			_, err := planned(fix, data, remediation.Parameters{"isMfaDeleteEnabled": asked})
			Expect(err).To(And(MatchError(remediation.ErrByHand), MatchError(ContainSubstring(says))))
		},
		Entry("turn on what needs MFA", types.BucketVersioningStatusSuspended, types.MFADeleteStatusEnabled, "false", "the bucket has MFA delete"),
		Entry("turn on MFA delete", types.BucketVersioningStatusEnabled, types.MFADeleteStatusDisabled, "True", "isMfaDeleteEnabled is true"),
		Entry("not what the parameter means", types.BucketVersioningStatusEnabled, types.MFADeleteStatusDisabled, "yes",
			`isMfaDeleteEnabled is "yes": expected true or false`),
	)

	It("should plan nothing for a bucket with the MFA delete that the rule asks for", func() {
		versioned(types.BucketVersioningStatusEnabled, types.MFADeleteStatusEnabled)
		plan, err := planned(fix, data, remediation.Parameters{"isMfaDeleteEnabled": "true"})
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Changes).To(BeEmpty())
	})

	It("should suspend it again where it was suspended, and keep MFA delete as it is", func() {
		versioned(types.BucketVersioningStatusSuspended, types.MFADeleteStatusDisabled)
		plan, err := planned(fix, data)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.After).To(MatchJSON(`{"status":"Enabled","mfaDelete":"Disabled"}`))
		Expect(fix.Write(ctx, data, plan.Before, plan.After)).To(Succeed())
		Expect(bucket.version.Status).To(Equal(types.BucketVersioningStatusEnabled))
		Expect(fix.Write(ctx, data, plan.After, plan.Before)).To(Succeed())
		Expect(bucket.version.Status).To(Equal(types.BucketVersioningStatusSuspended))
		Expect(remediation.Verify(ctx, fix, data, plan.Before)).To(Succeed())
	})

	It("should say that there is no way back to none, what is nearest, and write nothing", func() {
		plan, err := planned(fix, data)
		Expect(err).NotTo(HaveOccurred())
		Expect(fix.Write(ctx, data, plan.Before, plan.After)).To(Succeed())
		Expect(fix.Write(ctx, data, plan.After, plan.Before)).To(
			And(MatchError(remediation.ErrIrreversible), MatchError(ContainSubstring("Status=Suspended"))))
		Expect(bucket.written).To(Equal(1))
	})

	It("should not take a status that it does not know for none", func() {
		versioned("Paused", "")
		Expect(fix.Read(ctx, data)).Error().To(MatchError(ContainSubstring(`unknown status "Paused"`)))
	})
})
