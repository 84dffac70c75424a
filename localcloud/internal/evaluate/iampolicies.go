package evaluate

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// holder is an IAM group or role.
type holder struct {
	GroupID   string   `xml:"GroupId"`
	GroupName string   `xml:"GroupName"`
	RoleID    string   `xml:"RoleId"`
	RoleName  string   `xml:"RoleName"`
	Attached  []string `xml:"AttachedManagedPolicies>member>PolicyArn"`
}

func (h holder) id() string { return h.GroupID + h.RoleID } // it has one of them

var groups = kind[holder]{
	name: "AWS::IAM::Group",
	id:   holder.id,
	list: func(ctx context.Context, account *Account, _ string) ([]holder, error) {
		all, err := account.details(ctx, "Group")
		return all.Groups, err
	},
}

var roles = kind[holder]{
	name: "AWS::IAM::Role",
	id:   holder.id,
	list: func(ctx context.Context, account *Account, _ string) ([]holder, error) {
		all, err := account.details(ctx, "Role")
		return all.Roles, err
	},
}

// managedPolicy is a policy that the customer manages.
type managedPolicy struct {
	ID         string          `xml:"PolicyId"`
	ARN        string          `xml:"Arn"`
	Boundaries int             `xml:"PermissionsBoundaryUsageCount"`
	Versions   []policyVersion `xml:"PolicyVersionList>member"`
}

type policyVersion struct {
	Document string // encoded as in a URL
	Default  bool   `xml:"IsDefaultVersion"`
}

var managedPolicies = kind[managedPolicy]{
	name: "AWS::IAM::Policy",
	id:   func(p managedPolicy) string { return p.ID },
	list: listPolicies,
}

// listPolicies puts together the policies' ids, which moto leaves out of the details, and their documents, which the
// list does not have.
func listPolicies(ctx context.Context, account *Account, _ string) ([]managedPolicy, error) {
	all, err := account.details(ctx, "LocalManagedPolicy")
	if err != nil {
		return nil, err
	}
	versions := map[string][]policyVersion{}
	for _, detailed := range all.Policies {
		versions[detailed.ARN] = detailed.Versions
	}
	var policies []managedPolicy
	parameters := []string{"Scope", "Local"}
	for {
		var out struct {
			Policies []managedPolicy `xml:"ListPoliciesResult>Policies>member"`
			Next     string          `xml:"ListPoliciesResult>Marker"`
		}
		if err := account.iam(ctx, "ListPolicies", &out, parameters...); err != nil {
			return nil, err
		}
		for _, listed := range out.Policies {
			listed.Versions = versions[listed.ARN]
			policies = append(policies, listed)
		}
		if out.Next == "" {
			return policies, nil
		}
		parameters = []string{"Scope", "Local", "Marker", out.Next}
	}
}

type serverCertificate struct {
	ID      string    `xml:"ServerCertificateId"`
	Expires time.Time `xml:"Expiration"`
}

var serverCertificates = kind[serverCertificate]{
	name: "AWS::IAM::ServerCertificate",
	id:   func(c serverCertificate) string { return c.ID },
	list: func(ctx context.Context, account *Account, _ string) ([]serverCertificate, error) {
		var out struct {
			Certificates []serverCertificate `xml:"ListServerCertificatesResult>ServerCertificateMetadataList>member"`
		}
		err := account.iam(ctx, "ListServerCertificates", &out)
		return out.Certificates, err
	},
}

var policyRules = map[string][]check{
	"IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS": {each(managedPolicies, noAdminAccess)},
	"IAM_POLICY_BLACKLISTED_CHECK": {
		each(users, func(u user, given *parameters) Outcome { return noneBlacklisted("users", u.Name, u.Attached, given) }),
		each(groups, func(g holder, given *parameters) Outcome {
			return noneBlacklisted("groups", g.GroupName, g.Attached, given)
		}),
		each(roles, func(r holder, given *parameters) Outcome {
			return noneBlacklisted("roles", r.RoleName, r.Attached, given)
		}),
	},
	"IAM_SERVER_CERTIFICATE_EXPIRATION_CHECK": {probe(serverCertificates,
		func(_ context.Context, account *Account, c serverCertificate, _ *parameters) (Outcome, error) {
			return require(c.Expires.After(account.now), "The certificate has expired."), nil
		})},
}

// noAdminAccess wants that no statement of the policy's default version allows all actions on all resources.
func noAdminAccess(p managedPolicy, given *parameters) Outcome {
	if given.flag("excludePermissionBoundaryPolicy", false) && p.Boundaries > 0 {
		return notFor("The policy is a permissions boundary.")
	}
	for _, version := range p.Versions {
		if version.Default && grantsAll(version.Document) {
			return require(false, "A statement allows all actions on all resources.")
		}
	}
	return require(true, "")
}

// grantsAll reads a policy's document, encoded or not. One that is none grants nothing.
func grantsAll(document string) bool {
	if decoded, err := url.QueryUnescape(document); err == nil && strings.HasPrefix(document, "%") {
		document = decoded
	}
	parsed, err := policy.Parse([]byte(document))
	return err == nil && slices.ContainsFunc(parsed.Statements, func(statement policy.Statement) bool {
		return statement.Effect == policy.Allow && slices.Contains(statement.Resources, "*") &&
			(slices.Contains(statement.Actions, "*") || slices.Contains(statement.Actions, "*:*"))
	})
}

// noneBlacklisted wants that none of the policies in policyArns is attached, unless the exceptions name who holds it.
func noneBlacklisted(kind, name string, attached []string, given *parameters) Outcome {
	banned := given.list("policyArns")
	if len(banned) == 0 {
		banned = []string{"arn:aws:iam::aws:policy/AdministratorAccess"}
	}
	if slices.Contains(exceptions(given.text("exceptionList"))[kind], name) {
		return require(true, "")
	}
	for _, arn := range attached {
		if slices.Contains(banned, arn) {
			return require(false, "The policy %s is attached.", arn)
		}
	}
	return require(true, "")
}

// exceptions reads a list like users:[user1;user2], groups:[group1], roles:[role1].
func exceptions(text string) map[string][]string {
	named := map[string][]string{}
	for part := range strings.SplitSeq(text, "],") {
		kind, names, _ := strings.Cut(part, ":")
		for name := range strings.SplitSeq(strings.Trim(strings.TrimSpace(names), "[]"), ";") {
			kind := strings.TrimSpace(kind)
			named[kind] = append(named[kind], strings.TrimSpace(name))
		}
	}
	return named
}
