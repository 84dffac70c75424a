package catalogue_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/source"
)

var _ = Describe("Validating a catalogue", func() {
	const (
		words    = "lower-case words joined by hyphens"
		again    = "to find it once, but it is there again"
		severity = "one of critical, high, medium, low"
		bucket   = `rule "bucket-encrypted"`
		pattern  = "an ARN pattern that begins with arn:${Partition}: and has no placeholder but that, ${Region} and ${Account}"
		types    = "AWS::Service::Resource or AWS::::Account"
		one      = "service:Action without wildcards"
	)

	DescribeTable("faults", func(part, by, subject, field, value, expected string) {
		_, err := source.Parse(altered(part, by))
		Expect(err).To(fault(subject, field, value, expected))
	},
		Entry("should have a pack twice",
			"name: extra", "name: base", "catalogue", "pack", "base", again),
		Entry("should have a rule twice",
			"name: group-closed", "name: account-trail", "catalogue", "rule", "account-trail", again),
		Entry("should have a remediation twice",
			"name: fix-trail", "name: fix-bucket", "catalogue", "remediation", "fix-bucket", again),
		Entry("should have a statement id for two statements, which one policy can't hold",
			"sid: FixTrail", "sid: FixBucket", "catalogue", "sid", "FixBucket", "the same statement wherever the sid is"),

		Entry("should have a pack's name in capitals", "name: extra", "name: Extra", `pack "Extra"`, "name", "Extra", words),
		Entry("should have a pack without a description",
			"description: More.", "description: ' '", `pack "extra"`, "description", " ", "a sentence on what the pack is for"),
		Entry("should have a pack without rules", "packs:\n  - name: base", "packs:\n  - {name: new, description: N.}\n  - name: base",
			`pack "new"`, "rules", "", "at least one rule that names the pack"),

		Entry("should have a remediation's name with two hyphens",
			"name: fix-trail", "name: fix--trail", `remediation "fix--trail"`, "name", "fix--trail", words),
		Entry("should have a remediation without a description",
			"description: Starts.", "description: ''", `remediation "fix-trail"`, "description", "", "a sentence on what it changes"),
		Entry("should have a risk that is no severity",
			"risk: high", "risk: big", `remediation "fix-trail"`, "risk", "big", severity),
		Entry("should have a statement id with a hyphen",
			"sid: FixTrail", "sid: Fix-Trail", `remediation "fix-trail"`, "sid", "Fix-Trail", "letters and digits only"),
		Entry("should have a statement without actions", "actions: [cloudtrail:StartLogging]", "actions: []",
			`remediation "fix-trail"`, "actions", "", "at least one action"),
		Entry("should have a statement without resources",
			`resources: ["arn:${Partition}:s3:::*"]`, "resources: []",
			`remediation "fix-bucket"`, "resources", "", "at least one ARN pattern"),
		Entry("should have an action with a wildcard", "cloudtrail:StartLogging", "'cloudtrail:*'",
			`remediation "fix-trail"`, "action", "cloudtrail:*", one),
		Entry("should have an action without a service", "cloudtrail:StartLogging", "StartLogging",
			`remediation "fix-trail"`, "action", "StartLogging", one),
		Entry("should have every resource", "arn:${Partition}:s3:::*", "*", `remediation "fix-bucket"`, "resource", "*", pattern),
		Entry("should have an ARN of nothing", "arn:${Partition}:s3:::*", "arn:${Partition}:",
			`remediation "fix-bucket"`, "resource", "arn:${Partition}:", pattern),
		Entry("should have an ARN of one partition", "arn:${Partition}:s3:::*", "arn:aws:s3:::*",
			`remediation "fix-bucket"`, "resource", "arn:aws:s3:::*", pattern),
		Entry("should have an unknown placeholder", "${Region}:${Account}", "${Region}:${AccountId}",
			`remediation "fix-trail"`, "resource", "arn:${Partition}:cloudtrail:${Region}:${AccountId}:trail/*", pattern),

		Entry("should have a rule without a name", "name: bucket-encrypted", "name: ''", `rule ""`, "name", "", words),
		Entry("should have a rule's name that begins with a digit",
			"name: bucket-encrypted", "name: 3-buckets", `rule "3-buckets"`, "name", "3-buckets", words),
		Entry("should have a rule's name with an underscore",
			"name: bucket-encrypted", "name: a_b", `rule "a_b"`, "name", "a_b", words),
		Entry("should have the name of a rule's page instead of its identifier",
			"S3_BUCKET_ENCRYPTED", "s3-bucket-encrypted", bucket, "identifier", "s3-bucket-encrypted",
			"AWS's identifier of a managed rule, such as ENCRYPTED_VOLUMES"),
		Entry("should have a rule without an identifier",
			"S3_BUCKET_ENCRYPTED", "''", bucket, "identifier", "",
			"AWS's identifier of a managed rule, such as ENCRYPTED_VOLUMES"),
		Entry("should have a blank description", "Buckets are encrypted.", "' '",
			bucket, "description", " ", "a sentence on what is compliant"),
		Entry("should have blank guidance", "Encrypt it.", "''", bucket, "guidance", "", "what to do about a violation"),
		Entry("should have no resource type", "[AWS::S3::Bucket]", "[]",
			bucket, "resourceTypes", "", "at least one resource type"),
		Entry("should have a resource type of two parts", "[AWS::S3::Bucket]", "['AWS::S3']",
			bucket, "resource type", "AWS::S3", types),
		Entry("should have a resource type of another vendor", "[AWS::S3::Bucket]", "['GCP::S3::Bucket']",
			bucket, "resource type", "GCP::S3::Bucket", types),
		Entry("should have a resource type without a service", "[AWS::S3::Bucket]", "['AWS::::Bucket']",
			bucket, "resource type", "AWS::::Bucket", types),
		Entry("should have a resource type without a resource", "[AWS::S3::Bucket]", "['AWS::S3::']",
			bucket, "resource type", "AWS::S3::", types),
		Entry("should have a resource type twice", "[AWS::S3::Bucket]", "['AWS::S3::Bucket','AWS::S3::Bucket']",
			bucket, "resource type", "AWS::S3::Bucket", again),
		Entry("should have a rule that no pack holds", "packs: [base]", "packs: []",
			bucket, "packs", "", "at least one pack: settings could not select it"),
		Entry("should have a pack twice in a rule", "packs: [base]", "packs: [base, base]", bucket, "pack", "base", again),
		Entry("should have an unknown remediation", "remediation: fix-bucket", "remediation: fix-buckets",
			bucket, "remediation", "fix-buckets", "nothing, or one of fix-bucket, fix-trail"),

		Entry("should have a CIS control without a dot", "cis: [2.1.1]", "cis: [2]",
			bucket, "CIS control", "2", "a number such as 2.1.1"),
		Entry("should have a CIS control with a version", "cis: [2.1.1]", "cis: [v3.0.0/2.1.1]",
			bucket, "CIS control", "v3.0.0/2.1.1", "a number such as 2.1.1"),
		Entry("should have a PCI control that ends in a dot", "pci: [3.5.1]", "pci: [3.5.]",
			bucket, "PCI control", "3.5.", "a number such as 8.4.2"),
		Entry("should have a control twice", "cis: [2.1.1]", "cis: [2.1.1, 2.1.1]",
			bucket, "CIS control", "2.1.1", again),
	)

	DescribeTable("NIST controls that are none", func(control string) {
		_, err := source.Parse(altered("SC-28(1)", "'"+control+"'"))
		Expect(err).To(fault(bucket, "NIST control", control, "a control such as CP-9 or SC-28(1)"))
	},
		Entry("should have two letters in front", "SCX-28"),
		Entry("should have capital letters in front", "sc-28"),
		Entry("should have a number", "SC"),
		Entry("should have a number before the enhancement", "SC-(1)"),
		Entry("should close the enhancement", "SC-28(1"),
		Entry("should have a number in the enhancement", "SC-28()"),
		Entry("should have nothing after the enhancement", "SC-28(1)a"),
	)

	It("should accept the longest description that AWS does, counted in characters", func() {
		_, err := source.Parse(altered("Buckets are encrypted.", strings.Repeat("é", catalogue.MaxDescription)))
		Expect(err).NotTo(HaveOccurred())
	})

	It("should refuse a longer description and say how long it is", func() {
		text := strings.Repeat("é", catalogue.MaxDescription+1)
		_, err := source.Parse(altered("Buckets are encrypted.", text))
		Expect(err).To(fault(bucket, "description", text, "at most 256 characters, but it has 257"))
	})

	It("should refuse a remediation without statements", func() {
		c := parsed()
		c.Remediations[1].Statements = nil
		Expect(c.Validate()).To(fault(`remediation "fix-trail"`, "statements", "",
			"at least one statement: a fix needs permissions"))
	})

	It("should refuse a catalogue without rules", func() {
		Expect((&catalogue.Catalogue{}).Validate()).To(fault("catalogue", "rules", "", "at least one rule"))
	})
})
