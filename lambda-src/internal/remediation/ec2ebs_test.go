package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

var _ = Describe("The remediation of EBS's default encryption", func() {
	ctx := context.Background()
	target := resource.Resource{Type: "AWS::::Account", ID: account, Account: account, Region: "us-east-1"}
	var cloud *fakeEC2
	var fix remediation.Remediation

	BeforeEach(func() {
		cloud = &fakeEC2{encrypted: aws.Bool(false), errs: map[string]error{}}
		fix = remediation.All(remediation.Clients{EC2: cloud}, keyARN)[remediation.EBSDefaultEncryption]
	})

	It("should turn it on, and off again to undo that", func() {
		plan := undone(fix, target, nil)
		Expect(plan.Changes).To(Equal([]remediation.Change{{Property: "EbsEncryptionByDefault", Before: "false", After: "true"}}))
		Expect(plan.After).To(MatchJSON(`{"encrypted":true}`))
		Expect(cloud.written).To(HaveExactElements("EnableEbsEncryptionByDefault", "EnableEbsEncryptionByDefault",
			"DisableEbsEncryptionByDefault", "DisableEbsEncryptionByDefault"))
	})

	It("should leave alone what is on, and know no tags of it", func() {
		cloud.encrypted = aws.Bool(true)
		plan, err := planned(fix, target)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Changes).To(BeEmpty())
		Expect(fix.Tags(ctx, target)).To(BeNil())
	})

	It("should pass on EC2's refusals", func() {
		for operation, states := range map[string][2]string{
			"EnableEbsEncryptionByDefault":  {`{"encrypted":false}`, `{"encrypted":true}`},
			"DisableEbsEncryptionByDefault": {`{"encrypted":true}`, `{"encrypted":false}`},
		} {
			cloud.errs[operation] = answer("UnauthorizedOperation")
			Expect(fix.Write(ctx, target, remediation.State(states[0]), remediation.State(states[1]))).To(MatchError(cloud.errs[operation]))
		}
		cloud.errs["GetEbsEncryptionByDefault"] = answer("RequestLimitExceeded")
		Expect(fix.Read(ctx, target)).Error().To(MatchError(cloud.errs["GetEbsEncryptionByDefault"]))
	})

	It("should not take an answer without a value for off", func() {
		cloud.encrypted = nil
		Expect(fix.Read(ctx, target)).Error().To(MatchError(ContainSubstring("does not say whether it is on")))
	})
})
