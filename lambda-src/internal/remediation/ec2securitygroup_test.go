package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

const (
	everyIPv4 = "0.0.0.0/0"
	everyIPv6 = "::/0"
)

// letsIn is an inbound rule of a security group.
func letsIn(protocol string, from, to int32, cidr string, alter ...func(*types.SecurityGroupRule)) types.SecurityGroupRule {
	rule := types.SecurityGroupRule{
		SecurityGroupRuleId: aws.String("sgr-1"), GroupId: aws.String("sg-1"), IsEgress: aws.Bool(false),
		IpProtocol: aws.String(protocol), FromPort: aws.Int32(from), ToPort: aws.Int32(to),
	}
	if cidr == everyIPv6 {
		rule.CidrIpv6 = aws.String(cidr)
	} else {
		rule.CidrIpv4 = aws.String(cidr)
	}
	for _, a := range alter {
		a(&rule)
	}
	return rule
}

func described(text string) func(*types.SecurityGroupRule) {
	return func(rule *types.SecurityGroupRule) { rule.Description = aws.String(text) }
}

var _ = Describe("The remediation of open admin ports", func() {
	ctx := context.Background()
	target := resource.Resource{Type: "AWS::EC2::SecurityGroup", ID: "sg-1", Account: account, Region: "us-east-1"}
	restrictedPorts := remediation.Parameters{
		"blockedPort1": "20", "blockedPort2": "21", "blockedPort3": "3389", "blockedPort4": "3306", "blockedPort5": "5432",
	}
	var cloud *fakeEC2
	var fix remediation.Remediation

	BeforeEach(func() {
		cloud = &fakeEC2{
			group: &types.SecurityGroup{GroupId: aws.String("sg-1"), Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("web")}}},
			pages: [][]types.SecurityGroupRule{{}}, errs: map[string]error{},
		}
		fix = remediation.All(remediation.Clients{EC2: cloud}, keyARN)[remediation.SecurityGroupAdminPorts]
	})

	It("should revoke just the open rules for SSH, and add them again as they were to undo that", func() {
		cloud.pages[0] = []types.SecurityGroupRule{
			letsIn("tcp", 443, 443, everyIPv4), letsIn("tcp", 22, 22, "10.0.0.0/8"), letsIn("tcp", 22, 22, everyIPv6),
			letsIn("tcp", 22, 22, everyIPv4, described("for now")),
		}
		plan := undone(fix, target, nil)
		Expect(plan.Changes).To(Equal([]remediation.Change{{
			Property: "InboundFromAnywhere",
			Before:   `tcp 22 from 0.0.0.0/0 "for now", tcp 22 from ::/0, tcp 443 from 0.0.0.0/0`, After: "tcp 443 from 0.0.0.0/0",
		}}))
		Expect(plan.After).To(MatchJSON(`{"world":[{"protocol":"tcp","fromPort":443,"toPort":443,"cidr":"0.0.0.0/0"}]}`))
		Expect(cloud.asked).To(ContainElements(
			&ec2.RevokeSecurityGroupIngressInput{GroupId: aws.String("sg-1"), IpPermissions: []types.IpPermission{{
				IpProtocol: aws.String("tcp"), FromPort: aws.Int32(22), ToPort: aws.Int32(22),
				IpRanges: []types.IpRange{{CidrIp: aws.String(everyIPv4)}},
			}}},
			&ec2.AuthorizeSecurityGroupIngressInput{GroupId: aws.String("sg-1"), IpPermissions: []types.IpPermission{{
				IpProtocol: aws.String("tcp"), FromPort: aws.Int32(22), ToPort: aws.Int32(22),
				IpRanges: []types.IpRange{{CidrIp: aws.String(everyIPv4), Description: aws.String("for now")}},
			}}},
			&ec2.AuthorizeSecurityGroupIngressInput{GroupId: aws.String("sg-1"), IpPermissions: []types.IpPermission{{
				IpProtocol: aws.String("tcp"), FromPort: aws.Int32(22), ToPort: aws.Int32(22),
				Ipv6Ranges: []types.Ipv6Range{{CidrIpv6: aws.String(everyIPv6)}},
			}}},
		))
	})

	It("should not need any order of the rules, nor that they come on one page", func() {
		all := []types.SecurityGroupRule{
			letsIn("tcp", 80, 80, everyIPv4), letsIn("tcp", 22, 22, everyIPv6), letsIn("tcp", 22, 22, everyIPv4),
			letsIn("-1", -1, -1, everyIPv4), letsIn("tcp", 22, 80, everyIPv4),
		}
		cloud.pages = [][]types.SecurityGroupRule{all}
		once, err := fix.Read(ctx, target)
		Expect(err).NotTo(HaveOccurred())
		cloud.pages = [][]types.SecurityGroupRule{{all[4], all[2]}, {}, {all[0]}, {all[3], all[1]}}
		Expect(fix.Read(ctx, target)).To(Equal(once))
	})

	DescribeTable("should close",
		func(parameters remediation.Parameters, port int32) {
			cloud.pages[0] = []types.SecurityGroupRule{letsIn("tcp", port, port, everyIPv4)}
			plan, err := planned(fix, target, parameters)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.After).To(MatchJSON(`{"world":[]}`))
		},
		Entry("SSH for a rule without parameters, which restricted-ssh is", nil, int32(22)),
		Entry("RDP for a rule that forbids it", restrictedPorts, int32(3389)),
		Entry("RDP for a rule that forbids it by AWS's default", remediation.Parameters{"blockedPort1": "8080"}, int32(3389)),
		Entry("SSH for a rule that forbids it by a parameter", remediation.Parameters{"blockedPort5": "22"}, int32(22)),
	)

	DescribeTable("should find compliant",
		func(parameters remediation.Parameters, rule types.SecurityGroupRule) {
			cloud.pages[0] = []types.SecurityGroupRule{rule}
			plan, err := planned(fix, target, parameters)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).To(BeEmpty())
		},
		Entry("SSH from known addresses", nil, letsIn("tcp", 22, 22, "192.0.2.0/24")),
		Entry("SSH from another group", nil, letsIn("tcp", 22, 22, everyIPv4, func(r *types.SecurityGroupRule) {
			r.CidrIpv4, r.ReferencedGroupInfo = nil, &types.ReferencedSecurityGroup{GroupId: aws.String("sg-2")}
		})),
		Entry("SSH from a prefix list", nil, letsIn("tcp", 22, 22, everyIPv4, func(r *types.SecurityGroupRule) {
			r.CidrIpv4, r.PrefixListId = nil, aws.String("pl-1")
		})),
		Entry("SSH to everywhere", nil, letsIn("tcp", 22, 22, everyIPv4, func(r *types.SecurityGroupRule) { r.IsEgress = aws.Bool(true) })),
		Entry("another protocol's port 22", nil, letsIn("udp", 22, 22, everyIPv4)),
		Entry("RDP for a rule about SSH", nil, letsIn("tcp", 3389, 3389, everyIPv4)),
		Entry("SSH for a rule about other ports", restrictedPorts, letsIn("tcp", 22, 22, everyIPv4)),
		Entry("RDP for a rule that forbids another port in its place", remediation.Parameters{"blockedPort3": "8080"},
			letsIn("tcp", 3389, 3389, everyIPv4)),
		Entry("a range beside the port", nil, letsIn("tcp", 23, 65535, everyIPv4)),
	)

	DescribeTable("should leave to its owner, and say why,",
		func(parameters remediation.Parameters, rule types.SecurityGroupRule, why string) {
			cloud.pages[0] = []types.SecurityGroupRule{rule}
			Expect(planned(fix, target, parameters)).Error().To(MatchError(And(
				ContainSubstring("nothing is closed automatically: "+why), ContainSubstring("narrow it by hand"))))
		},
		Entry("a range of ports", nil, letsIn("tcp", 0, 65535, everyIPv4), "tcp 0-65535 from 0.0.0.0/0 lets in to other ports, too"),
		Entry("two ports", nil, letsIn("tcp", 22, 23, everyIPv6), "tcp 22-23 from ::/0 lets in to other ports, too"),
		Entry("everything", nil, letsIn("-1", -1, -1, everyIPv4), "everything from 0.0.0.0/0 lets in to other ports, too"),
		Entry("a database", restrictedPorts, letsIn("tcp", 5432, 5432, everyIPv4), "tcp 5432 from 0.0.0.0/0 is about neither SSH nor RDP"),
		Entry("a rule with tags of its own", nil, letsIn("tcp", 22, 22, everyIPv4, func(r *types.SecurityGroupRule) {
			r.Tags = []types.Tag{{Key: aws.String("ManagedBy"), Value: aws.String("terraform")}}
		}), "tcp 22 from 0.0.0.0/0 has tags of its own"),
	)

	It("should close what it may first, and then say what is left", func() {
		cloud.pages[0] = []types.SecurityGroupRule{letsIn("tcp", 3389, 3389, everyIPv4), letsIn("tcp", 3306, 3306, everyIPv4)}
		plan, err := planned(fix, target, restrictedPorts)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Changes[0].After).To(Equal("tcp 3306 from 0.0.0.0/0"))
		Expect(fix.Write(ctx, target, plan.Before, plan.After)).To(Succeed())
		Expect(planned(fix, target, restrictedPorts)).Error().To(MatchError(ContainSubstring("tcp 3306 from 0.0.0.0/0 is about neither")))
	})

	It("should report all parameters that it does not understand", func() {
		parameters := remediation.Parameters{"blockedPort1": "ssh", "blockedPort4": "65536"}
		Expect(planned(fix, target, parameters)).Error().To(MatchError(And(
			ContainSubstring(`the rule's parameter blockedPort1 is "ssh": expected a whole number from 0 to 65535`),
			ContainSubstring(`the rule's parameter blockedPort4 is "65536"`))))
		Expect(planned(fix, target, remediation.Parameters{"blockedPorts": "22"})).Error().To(
			MatchError(ContainSubstring("blockedPorts is not understood")))
	})

	It("should pass on EC2's refusals to write", func() {
		open, closed := remediation.State(`{"world":[{"protocol":"tcp","fromPort":22,"toPort":22,"cidr":"::/0"}]}`), remediation.State(`{"world":[]}`)
		cloud.errs["RevokeSecurityGroupIngress"], cloud.errs["AuthorizeSecurityGroupIngress"] = answer("A"), answer("B")
		Expect(fix.Write(ctx, target, open, closed)).To(MatchError(cloud.errs["RevokeSecurityGroupIngress"]))
		Expect(fix.Write(ctx, target, closed, open)).To(MatchError(cloud.errs["AuthorizeSecurityGroupIngress"]))
	})

	DescribeTable("should not plan from what it could not read",
		func(spoil func(), wanted OmegaMatcher) {
			cloud.pages[0] = []types.SecurityGroupRule{letsIn("tcp", 443, 443, everyIPv4), letsIn("tcp", 22, 22, everyIPv4)}
			spoil()
			Expect(fix.Read(ctx, target)).Error().To(wanted)
		},
		Entry("when EC2 does not let it", func() { cloud.errs["DescribeSecurityGroupRules"] = answer("UnauthorizedOperation") },
			And(HaveOccurred(), Not(MatchError(remediation.ErrGone)))),
		Entry("when the group is gone", func() { cloud.errs["DescribeSecurityGroupRules"] = answer("InvalidGroup.NotFound") },
			MatchError(remediation.ErrGone)),
		Entry("when the answer is empty", func() { cloud.empty = true }, MatchError(ContainSubstring("has no list of them"))),
		Entry("when a later page has no list", func() { cloud.pages = append(cloud.pages, nil) }, MatchError(ContainSubstring("has no list of them"))),
		Entry("when a rule has no direction", func() { cloud.pages[0][1].IsEgress = nil }, MatchError(ContainSubstring("lacks a part"))),
		Entry("when a rule has no protocol", func() { cloud.pages[0][1].IpProtocol = nil }, MatchError(ContainSubstring("lacks a part"))),
		Entry("when a rule has no first port", func() { cloud.pages[0][1].FromPort = nil }, MatchError(ContainSubstring("lacks a part"))),
		Entry("when a rule has no last port", func() { cloud.pages[0][1].ToPort = nil }, MatchError(ContainSubstring("lacks a part"))),
		Entry("when a rule has no source", func() { cloud.pages[0][1].CidrIpv4 = nil }, MatchError(ContainSubstring("lacks a part"))),
		Entry("when a rule is another group's", func() { cloud.pages[0][1].GroupId = aws.String("sg-2") },
			MatchError(ContainSubstring("of another group"))),
	)

	Context("when reading tags", func() {
		It("should return the group's", func() {
			Expect(fix.Tags(ctx, target)).To(Equal(map[string]string{"Team": "web"}))
		})

		DescribeTable("should not take for none what it could not read",
			func(spoil func(), wanted OmegaMatcher) {
				spoil()
				Expect(fix.Tags(ctx, target)).Error().To(wanted)
			},
			Entry("when EC2 does not let it", func() { cloud.errs["DescribeSecurityGroups"] = answer("UnauthorizedOperation") },
				And(HaveOccurred(), Not(MatchError(remediation.ErrGone)))),
			Entry("when the group is gone", func() { cloud.errs["DescribeSecurityGroups"] = answer("InvalidGroup.NotFound") },
				MatchError(remediation.ErrGone)),
			Entry("when the answer has no group", func() { cloud.empty = true }, MatchError(ContainSubstring("exactly this group"))),
			Entry("when the answer is about another", func() { cloud.group.GroupId = aws.String("sg-2") }, MatchError(ContainSubstring("exactly this group"))),
		)
	})
})
