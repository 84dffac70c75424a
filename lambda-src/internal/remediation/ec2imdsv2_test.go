package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
)

var _ = Describe("The remediation of the metadata service", func() {
	ctx := context.Background()
	var cloud *fakeEC2
	var fix remediation.Remediation

	BeforeEach(func() {
		cloud = &fakeEC2{instance: instance(), errs: map[string]error{}}
		fix = remediation.All(remediation.Clients{EC2: cloud}, keyARN)[remediation.EC2IMDSv2]
	})

	ofInstances(remediation.EC2IMDSv2)

	It("should require tokens, say nothing about what it keeps, and bring back what was", func() {
		plan := undone(fix, webserver, nil)
		Expect(plan.Changes).To(Equal([]remediation.Change{{Property: "HttpTokens", Before: "optional", After: "required"}}))
		Expect(plan.Before).To(MatchJSON(`{"httpTokens":"optional","httpEndpoint":"enabled"}`))
		Expect(cloud.asked).To(ContainElements(
			&ec2.ModifyInstanceMetadataOptionsInput{InstanceId: aws.String("i-1"), HttpTokens: "required", HttpEndpoint: "enabled"},
			&ec2.ModifyInstanceMetadataOptionsInput{InstanceId: aws.String("i-1"), HttpTokens: "optional", HttpEndpoint: "enabled"},
		))
		Expect(cloud.instance.MetadataOptions.HttpPutResponseHopLimit).To(Equal(aws.Int32(2)))
	})

	It("should leave alone an instance that requires tokens, even while that is pending", func() {
		cloud.instance.MetadataOptions.HttpTokens = types.HttpTokensStateRequired
		cloud.instance.MetadataOptions.State = types.InstanceMetadataOptionsStatePending
		plan, err := planned(fix, webserver)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Changes).To(BeEmpty())
	})

	It("should not open a metadata service that is off", func() {
		cloud.instance.MetadataOptions.HttpEndpoint = types.InstanceMetadataEndpointStateDisabled
		Expect(planned(fix, webserver)).Error().To(MatchError(ContainSubstring("its metadata service is off")))
	})

	It("should pass on EC2's refusal", func() {
		plan, err := planned(fix, webserver)
		Expect(err).NotTo(HaveOccurred())
		cloud.errs["ModifyInstanceMetadataOptions"] = answer("UnauthorizedOperation")
		Expect(fix.Write(ctx, webserver, plan.Before, plan.After)).To(MatchError(cloud.errs["ModifyInstanceMetadataOptions"]))
	})

	DescribeTable("should not plan from an answer",
		func(spoil func()) {
			spoil()
			Expect(fix.Read(ctx, webserver)).Error().To(MatchError(ContainSubstring("does not have its metadata options")))
		},
		Entry("without options", func() { cloud.instance.MetadataOptions = nil }),
		Entry("that does not say whether tokens are required", func() { cloud.instance.MetadataOptions.HttpTokens = "" }),
		Entry("that does not say whether the service is on", func() { cloud.instance.MetadataOptions.HttpEndpoint = "" }),
	)
})
