package loop_test

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
)

// unusedActions are what roles may do and no spec sees them do, with the reason, beside [idleStatements].
var unusedActions = map[string]string{
	"logs:DeleteRetentionPolicy": "brings back a group that kept events for good; AWS's rule finds such a group compliant, so that no fix begins there",
}

// The specs run in any order, and what the functions were allowed in all of them is known at their end.
var _ = AfterSuite(func(ctx SpecContext) {
	if deployed == nil {
		return
	}
	suite, _ := GinkgoConfiguration()
	whole := len(suite.FocusStrings)+len(suite.SkipStrings)+len(suite.FocusFiles)+len(suite.SkipFiles) == 0 && suite.LabelFilter == ""
	var denied, unused []string
	for _, function := range names.Functions() {
		all := decisions(ctx, function)
		for _, one := range all {
			GinkgoWriter.Printf("%s: %s %s on %s by %q, %d times\n", function, one.Decision, one.Action, one.Resource, one.Sid, one.Times)
		}
		for what, times := range refused(ctx, function) {
			if times > refusals[what] {
				denied = append(denied, what)
			}
		}
		for _, one := range permissions(ctx, function) {
			if !one.used(all) && !one.idle() && unusedActions[one.action] == "" {
				unused = append(unused, function+": "+one.String())
			}
		}
	}
	slices.Sort(unused)
	Expect(denied).To(BeEmpty(), "a function called what its role does not allow:\n%s", strings.Join(denied, "\n"))
	if whole {
		Expect(unused).To(BeEmpty(), "no spec needs these permissions:\n%s", strings.Join(unused, "\n"))
	}
})

// permission is an action on one pattern of resources, and the statements of a role that allow it.
type permission struct {
	action, pattern string
	sids            []string
}

func (p permission) String() string { return p.action + " on " + p.pattern }

// idle says whether no spec is to see it used.
func (p permission) idle() bool {
	return !slices.ContainsFunc(p.sids, func(sid string) bool { return idleStatements[sid] == "" })
}

// used says whether a decision was made by it.
func (p permission) used(all []decision) bool {
	pattern := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(p.pattern), `\*`, ".*") + "$")
	return slices.ContainsFunc(all, func(one decision) bool {
		return one.Decision == "allowed" && strings.EqualFold(one.Action, p.action) && slices.Contains(p.sids, one.Sid) && pattern.MatchString(one.Resource)
	})
}

// permissions are those of a function's role.
func permissions(ctx context.Context, function string) []permission {
	GinkgoHelper()
	found := map[string]permission{}
	for _, policy := range inlinePolicies(ctx, full(function)) {
		for sid, statement := range must(policydoc.Decode(policy.PolicyDocument)) {
			for _, action := range statement.Action {
				for _, pattern := range statement.Resource {
					one := permission{action: action, pattern: pattern}
					one.sids = slices.Concat(found[one.String()].sids, []string{sid})
					found[one.String()] = one
				}
			}
		}
	}
	Expect(found).NotTo(BeEmpty())
	var all []permission
	for _, one := range found {
		all = append(all, one)
	}
	return all
}

// inlinePolicies are those of a role, as IAM has them: encoded for a URL.
func inlinePolicies(ctx context.Context, role string) []*iam.GetRolePolicyOutput {
	GinkgoHelper()
	var all []*iam.GetRolePolicyOutput
	for _, name := range must(clients.IAM.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &role})).PolicyNames {
		all = append(all, must(clients.IAM.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &role, PolicyName: &name})))
	}
	return all
}
