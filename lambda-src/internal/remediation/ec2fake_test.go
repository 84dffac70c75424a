package remediation_test

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
)

// fakeEC2 is one instance, one security group and one region.
type fakeEC2 struct {
	remediation.EC2 // nil: a call that is not faked panics

	instance  *types.Instance
	group     *types.SecurityGroup
	pages     [][]types.SecurityGroupRule // of the group's rules
	encrypted *bool

	errs    map[string]error // operation → its error
	empty   bool             // answers say success and nothing else
	written []string         // writing operations, in the order in which they landed
	asked   []any            // inputs of the calls
}

// note notes a call, and says how it fails.
func (f *fakeEC2) note(operation string, in any) error {
	f.asked = append(f.asked, in)
	if err := f.errs[operation]; err != nil {
		return err
	}
	if !strings.HasPrefix(operation, "Describe") && !strings.HasPrefix(operation, "Get") {
		f.written = append(f.written, operation)
	}
	return nil
}

func (f *fakeEC2) DescribeInstances(
	_ context.Context, in *ec2.DescribeInstancesInput, _ ...func(*ec2.Options),
) (*ec2.DescribeInstancesOutput, error) {
	if err := f.note("DescribeInstances", in); err != nil || f.empty {
		return &ec2.DescribeInstancesOutput{}, err
	}
	return &ec2.DescribeInstancesOutput{Reservations: []types.Reservation{{Instances: []types.Instance{*f.instance}}}}, nil
}

func (f *fakeEC2) StopInstances(_ context.Context, in *ec2.StopInstancesInput, _ ...func(*ec2.Options)) (*ec2.StopInstancesOutput, error) {
	if err := f.note("StopInstances", in); err != nil {
		return nil, err
	}
	f.instance.State = &types.InstanceState{Name: types.InstanceStateNameStopping}
	return &ec2.StopInstancesOutput{}, nil
}

func (f *fakeEC2) StartInstances(_ context.Context, in *ec2.StartInstancesInput, _ ...func(*ec2.Options)) (*ec2.StartInstancesOutput, error) {
	if err := f.note("StartInstances", in); err != nil {
		return nil, err
	}
	f.instance.State = &types.InstanceState{Name: types.InstanceStateNamePending}
	return &ec2.StartInstancesOutput{}, nil
}

func (f *fakeEC2) ModifyInstanceMetadataOptions(
	_ context.Context, in *ec2.ModifyInstanceMetadataOptionsInput, _ ...func(*ec2.Options),
) (*ec2.ModifyInstanceMetadataOptionsOutput, error) {
	if err := f.note("ModifyInstanceMetadataOptions", in); err != nil {
		return nil, err
	}
	f.instance.MetadataOptions.HttpTokens = in.HttpTokens
	f.instance.MetadataOptions.HttpEndpoint = in.HttpEndpoint
	return &ec2.ModifyInstanceMetadataOptionsOutput{}, nil
}

func (f *fakeEC2) GetEbsEncryptionByDefault(
	_ context.Context, in *ec2.GetEbsEncryptionByDefaultInput, _ ...func(*ec2.Options),
) (*ec2.GetEbsEncryptionByDefaultOutput, error) {
	return &ec2.GetEbsEncryptionByDefaultOutput{EbsEncryptionByDefault: f.encrypted}, f.note("GetEbsEncryptionByDefault", in)
}

func (f *fakeEC2) EnableEbsEncryptionByDefault(
	_ context.Context, in *ec2.EnableEbsEncryptionByDefaultInput, _ ...func(*ec2.Options),
) (*ec2.EnableEbsEncryptionByDefaultOutput, error) {
	if err := f.note("EnableEbsEncryptionByDefault", in); err != nil {
		return nil, err
	}
	f.encrypted = aws.Bool(true)
	return &ec2.EnableEbsEncryptionByDefaultOutput{}, nil
}

func (f *fakeEC2) DisableEbsEncryptionByDefault(
	_ context.Context, in *ec2.DisableEbsEncryptionByDefaultInput, _ ...func(*ec2.Options),
) (*ec2.DisableEbsEncryptionByDefaultOutput, error) {
	if err := f.note("DisableEbsEncryptionByDefault", in); err != nil {
		return nil, err
	}
	f.encrypted = aws.Bool(false)
	return &ec2.DisableEbsEncryptionByDefaultOutput{}, nil
}

func (f *fakeEC2) DescribeSecurityGroups(
	_ context.Context, in *ec2.DescribeSecurityGroupsInput, _ ...func(*ec2.Options),
) (*ec2.DescribeSecurityGroupsOutput, error) {
	if err := f.note("DescribeSecurityGroups", in); err != nil || f.empty {
		return &ec2.DescribeSecurityGroupsOutput{}, err
	}
	return &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{*f.group}}, nil
}

func (f *fakeEC2) DescribeSecurityGroupRules(
	_ context.Context, in *ec2.DescribeSecurityGroupRulesInput, _ ...func(*ec2.Options),
) (*ec2.DescribeSecurityGroupRulesOutput, error) {
	asked := *in
	if err := f.note("DescribeSecurityGroupRules", &asked); err != nil || f.empty {
		return &ec2.DescribeSecurityGroupRulesOutput{}, err
	}
	page := len(aws.ToString(in.NextToken))
	out := &ec2.DescribeSecurityGroupRulesOutput{SecurityGroupRules: f.pages[page]}
	if page+1 < len(f.pages) {
		out.NextToken = aws.String(aws.ToString(in.NextToken) + "x")
	}
	return out, nil
}

// revoked removes a rule from the group, and says whether there was one.
func (f *fakeEC2) revoked(permission types.IpPermission) bool {
	before := len(f.pages[0])
	f.pages[0] = slices.DeleteFunc(f.pages[0], func(rule types.SecurityGroupRule) bool {
		same := *rule.IpProtocol == *permission.IpProtocol && *rule.FromPort == *permission.FromPort && *rule.ToPort == *permission.ToPort
		for _, source := range permission.IpRanges {
			if same && aws.ToString(rule.CidrIpv4) == *source.CidrIp {
				return true
			}
		}
		for _, source := range permission.Ipv6Ranges {
			if same && aws.ToString(rule.CidrIpv6) == *source.CidrIpv6 {
				return true
			}
		}
		return false
	})
	return len(f.pages[0]) < before
}

func (f *fakeEC2) RevokeSecurityGroupIngress(
	_ context.Context, in *ec2.RevokeSecurityGroupIngressInput, _ ...func(*ec2.Options),
) (*ec2.RevokeSecurityGroupIngressOutput, error) {
	if err := f.note("RevokeSecurityGroupIngress", in); err != nil {
		return nil, err
	}
	if !f.revoked(in.IpPermissions[0]) {
		return nil, answer("InvalidPermission.NotFound")
	}
	return &ec2.RevokeSecurityGroupIngressOutput{}, nil
}

func (f *fakeEC2) AuthorizeSecurityGroupIngress(
	_ context.Context, in *ec2.AuthorizeSecurityGroupIngressInput, _ ...func(*ec2.Options),
) (*ec2.AuthorizeSecurityGroupIngressOutput, error) {
	if err := f.note("AuthorizeSecurityGroupIngress", in); err != nil {
		return nil, err
	}
	permission := in.IpPermissions[0]
	duplicate := f.revoked(permission)
	rule := types.SecurityGroupRule{
		GroupId: in.GroupId, IsEgress: aws.Bool(false), IpProtocol: permission.IpProtocol, FromPort: permission.FromPort, ToPort: permission.ToPort,
	}
	for _, source := range permission.IpRanges {
		rule.CidrIpv4, rule.Description = source.CidrIp, source.Description
	}
	for _, source := range permission.Ipv6Ranges {
		rule.CidrIpv6, rule.Description = source.CidrIpv6, source.Description
	}
	f.pages[0] = append(f.pages[0], rule)
	if duplicate {
		return nil, answer("InvalidPermission.Duplicate")
	}
	return &ec2.AuthorizeSecurityGroupIngressOutput{}, nil
}
