package catalogue

import "slices"

// AnyResource is the one resource of a statement whose actions take none.
const AnyResource = "*"

// unbound lists the actions of remediations that take no resource: the actions for which AWS's Service Authorization
// Reference names no resource type. IAM allows them for "*" only; an ARN would never match.
var unbound = []string{
	"ec2:DescribeInstances",
	"ec2:DescribeSecurityGroupRules",
	"ec2:DescribeSecurityGroups",
	"ec2:DisableEbsEncryptionByDefault",
	"ec2:EnableEbsEncryptionByDefault",
	"ec2:GetEbsEncryptionByDefault",
	"iam:DeleteAccountPasswordPolicy",
	"iam:GetAccountPasswordPolicy",
	"iam:UpdateAccountPasswordPolicy",
}

// Unbound says whether the statement is about actions that take no resource. A condition on the resource, such as its
// account, would never be met for them.
func (s Statement) Unbound() bool {
	return slices.Equal(s.Resources, []string{AnyResource})
}

// ofResources expects of a statement either ARN patterns, or actions that take no resource and "*".
func ofResources(s Statement) []expectation {
	out := []expectation{{"resources", "", "at least one ARN pattern", len(s.Resources) > 0}}
	isUnbound := func(action string) bool { return slices.Contains(unbound, action) }
	if !slices.ContainsFunc(s.Actions, isUnbound) {
		return append(out, each("resource", s.Resources,
			"an ARN pattern that begins with arn:${Partition}: and has no placeholder but that, ${Region} and ${Account}",
			resource)...)
	}
	out = append(out, each("resource", s.Resources, "* alone: the statement has actions that take no resource",
		func(string) bool { return s.Unbound() })...)
	return append(out, each("action", s.Actions, "an action that takes no resource, as others of the statement", isUnbound)...)
}
