package remediation

import (
	"maps"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// ownerTags are put by AWS on what something else in AWS makes, and makes anew; nobody else can set them.
var ownerTags = []struct{ key, owner string }{
	{"aws:cloudformation:stack-name", "CloudFormation stack "},
	{"aws:autoscaling:groupName", "Auto Scaling group "},
}

// tools are infrastructure-as-code tools, as they are called in tags by convention: they leave no mark of their own.
var tools = []string{"terraform", "opentofu", "pulumi", "cloudformation", "cdk", "sam", "serverless", "crossplane", "ansible"}

// managerKeys are the keys, in lower case and without hyphens and underscores, that name such a tool by their value.
var managerKeys = []string{"managedby", "provisionedby", "createdby", "provisioner", "iac"}

// on is the one value of the tag that lets the remediator in. Whoever writes no, false or a mistyped off means off.
const on = "on"

// OptedOut says whether the resource's owner has asked to leave it alone, and by which tag.
func OptedOut(tags map[string]string) (string, bool) {
	value, ok := tags[names.TagRemediation]
	return names.TagRemediation + "=" + value, ok && !strings.EqualFold(strings.TrimSpace(value), on)
}

// Owner says what owns a resource, by its tags: it would undo a change that is not made in it, or replace the resource.
func Owner(tags map[string]string) (string, bool) {
	for _, tag := range ownerTags {
		if name, ok := tags[tag.key]; ok {
			return tag.owner + name, true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if owns(key, tags[key]) {
			return "code (tag " + key + "=" + tags[key] + ")", true
		}
	}
	return "", false
}

// owns says whether a tag names a tool: by its value under a key such as ManagedBy, or by its key, as in terraform=true
// or pulumi:project=shop.
func owns(key, value string) bool {
	key, value = strings.ToLower(key), strings.ToLower(strings.TrimSpace(value))
	if slices.Contains(managerKeys, strings.NewReplacer("-", "", "_", "").Replace(key)) {
		return slices.Contains(tools, value)
	}
	tool, _, _ := strings.Cut(key, ":")
	return slices.Contains(tools, tool) && value != "" && value != "false" && value != "no"
}
