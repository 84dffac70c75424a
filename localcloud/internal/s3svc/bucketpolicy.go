package s3svc

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// fault makes an error of a policy that is well formed and still not one of this bucket's.
func fault(message string) error {
	return fmt.Errorf("%w: %s", policy.ErrMalformed, message)
}

// checkPolicy checks what S3 demands of a bucket's policy beyond the grammar. Like AWS, it tells of one fault at a time.
func checkPolicy(document *policy.Document, bucket string) error {
	for _, statement := range document.Statements {
		err := cmp.Or(checkPrincipals(statement), checkActions(statement), checkResources(statement, bucket), checkKeys(statement))
		if err != nil {
			return err
		}
	}
	return nil
}

var (
	accountPattern = regexp.MustCompile(`^\d{12}$`)
	callerPattern  = regexp.MustCompile(`^arn:aws[a-z-]*:(iam|sts)::(\d{12}|cloudfront):[^*?]+$`)
	servicePattern = regexp.MustCompile(`^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com)$`)
)

func checkPrincipals(statement policy.Statement) error {
	principals := statement.Principals
	if principals == nil {
		principals = statement.NotPrincipals
	}
	if principals == nil {
		return fault("Missing required field Principal")
	}
	for _, named := range principals.AWS {
		if named != "*" && !accountPattern.MatchString(named) && !callerPattern.MatchString(named) {
			return fault("Invalid principal in policy")
		}
	}
	for _, named := range principals.Service {
		if !servicePattern.MatchString(named) {
			return fault("Invalid principal in policy")
		}
	}
	return nil
}

func checkActions(statement policy.Statement) error {
	patterns := slices.Concat(statement.Actions, statement.NotActions)
	for _, pattern := range patterns {
		if len(matchingActions(pattern)) == 0 {
			return fault("Policy has invalid action")
		}
	}
	for _, pattern := range statement.Actions {
		if statement.NotResources == nil && !applies(matchingActions(pattern), statement.Resources) {
			return fault("Action does not apply to any resource(s) in statement")
		}
	}
	return nil
}

// applies says whether one of the actions is about the kind of one of the resources.
func applies(actions []string, resources []string) bool {
	for _, name := range actions {
		for _, resource := range resources {
			_, rest, _ := strings.Cut(resource, ":::")
			objects := strings.Contains(rest, "/")
			both := !objects && strings.HasSuffix(rest, "*") // arn:aws:s3:::reports* is the bucket and its objects
			if both || objects == aboutObjects[name] {
				return true
			}
		}
	}
	return false
}

func checkResources(statement policy.Statement, bucket string) error {
	patterns := slices.Concat(statement.Resources, statement.NotResources)
	if len(patterns) == 0 {
		return fault("Missing required field Resource")
	}
	for _, pattern := range patterns {
		prefix, name, found := strings.Cut(pattern, ":s3:::")
		name, _, _ = strings.Cut(name, "/")
		if !found || !strings.HasPrefix(prefix, "arn:aws") || !couldName(name, bucket) {
			return fault("Policy has invalid resource")
		}
	}
	return nil
}

// couldName says whether a bucket's part of a resource, wildcards included, fits a bucket.
func couldName(pattern, bucket string) bool {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(quoted)
	return pattern != "" && regexp.MustCompile("^"+quoted+"$").MatchString(bucket)
}

// knownPrefixes begin the condition keys whose names go on with the name of a tag.
var knownPrefixes = []string{
	"aws:principaltag/", "aws:requesttag/", "aws:resourcetag/", "s3:existingobjecttag/", "s3:requestobjecttag/",
	"s3:buckettag/", "s3:inventoryaccessibleoptionalfields",
}

func checkKeys(statement policy.Statement) error {
	for _, condition := range statement.Conditions {
		key := strings.ToLower(condition.Key)
		tagged := slices.ContainsFunc(knownPrefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
		if !tagged && !knownKeys[key] {
			return fault("Policy has an invalid condition key")
		}
	}
	return nil
}

// public says whether a policy lets everybody in.
func public(document *policy.Document) bool {
	return slices.ContainsFunc(document.Statements, policy.Statement.Public)
}
