package undo_test

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/cmd/undo"
	contract "github.com/compliance-monitor/compliance-monitor/contract/undo"
)

var ordering = time.Date(2026, time.November, 23, 13, 0, 0, 0, time.UTC)

const ours, before = "aws:kms " + keyARN, "AES256 "

// encrypt gives a bucket S3's own encryption.
func encrypt(ctx context.Context, name string) {
	GinkgoHelper()
	Expect(clients.S3.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
		Bucket: &name,
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256},
		}}},
	})).Error().NotTo(HaveOccurred())
}

// fixed makes a bucket that the remediator has fixed, and finds the fix in the operator's list.
func fixed(ctx context.Context, name string) undo.Fix {
	GinkgoHelper()
	Expect(clients.S3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})).Error().NotTo(HaveOccurred())
	encrypt(ctx, name)
	Expect(handle(ctx, violation(name, ordering))).To(And(HaveField("Fault", BeEmpty()), HaveField("Payload", MatchJSON("null"))))
	Expect(encryption(ctx, name)).To(Equal(ours))
	fixes, err := operator.List(ctx, 100)
	Expect(err).NotTo(HaveOccurred())
	for _, fix := range fixes {
		if fix.ResourceID == name {
			return fix
		}
	}
	Fail("the operator does not see the fix of " + name)
	return undo.Fix{}
}

var _ = Describe("A fix of the remediator", func() {
	It("should be undone by its id, for good", func(ctx SpecContext) {
		const name = "undone-bucket"
		listed := fixed(ctx, name)
		fix, err := operator.Find(ctx, listed.ID)
		Expect(err).NotTo(HaveOccurred())
		Expect(fix).To(Equal(listed))

		Expect(operator.Undo(ctx, fix, true)).To(HaveField("Outcome", contract.WouldUndo))
		Expect(encryption(ctx, name)).To(Equal(ours))
		Expect(operator.Undo(ctx, fix, false)).To(Equal(contract.Answer{
			Outcome: contract.Undone, Rule: "s3-encryption-kms", ResourceType: "AWS::S3::Bucket", ResourceID: name, Changes: fix.Back(),
		}))
		Expect(encryption(ctx, name)).To(Equal(before))
		Expect(operator.Undo(ctx, fix, false)).To(And(
			HaveField("Outcome", contract.Refused), HaveField("Why", HavePrefix("it was undone by ann on "))))

		Expect(handle(ctx, violation(name, ordering.Add(time.Hour))).Fault).To(BeEmpty())
		Expect(encryption(ctx, name)).To(Equal(before), "what an operator has undone is not fixed again")
	})

	It("should not be undone when the bucket has changed since", func(ctx SpecContext) {
		const name = "changed-bucket"
		fix := fixed(ctx, name)
		encrypt(ctx, name)
		Expect(operator.Undo(ctx, fix, false)).To(And(
			HaveField("Outcome", contract.Refused), HaveField("Why", ContainSubstring("has changed since the fix"))))
	})

	It("should not be undone when the bucket is gone", func(ctx SpecContext) {
		const name = "gone-bucket"
		fix := fixed(ctx, name)
		Expect(clients.S3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: new(name)})).Error().NotTo(HaveOccurred())
		Expect(operator.Undo(ctx, fix, false)).To(And(
			HaveField("Outcome", contract.Refused), HaveField("Why", ContainSubstring("does not exist any more"))))
	})

	It("should leave it to the operator to try again when the remediator fails", func(ctx SpecContext) {
		const name = "unlucky-bucket"
		fix := fixed(ctx, name)
		endpoint := remediator.Environment["AWS_ENDPOINT_URL"]
		remediator.Environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
		remediator.Timeout = time.Second
		DeferCleanup(func() {
			remediator.Environment["AWS_ENDPOINT_URL"], remediator.Timeout = endpoint, time.Minute
		})
		_, err := operator.Undo(ctx, fix, false)
		Expect(err).To(MatchError(And(ContainSubstring("undoing the fix"), ContainSubstring("Run the same command again"))))
		Expect(encryption(ctx, name)).To(Equal(ours))
	})
})
