package remediation_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

var data = resource.Resource{Type: "AWS::S3::Bucket", ID: "data", Account: account, Region: "us-east-1"}

// changes are what a plan shows to people.
type changes = []remediation.Change

// ofBucket is a remediation of a bucket.
func ofBucket(bucket *fakeS3, name string) remediation.Remediation {
	return remediation.All(remediation.Clients{S3: bucket}, keyARN)[name]
}

var _ = DescribeTableSubtree("A remediation of buckets",
	func(name string) {
		var bucket *fakeS3
		var fix remediation.Remediation
		ctx := context.Background()

		BeforeEach(func() {
			bucket = &fakeS3{tags: map[string]string{"Team": "shop"}}
			fix = ofBucket(bucket, name)
		})

		AfterEach(func() {
			Expect(bucket.owners).NotTo(BeEmpty())
			Expect(bucket.owners).To(HaveEach(account), "no call may reach a bucket of another account")
		})

		It("should read the tags", func() {
			Expect(fix.Tags(ctx, data)).To(Equal(bucket.tags))
		})

		It("should not take a refusal for a state", func() {
			bucket.getErr = answer("AccessDenied")
			Expect(fix.Read(ctx, data)).Error().To(And(MatchError(bucket.getErr), MatchError(ContainSubstring("bucket data")),
				Not(MatchError(remediation.ErrGone))))
		})

		It("should know that the bucket is gone", func() {
			bucket.getErr = answer("NoSuchBucket")
			Expect(fix.Read(ctx, data)).Error().To(MatchError(remediation.ErrGone))
		})

		It("should pass on the refusal of a write, which then has changed nothing", func() {
			before, err := fix.Read(ctx, data)
			Expect(err).NotTo(HaveOccurred())
			plan, err := fix.Plan(data, before, nil)
			Expect(err).NotTo(HaveOccurred())
			bucket.putErr = answer("AccessDenied")
			Expect(fix.Write(ctx, data, plan.Before, plan.After)).To(And(MatchError(bucket.putErr), MatchError(ContainSubstring("bucket data"))))
			Expect(fix.Read(ctx, data)).To(MatchJSON(before))
		})

		It("should come to the same end when it writes twice", func() {
			plan, err := planned(fix, data)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).NotTo(BeEmpty())
			for range 2 {
				Expect(fix.Write(ctx, data, plan.Before, plan.After)).To(Succeed())
				Expect(remediation.Verify(ctx, fix, data, plan.After)).To(Succeed())
			}
			again, err := planned(fix, data)
			Expect(err).NotTo(HaveOccurred())
			Expect(again.Changes).To(BeEmpty())
		})
	},
	Entry("that blocks public access", remediation.S3PublicAccessBlock),
	Entry("that turns on versioning", remediation.S3Versioning),
	Entry("that denies requests without TLS", remediation.S3TLSOnly),
)
