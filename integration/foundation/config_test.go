package foundation_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

var _ = Describe("The Config service role", func() {
	It("should be for AWS Config on behalf of this account only", func(ctx SpecContext) {
		role, err := clients.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: &configRole})
		Expect(err).NotTo(HaveOccurred())
		Expect(policydoc.Decode(role.Role.AssumeRolePolicyDocument)).To(Equal(policydoc.Document{
			"AssumeRole": policydoc.Statement{Effect: "Allow", Action: []string{"sts:AssumeRole"}}.
				From("config.amazonaws.com").If("StringEquals", "aws:SourceAccount", stage.Account),
		}))
		Expect(role.Role.Description).To(HaveValue(Equal(
			"Lets AWS Config record this account and deliver to the reports bucket")))
	})

	It("should have AWS's policy for recording and nothing else from outside", func(ctx SpecContext) {
		attached, err := clients.IAM.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &configRole})
		Expect(err).NotTo(HaveOccurred())
		Expect(attached.AttachedPolicies).To(ConsistOf(
			HaveField("PolicyArn", HaveValue(Equal("arn:aws:iam::aws:policy/service-role/AWS_ConfigRole")))))
	})

	It("should be allowed to deliver to the reports bucket, and nothing else", func(ctx SpecContext) {
		listed, err := clients.IAM.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &configRole})
		Expect(err).NotTo(HaveOccurred())
		Expect(listed.PolicyNames).To(ConsistOf("delivery"))
		policy, err := clients.IAM.GetRolePolicy(ctx, &iam.GetRolePolicyInput{
			RoleName: &configRole, PolicyName: aws.String("delivery"),
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(policydoc.Decode(policy.PolicyDocument)).To(Equal(policydoc.Document{
			"FindBucket":       policydoc.Allow([]string{"s3:GetBucketAcl", "s3:ListBucket"}, bucketARN),
			"DeliverSnapshots": policydoc.Allow([]string{"s3:PutObject"}, bucketARN+"/AWSLogs/"+stage.Account+"/Config/*"),
			"EncryptSnapshots": policydoc.Allow([]string{"kms:GenerateDataKey", "kms:Decrypt"}, *key(ctx).Arn).
				If("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"),
		}))
	})

	It("should be tagged", func(ctx SpecContext) {
		Expect(clients.RoleTags(ctx, configRole)).To(expect.Tags("Service role for AWS Config"))
	})
})

var _ = Describe("The account's Config recorder", func() {
	It("should be the one that was there before, and be left alone", func(ctx SpecContext) {
		recorders, err := clients.Config.DescribeConfigurationRecorders(ctx,
			&configservice.DescribeConfigurationRecordersInput{})
		Expect(err).NotTo(HaveOccurred())
		Expect(recorders.ConfigurationRecorders).To(ConsistOf(And(
			HaveField("Name", HaveValue(Equal("default"))),
			HaveField("RoleARN", HaveValue(Not(ContainSubstring(prefix)))),
		)))
		channels, err := clients.Config.DescribeDeliveryChannels(ctx, &configservice.DescribeDeliveryChannelsInput{})
		Expect(err).NotTo(HaveOccurred())
		Expect(channels.DeliveryChannels).To(ConsistOf(And(
			HaveField("Name", HaveValue(Equal("default"))),
			HaveField("S3BucketName", HaveValue(Not(Equal(bucket)))),
		)))
	})
})
