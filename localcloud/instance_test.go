package localcloud_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The metadata options of an EC2 instance", func() {
	var id string
	BeforeEach(func(ctx SpecContext) {
		id = runInstance(ctx)
		DeferCleanup(func(ctx SpecContext) { terminate(ctx, id) })
	})
	options := func(ctx SpecContext) string {
		GinkgoHelper()
		return part(query(ctx, "ec2", "DescribeInstances", "InstanceId.1", id), "(?s)<metadataOptions>(.*?)</metadataOptions>")
	}

	It("should stay as they are where a change does not name them", func(ctx SpecContext) {
		query(ctx, "ec2", "ModifyInstanceMetadataOptions", "InstanceId", id, "HttpTokens", "required")
		Expect(options(ctx)).To(SatisfyAll(
			ContainSubstring("<state>applied</state>"),
			ContainSubstring("<httpTokens>required</httpTokens>"),
			ContainSubstring("<httpEndpoint>enabled</httpEndpoint>"),
			ContainSubstring("<httpPutResponseHopLimit>1</httpPutResponseHopLimit>"),
			ContainSubstring("<httpProtocolIpv6>disabled</httpProtocolIpv6>"),
			ContainSubstring("<instanceMetadataTags>disabled</instanceMetadataTags>"),
		))
	})

	It("should keep what an earlier change set", func(ctx SpecContext) {
		query(ctx, "ec2", "ModifyInstanceMetadataOptions", "InstanceId", id, "HttpPutResponseHopLimit", "2",
			"HttpEndpoint", "disabled", "HttpProtocolIpv6", "enabled", "InstanceMetadataTags", "enabled", "HttpTokens", "required")
		query(ctx, "ec2", "ModifyInstanceMetadataOptions", "InstanceId", id, "HttpEndpoint", "enabled")
		Expect(options(ctx)).To(SatisfyAll(
			ContainSubstring("<httpTokens>required</httpTokens>"),
			ContainSubstring("<httpEndpoint>enabled</httpEndpoint>"),
			ContainSubstring("<httpPutResponseHopLimit>2</httpPutResponseHopLimit>"),
			ContainSubstring("<httpProtocolIpv6>enabled</httpProtocolIpv6>"),
			ContainSubstring("<instanceMetadataTags>enabled</instanceMetadataTags>"),
		))
	})
})
