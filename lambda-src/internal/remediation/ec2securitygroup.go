package remediation

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// SecurityGroupAdminPorts is the catalogue's name of the remediation.
const SecurityGroupAdminPorts = "security-group-admin-ports"

// EC2SecurityGroups is what the remediation calls.
type EC2SecurityGroups interface {
	DescribeSecurityGroups(
		ctx context.Context, in *ec2.DescribeSecurityGroupsInput, options ...func(*ec2.Options),
	) (*ec2.DescribeSecurityGroupsOutput, error)
	DescribeSecurityGroupRules(
		ctx context.Context, in *ec2.DescribeSecurityGroupRulesInput, options ...func(*ec2.Options),
	) (*ec2.DescribeSecurityGroupRulesOutput, error)
	RevokeSecurityGroupIngress(
		ctx context.Context, in *ec2.RevokeSecurityGroupIngressInput, options ...func(*ec2.Options),
	) (*ec2.RevokeSecurityGroupIngressOutput, error)
	AuthorizeSecurityGroupIngress(
		ctx context.Context, in *ec2.AuthorizeSecurityGroupIngressInput, options ...func(*ec2.Options),
	) (*ec2.AuthorizeSecurityGroupIngressOutput, error)
}

// newSecurityGroupAdminPorts revokes the rules of a security group that let the whole internet in to SSH or RDP.
func newSecurityGroupAdminPorts(client EC2SecurityGroups) Remediation {
	calls := securityGroups{client: client}
	return remedy[inbound]{
		tags: calls.tags, read: calls.read, write: calls.write, properties: inbound.properties,
		plan: func(_ resource.Resource, current inbound, parameters Parameters) (inbound, error) {
			return planAdminPorts(current, parameters)
		},
	}
}

type securityGroups struct{ client EC2SecurityGroups }

// tags reads the tags of the group. Those of a rule are in its opening.
func (s securityGroups) tags(ctx context.Context, target resource.Resource) (map[string]string, error) {
	out, err := s.client.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{target.ID}})
	if awserr.IsNoSuchSecurityGroup(err) {
		err = ErrGone
	}
	if err != nil {
		return nil, fmt.Errorf("reading security group %s: %w", target.ID, err)
	}
	if len(out.SecurityGroups) != 1 || aws.ToString(out.SecurityGroups[0].GroupId) != target.ID {
		return nil, fmt.Errorf("reading security group %s: the answer does not have exactly this group", target.ID)
	}
	return ec2Tags(out.SecurityGroups[0].Tags), nil
}

// read reads the group's rules, whatever number of pages they take.
func (s securityGroups) read(ctx context.Context, target resource.Resource) (inbound, error) {
	current := inbound{World: []opening{}}
	in := &ec2.DescribeSecurityGroupRulesInput{
		Filters: []types.Filter{{Name: aws.String("group-id"), Values: []string{target.ID}}},
	}
	for {
		out, err := s.client.DescribeSecurityGroupRules(ctx, in)
		if awserr.IsNoSuchSecurityGroup(err) {
			err = ErrGone
		}
		if err != nil {
			return inbound{}, fmt.Errorf("reading the rules of security group %s: %w", target.ID, err)
		}
		if out.SecurityGroupRules == nil {
			return inbound{}, fmt.Errorf("reading the rules of security group %s: the answer has no list of them", target.ID)
		}
		for _, rule := range out.SecurityGroupRules {
			if !whole(rule, target) {
				return inbound{}, fmt.Errorf("reading the rules of security group %s: the answer's rule %q lacks a part, or is of another group",
					target.ID, aws.ToString(rule.SecurityGroupRuleId))
			}
			if found, ok := newOpening(rule); ok {
				current.World = append(current.World, found)
			}
		}
		if aws.ToString(out.NextToken) == "" {
			slices.SortFunc(current.World, opening.compare)
			return current, nil
		}
		in.NextToken = out.NextToken
	}
}

// write makes one call a rule: EC2 would refuse all of a call's rules for one that is revoked, or there, already.
func (s securityGroups) write(ctx context.Context, target resource.Resource, from, to inbound) error {
	for _, closed := range from.without(to) {
		_, err := s.client.RevokeSecurityGroupIngress(ctx, &ec2.RevokeSecurityGroupIngressInput{
			GroupId: aws.String(target.ID), IpPermissions: []types.IpPermission{closed.permission(false)},
		})
		if err != nil && !awserr.IsNoSuchPermission(err) {
			return fmt.Errorf("revoking %s of security group %s: %w", closed, target.ID, err)
		}
	}
	for _, opened := range to.without(from) {
		_, err := s.client.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{
			GroupId: aws.String(target.ID), IpPermissions: []types.IpPermission{opened.permission(true)},
		})
		if err != nil && !awserr.IsDuplicatePermission(err) {
			return fmt.Errorf("adding %s to security group %s: %w", opened, target.ID, err)
		}
	}
	return nil
}
