// Package names is the one home of every name that deploy time and run time must agree on:
// the prefix of resource names, environment variables, S3 keys, metrics and event types.
package names

import "fmt"

// DefaultProject is the project's name where the settings give none. Every resource name starts with it.
const DefaultProject = "compliance-monitor"

// ManagedBy is the value of the ManagedBy tag on every resource.
const ManagedBy = "pulumi"

// Keys of the tags that every resource carries.
const (
	TagEnvironment = "Environment"
	TagProject     = "Project"
	TagManagedBy   = "ManagedBy"
	TagPurpose     = "Purpose"
)

// The tag by which a resource's owner keeps the remediator away from it.
const (
	TagRemediation    = "compliance:remediation"
	TagRemediationOff = "off"
)

// Region is the only region that the monitor is deployed to; the specification fixes it.
const Region = "us-east-1"

// Prefix is what every resource name of one deployment starts with.
func Prefix(project, environment string) string {
	return project + "-" + environment
}

// Resource is the name of the resource called short in the deployment called prefix.
func Resource(prefix, short string) string {
	return prefix + "-" + short
}

// Bucket is the name of the reports bucket. Bucket names are global to all of AWS, so the account is part of it.
func Bucket(prefix, accountID string) string {
	return fmt.Sprintf("%s-reports-%s", prefix, accountID)
}

// The three functions' short names.
const (
	Processor  = "processor"
	Aggregator = "aggregator"
	Remediator = "remediator"
)

// Functions lists the three functions' short names in the order in which they are shown to people.
func Functions() []string {
	return []string{Processor, Aggregator, Remediator}
}

// LogGroup is the name of the log group of the function called functionName (its full name).
func LogGroup(functionName string) string {
	return "/aws/lambda/" + functionName
}

// RulePrefix is what the name of each of the deployment's Config rules starts with; event patterns match on it.
func RulePrefix(prefix string) string {
	return prefix + "-"
}

// MaxRuleName is the longest name, in characters, that every Config operation used here accepts:
// GetComplianceDetailsByConfigRule stops at 64.
const MaxRuleName = 64
