package live_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awsclients"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// violating is a resource that violates a rule, and the rule's parameters.
type violating struct {
	kind, id   string
	parameters remediation.Parameters
	tags       map[string]string
}

// accountWide is the setting of an account. Specs of one process have one account, so each brings back what it found.
func accountWide() violating { return violating{kind: "AWS::::Account", id: "123456789012"} }

func (v violating) resource() resource.Resource {
	return resource.Resource{Type: v.kind, ID: v.id, Account: "123456789012", Region: names.Region}
}

// remedied are all remediations, for the AWS at an endpoint.
func remedied(endpoint string) map[string]remediation.Remediation {
	of := settings(endpoint)
	return remediation.All(remediation.Clients{
		S3: awsclients.S3(of), EC2: awsclients.EC2(of), KMS: awsclients.KMS(of), IAM: awsclients.IAM(of), Logs: awsclients.Logs(of),
	}, keyARN)
}

// runningInstance makes an instance, and returns its id.
func runningInstance() violating {
	out, err := awsclients.EC2(settings(motoURL)).RunInstances(context.Background(), &ec2.RunInstancesInput{
		ImageId: aws.String("ami-12c6146b"), InstanceType: types.InstanceTypeM5Large, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		TagSpecifications: []types.TagSpecification{{
			ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("web")}},
		}},
	})
	Expect(err).NotTo(HaveOccurred())
	return violating{
		kind: "AWS::EC2::Instance", id: *out.Instances[0].InstanceId, tags: map[string]string{"Team": "web"},
		parameters: remediation.Parameters{"instanceType": "t3.micro"},
	}
}

// openGroup makes a security group that lets everybody in by SSH, with and without a description.
func openGroup() violating {
	client := awsclients.EC2(settings(motoURL))
	created, err := client.CreateSecurityGroup(context.Background(), &ec2.CreateSecurityGroupInput{
		GroupName: aws.String("open"), Description: aws.String("open to everybody"),
	})
	Expect(err).NotTo(HaveOccurred())
	_, err = client.AuthorizeSecurityGroupIngress(context.Background(), &ec2.AuthorizeSecurityGroupIngressInput{
		GroupId: created.GroupId, IpPermissions: []types.IpPermission{
			{
				IpProtocol: aws.String("tcp"), FromPort: aws.Int32(22), ToPort: aws.Int32(22),
				IpRanges:   []types.IpRange{{CidrIp: aws.String("0.0.0.0/0"), Description: aws.String("for now")}, {CidrIp: aws.String("10.0.0.0/8")}},
				Ipv6Ranges: []types.Ipv6Range{{CidrIpv6: aws.String("::/0")}},
			},
			{
				IpProtocol: aws.String("tcp"), FromPort: aws.Int32(443), ToPort: aws.Int32(443),
				IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}},
			},
		},
	})
	Expect(err).NotTo(HaveOccurred())
	return violating{kind: "AWS::EC2::SecurityGroup", id: *created.GroupId, tags: map[string]string{}}
}

func unrotatedKey() violating {
	created, err := awsclients.KMS(settings(motoURL)).CreateKey(context.Background(), &kms.CreateKeyInput{
		Tags: []kmstypes.Tag{{TagKey: aws.String("Team"), TagValue: aws.String("web")}},
	})
	Expect(err).NotTo(HaveOccurred())
	return violating{kind: "AWS::KMS::Key", id: *created.KeyMetadata.KeyId, tags: map[string]string{"Team": "web"}}
}

func untaggedKey() violating {
	created, err := awsclients.KMS(settings(motoURL)).CreateKey(context.Background(), &kms.CreateKeyInput{})
	Expect(err).NotTo(HaveOccurred())
	return violating{kind: "AWS::KMS::Key", id: *created.KeyMetadata.KeyId, tags: map[string]string{}}
}

func weakPasswords() violating {
	client := awsclients.IAM(settings(motoURL))
	_, err := client.UpdateAccountPasswordPolicy(context.Background(), &iam.UpdateAccountPasswordPolicyInput{
		MinimumPasswordLength: aws.Int32(10), AllowUsersToChangePassword: true,
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() error {
		_, err := client.DeleteAccountPasswordPolicy(context.Background(), &iam.DeleteAccountPasswordPolicyInput{})
		return err
	})
	return accountWide()
}

// logGroup makes a log group, and another one with a longer name.
func logGroup(named string, tags map[string]string) violating {
	client := awsclients.Logs(settings(motoURL))
	for _, name := range []string{named, named + "-2"} {
		_, err := client.CreateLogGroup(context.Background(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String(name), Tags: tags})
		Expect(err).NotTo(HaveOccurred())
		_, err = client.PutRetentionPolicy(context.Background(), &cloudwatchlogs.PutRetentionPolicyInput{
			LogGroupName: aws.String(name), RetentionInDays: aws.Int32(7),
		})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() error {
			_, err := client.DeleteLogGroup(context.Background(), &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String(name)})
			return err
		})
	}
	return violating{
		kind: "AWS::Logs::LogGroup", id: named, tags: tags, parameters: remediation.Parameters{"MinRetentionTime": "20"},
	}
}

var _ = Describe("A remediation", func() {
	ctx := context.Background()

	DescribeTable("should fix a resource of a real API, and bring it back as it was, and believe no answer that is cut short:",
		func(name string, violate func() violating) {
			violated := violate()
			target, fix := violated.resource(), remedied(motoURL)[name]
			before, err := fix.Read(ctx, target)
			Expect(err).NotTo(HaveOccurred())
			plan, err := fix.Plan(target, before, violated.parameters)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).NotTo(BeEmpty())
			Expect(fix.Tags(ctx, target)).To(Equal(violated.tags))

			Expect(fix.Write(ctx, target, plan.Before, plan.After)).To(Succeed())
			Expect(remediation.Verify(ctx, fix, target, plan.After)).To(Succeed())
			again, err := fix.Plan(target, plan.After, violated.parameters)
			Expect(err).NotTo(HaveOccurred())
			Expect(again.Changes).To(BeEmpty())
			Expect(fix.Write(ctx, target, plan.Before, plan.After)).To(Succeed(), "as after a crash")
			Expect(remediation.Verify(ctx, fix, target, plan.After)).To(Succeed())

			Expect(fix.Write(ctx, target, plan.After, plan.Before)).To(Succeed())
			Expect(remediation.Verify(ctx, fix, target, plan.Before)).To(Succeed())
			Expect(fix.Write(ctx, target, plan.After, plan.Before)).To(Succeed(), "as after a crash")
			Expect(remediation.Verify(ctx, fix, target, plan.Before)).To(Succeed())
			cutShort(name, violated, before)
		},
		Entry("instance types", remediation.EC2StopDisallowedType, runningInstance),
		Entry("the metadata service", remediation.EC2IMDSv2, runningInstance),
		Entry("EBS's default encryption", remediation.EBSDefaultEncryption, accountWide),
		Entry("open admin ports", remediation.SecurityGroupAdminPorts, openGroup),
		Entry("keys' rotation", remediation.KMSRotation, unrotatedKey),
		Entry("rotation of a key without tags", remediation.KMSRotation, untaggedKey),
		Entry("a weak password policy", remediation.IAMPasswordPolicy, weakPasswords),
		Entry("no password policy", remediation.IAMPasswordPolicy, accountWide),
		Entry("log groups' retention", remediation.LogGroupRetention, func() violating { return logGroup("/live/web", map[string]string{"Team": "web"}) }),
		Entry("retention of a log group without tags", remediation.LogGroupRetention,
			func() violating { return logGroup("/live/bare", map[string]string{}) }),
	)

	DescribeTable("should know that a resource of a real API is gone:",
		func(name, kind, id string) {
			target := violating{kind: kind, id: id}.resource()
			Expect(remedied(motoURL)[name].Tags(ctx, target)).Error().To(MatchError(remediation.ErrGone))
		},
		Entry("an instance", remediation.EC2IMDSv2, "AWS::EC2::Instance", "i-0123456789abcdef0"),
		Entry("a security group", remediation.SecurityGroupAdminPorts, "AWS::EC2::SecurityGroup", "sg-0123456789abcdef0"),
		Entry("a key", remediation.KMSRotation, "AWS::KMS::Key", "00000000-0000-0000-0000-000000000000"),
		Entry("a log group", remediation.LogGroupRetention, "AWS::Logs::LogGroup", "/live/gone"),
	)
})

// cutShort reads the resource with each of the calls answered in part: the reading fails, or reads what is really there.
func cutShort(name string, violated violating, before remediation.State) {
	GinkgoHelper()
	ctx, g := context.Background(), newGateway()
	target, fix := violated.resource(), remedied(g.url)[name]
	Expect(fix.Read(ctx, target)).To(Equal(before))
	Expect(fix.Tags(ctx, target)).To(Equal(violated.tags))
	whole, failed := map[string]int{}, 0
	for _, call := range g.made() {
		whole[call] = g.size(call)
	}
	for call, size := range whole {
		for at := 0; at < size; at += 1 + size/12 {
			g.broken = func(made string) (breakage, int) {
				if made == call {
					return shorten, at
				}
				return none, 0
			}
			state, err := fix.Read(ctx, target)
			tags, tagsErr := fix.Tags(ctx, target)
			Expect(err != nil || string(state) == string(before)).To(BeTrue(), "%s cut off at %d of %d: %s", call, at, size, state)
			Expect(tagsErr != nil || len(tags) == len(violated.tags)).To(BeTrue(), "%s cut off at %d of %d: %v", call, at, size, tags)
			if err != nil || tagsErr != nil {
				failed++
			}
		}
	}
	Expect(failed).To(BeNumerically(">", len(whole)), "answers have been cut short")
}
