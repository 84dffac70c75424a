package demo

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// mark begins the names of all that the demo makes, and is the key of its tag: by it, the remains of a run that was
// killed are found.
const mark = "compliance-demo"

// Ending is what the remediator makes of a finding: the outcome in its record. A finding without a remedy has no record.
type Ending string

// Endings that the story has.
const (
	Fixed    Ending = "verified"
	FixedToo Ending = "already-compliant" // the fix of the resource's other finding has done it
	Planned  Ending = "planned"
	Exempt   Ending = "exempt"
	Owned    Ending = "owned-by-iac"
	OptedOut Ending = "opted-out"
	Fought   Ending = "fight" // somebody has undone the fix, and is respected
	Failed   Ending = names.OutcomeFailed
	NoRemedy Ending = ""
)

// Part is one resource of the story.
type Part struct {
	Name   string // the last word of its name
	Kind   string // what people call its type
	Type   string // what AWS Config calls its type
	Deed   string // what is done to it
	Rules  []string
	Ending Ending // of its findings
}

// Names of the parts.
const (
	invoices = "invoices"
	website  = "website"
	worker   = "worker"
	bastion  = "bastion"
	orders   = "orders"
	partner  = "partner"
	platform = "platform"
	admins   = "admins"
	archive  = "archive"
)

const (
	bucketKind = "S3 bucket"
	bucketType = "AWS::S3::Bucket"
)

// Rules of the catalogue that the story is about.
const (
	ruleEncryption    = "s3-encryption"
	ruleEncryptionKMS = "s3-encryption-kms"
	rulePublicBlock   = "s3-public-access-block"
	ruleTLS           = "s3-tls-only"
	ruleMetadata      = "ec2-imdsv2"
	ruleSSH           = "restricted-ssh"
	ruleBackups       = "rds-backup-retention"
	ruleAdmins        = "iam-no-admin-policies"
)

// Script is what is broken, in this order, and what is expected to become of it.
func Script() []Part {
	return []Part{
		{invoices, bucketKind, bucketType, "its default encryption is deleted", []string{ruleEncryption, ruleEncryptionKMS}, Fixed},
		{website, bucketKind, bucketType, "its Block Public Access is deleted", []string{rulePublicBlock}, Fixed},
		{worker, "EC2 instance", "AWS::EC2::Instance", "its metadata is opened to version 1, as stolen credentials like it", []string{ruleMetadata}, Fixed},
		{bastion, "security group", "AWS::EC2::SecurityGroup", "SSH is opened to the whole internet", []string{ruleSSH}, Fixed},
		{orders, "RDS database", "AWS::RDS::DBInstance", "its backups are kept for 1 day instead of 14", []string{ruleBackups}, Planned},
		{partner, bucketKind, bucketType, "the policy that demands TLS is deleted; it is exempt", []string{ruleTLS}, Exempt},
		{platform, bucketKind, bucketType, "its Block Public Access is deleted; Terraform owns it", []string{rulePublicBlock}, Owned},
		{admins, "IAM policy", "AWS::IAM::Policy", "it allows everything now; no remediation exists for that", []string{ruleAdmins}, NoRemedy},
	}
}

// Before is what is out of line already when the story begins. Its owner keeps the remediator away, for the time being.
func Before() Part {
	return Part{archive, bucketKind, bucketType, "it never had a policy that demands TLS", []string{ruleTLS}, OptedOut}
}

// Settings are the settings of the functions layer under which the story is told: some rules in mode enforce, all others in
// plan. The limits are out of the way, so that the demo can be repeated as often as one likes.
func Settings(exemptionsFile string) map[string]string {
	modes := map[string]string{ruleBackups: names.ModePlan}
	for _, rule := range []string{ruleEncryption, ruleEncryptionKMS, rulePublicBlock, ruleTLS, ruleMetadata, ruleSSH} {
		modes[rule] = names.ModeEnforce
	}
	text, _ := json.Marshal(modes) //nolint:errchkjson // texts can't fail to marshal
	return map[string]string{
		"remediationMode": names.ModePlan, "remediations": string(text), "exemptionsFile": exemptionsFile,
		"breakerLimit": fmt.Sprint(names.MostBreakerLimit), "floodLimit": "0",
	}
}

// exemptDays is how long the exemption of the story holds.
const exemptDays = 90

// Exemptions is the file of exemptions of the story.
func Exemptions(now time.Time) string {
	return fmt.Sprintf(`exemptions:
  - rule: %s
    resource: %s
    owner: partner team <partners@example.com>
    reason: The partner's old gateway speaks plain HTTP until it is replaced.
    expires: %s
`, ruleTLS, resourceName("*", partner), now.UTC().AddDate(0, 0, exemptDays).Format(time.DateOnly))
}

// resourceName is the name of a part in one run of the demo.
func resourceName(run, part string) string {
	return mark + "-" + run + "-" + part
}
