package deploy

import (
	"regexp"
	"strings"
)

// pulumisOwn tells stacks and providers, which exist in Pulumi's state alone, from resources.
func pulumisOwn(token string) bool {
	return strings.HasPrefix(token, "pulumi:")
}

// markup is Pulumi's colour markup and terminal escapes.
var markup = regexp.MustCompile(`<\{%[^%]*%\}>|\x1b\[[0-9;]*m`)

func plainText(text string) string {
	return strings.TrimSpace(markup.ReplaceAllString(text, ""))
}

// urnType is the type in a URN: urn:pulumi:<stack>::<project>::<parent$type>::<name>.
func urnType(urn string) string {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) < 4 {
		return ""
	}
	return parts[2][strings.LastIndex(parts[2], "$")+1:]
}

func logicalName(urn string) string {
	return urn[strings.LastIndex(urn, "::")+2:]
}

// shortType leaves the module's file out of a type: aws:s3/bucketV2:BucketV2 is aws:s3:BucketV2.
func shortType(token string) string {
	parts := strings.Split(token, ":")
	if len(parts) != 3 {
		return token
	}
	module, _, _ := strings.Cut(parts[1], "/")
	return parts[0] + ":" + module + ":" + parts[2]
}

// What the provider puts around an error: where it was logged and by which version, and how many there are. It tells of
// each error twice, once as a line of its log.
var (
	logged = regexp.MustCompile(`^\S+\.go:\d+: (?:[a-z]+\.[a-z_]+: )?((?s).*?)(?:: provider=\S+)?$`)
	listed = regexp.MustCompile(`^\d+ errors? occurred:\s*\* `)
	items  = regexp.MustCompile(`\s*\n\s*\* `)
)

// essence is an error of the provider without what the provider puts around it.
func essence(message string) string {
	message = logged.ReplaceAllString(message, "$1")
	if listed.MatchString(message) {
		message = items.ReplaceAllString(listed.ReplaceAllString(message, ""), "\n")
	}
	return strings.TrimSpace(message)
}
