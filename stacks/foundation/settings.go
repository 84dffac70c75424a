package foundation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// Settings are the foundation's, from Pulumi.<stack>.yaml.
type Settings struct {
	Project          string            // start of every resource name, and the Project tag
	Environment      string            // second part of every resource name, and the Environment tag
	Region           string            // us-east-1, fixed by the specification
	AccountID        string            // the account that the stack expects; empty: any
	Local            bool              // the stack stands on a local AWS
	Tags             map[string]string // on every resource, beside ours
	ViolationsEmails []string          // subscribers of the violations topic
	OperationsEmails []string          // subscribers of the operations topic
	RetentionDays    int               // days until reports and events expire
	EmptyBucket      bool              // destroying the stack may delete the reports
	KeyDeletionDays  int               // days between destroying the stack and the end of the key
}

// Limits of the settings; times are in days.
const (
	leastRetention      = 1
	mostRetention       = 3650
	defaultRetention    = 30 // the specification's
	leastKeyDeletion    = 7  // AWS accepts 7 to 30
	mostKeyDeletion     = 30
	mostTags            = 6 // an S3 object takes 10 tags, and four are the monitor's
	tagKeysOfTheMonitor = "another key: Environment, Project, ManagedBy and Purpose are the monitor's own"
)

// ParseSettings reads the foundation's settings; the error holds every fault.
func ParseSettings(values map[string]string) (Settings, error) {
	settings, reader := read(values)
	return settings, reader.Err()
}

// Keys lists the settings' names.
func Keys() []string {
	_, reader := read(nil)
	return reader.Keys()
}

func read(values map[string]string) (Settings, *settings.Reader) {
	r := settings.NewReader(outputs.Project(outputs.LayerFoundation), values)
	s := Settings{
		Project: r.String("project", names.DefaultProject, settings.Matching("[a-z][a-z0-9-]{0,23}",
			"at most 24 lower-case letters, digits and hyphens, a letter first")),
		Environment: r.String("environment", "", settings.Matching("[a-z][a-z0-9]{0,11}",
			"at most 12 lower-case letters and digits, a letter first")),
		Region: r.String("region", names.Region, settings.OneOf(names.Region)),
		AccountID: r.String("accountId", "", settings.Matching("([0-9]{12})?",
			"the 12 digits of an AWS account id, in quotes")),
		Local:            r.Bool("local", false),
		Tags:             settings.Object(r, "tags", "a map of texts", map[string]string{}),
		ViolationsEmails: r.Strings("violationsEmails", nil, settings.Email),
		OperationsEmails: r.Strings("operationsEmails", nil, settings.Email),
		RetentionDays:    r.Int("retentionDays", defaultRetention, leastRetention, mostRetention),
		EmptyBucket:      r.Bool("emptyBucketOnDestroy", false),
		KeyDeletionDays:  r.Int("keyDeletionDays", mostKeyDeletion, leastKeyDeletion, mostKeyDeletion),
	}
	checkTags(r, s.Tags)
	return s, r
}

// checkTags refuses tags that AWS would refuse in the middle of a deployment, and those that would replace the monitor's.
func checkTags(r *settings.Reader, tags map[string]string) {
	if len(tags) > mostTags {
		r.Fault("tags", fmt.Sprintf("%d tags", len(tags)), fmt.Sprintf("at most %d", mostTags))
	}
	ours := []string{names.TagEnvironment, names.TagProject, names.TagManagedBy, names.TagPurpose}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		// IAM takes keys that differ in case only for the same.
		if slices.ContainsFunc(ours, func(own string) bool { return strings.EqualFold(own, key) }) {
			r.Fault("tags."+key, tags[key], tagKeysOfTheMonitor)
		}
		if expected := settings.TagKey(key); expected != "" {
			r.Fault("tags."+key, tags[key], expected)
		}
		if expected := settings.TagValue(tags[key]); expected != "" {
			r.Fault("tags."+key, tags[key], expected)
		}
	}
}
