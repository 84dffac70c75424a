package catalogue_test

import (
	"strings"
	"unicode"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// What remediations may touch. The ARN of buckets holds no account.
const (
	anyBucket   = "arn:${Partition}:s3:::*"
	anyDatabase = "arn:${Partition}:rds:${Region}:${Account}:db:*"
)

// shipped is the catalogue that the program carries.
func shipped() *catalogue.Catalogue {
	GinkgoHelper()
	c, err := catalogue.Load()
	Expect(err).NotTo(HaveOccurred())
	return c
}

var _ = Describe("The shipped catalogue", func() {
	It("should be parsed once for all callers", func() {
		Expect(shipped()).To(BeIdenticalTo(shipped()))
	})

	DescribeTable("the specification's rules", func(name, identifier string) {
		rule, found := shipped().Rule(name)
		Expect(found).To(BeTrue())
		Expect(rule.Identifier).To(Equal(identifier))
		Expect(rule.Trigger).To(Equal(catalogue.OnChange))
		Expect(rule.Packs).To(ContainElement("essentials"))
	},
		Entry("should have EC2 instance types", "ec2-instance-type", "DESIRED_INSTANCE_TYPE"),
		Entry("should have S3 encryption", "s3-encryption", "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED"),
		Entry("should have S3 encryption with KMS", "s3-encryption-kms", "S3_DEFAULT_ENCRYPTION_KMS"),
		Entry("should have RDS backup retention", "rds-backup-retention", "DB_INSTANCE_BACKUP_ENABLED"),
		Entry("should have encrypted volumes", "ebs-encryption", "ENCRYPTED_VOLUMES"),
	)

	It("should have at least 24 more, of every trigger and every severity", func() {
		triggers, severities := map[catalogue.Trigger]int{}, map[catalogue.Severity]int{}
		for _, rule := range shipped().Rules {
			triggers[rule.Trigger]++
			severities[rule.Severity]++
		}
		Expect(len(shipped().Rules)).To(BeNumerically(">=", 5+24))
		Expect(triggers).To(HaveLen(len(catalogue.Triggers())))
		Expect(severities).To(HaveLen(len(catalogue.Severities())))
	})

	It("should put exactly the rules with a CIS control into the pack cis", func() {
		for _, rule := range shipped().Rules {
			if len(rule.Frameworks.CIS) > 0 {
				Expect(rule.Packs).To(ContainElement("cis"), rule.Name)
			} else {
				Expect(rule.Packs).NotTo(ContainElement("cis"), rule.Name)
			}
		}
	})

	It("should ask for tags that the monitor's own resources carry", func() {
		rule, _ := shipped().Rule("required-tags")
		Expect(rule.Parameters).To(Equal(map[string]string{
			"tag1Key": names.TagEnvironment,
			"tag2Key": names.TagProject,
		}))
	})

	It("should name these remediations, and no other", func() {
		remediations := map[string]string{}
		for _, rule := range shipped().Rules {
			if rule.Remediation != "" {
				remediations[rule.Name] = rule.Remediation
			}
		}
		Expect(remediations).To(Equal(map[string]string{
			"ebs-default-encryption": "ebs-default-encryption",
			"ec2-imdsv2":             "ec2-imdsv2",
			"ec2-instance-type":      "ec2-stop-disallowed-type",
			"iam-password-policy":    "iam-password-policy",
			"kms-rotation":           "kms-rotation",
			"log-group-retention":    "log-group-retention",
			"rds-backup-retention":   "rds-backup-retention",
			"rds-public-access":      "rds-public-access",
			"restricted-ports":       "security-group-admin-ports",
			"restricted-ssh":         "security-group-admin-ports",
			"s3-encryption":          "s3-default-encryption",
			"s3-encryption-kms":      "s3-default-encryption",
			"s3-public-access-block": "s3-public-access-block",
			"s3-public-read":         "s3-public-access-block",
			"s3-public-write":        "s3-public-access-block",
			"s3-tls-only":            "s3-tls-only",
			"s3-versioning":          "s3-versioning",
		}))
	})

	It("should call disruptive what stops something, and nothing else", func() {
		var disruptive []string
		for _, remediation := range shipped().Remediations {
			if remediation.Disruptive {
				disruptive = append(disruptive, remediation.Name)
			}
		}
		Expect(disruptive).To(ConsistOf("ec2-stop-disallowed-type", "rds-backup-retention"))
	})

	It("should write descriptions and guidance as sentences", func() {
		for _, rule := range shipped().Rules {
			for _, text := range []string{rule.Description, rule.Guidance} {
				Expect(unicode.IsUpper([]rune(text)[0])).To(BeTrue(), rule.Name)
				Expect(text).To(HaveSuffix("."), rule.Name)
				Expect(text).NotTo(ContainSubstring("  "), rule.Name)
			}
		}
	})

	It("should have names that fit the deployments of the default project", func() {
		for _, environment := range []string{"local", "prod", "staging", "production"} {
			prefix := names.Prefix(names.DefaultProject, environment)
			Expect(catalogue.CheckNames(prefix, shipped().Rules)).To(Succeed())
		}
	})

	DescribeTable("a remediation",
		func(name string, risk catalogue.Severity, reversible, disruptive bool, resource string, reads, writes []string) {
			remediation, found := shipped().Remediation(name)
			Expect(found).To(BeTrue())
			Expect(remediation.Risk).To(Equal(risk))
			Expect(remediation.Reversible).To(Equal(reversible))
			Expect(remediation.Disruptive).To(Equal(disruptive))
			Expect(remediation.Statements).To(HaveLen(2))
			plans, applies := remediation.Statements[0], remediation.Statements[1]
			Expect(plans).To(Equal(catalogue.Statement{Sid: plans.Sid, Actions: reads, Resources: []string{resource}}))
			Expect(applies).To(Equal(catalogue.Statement{Sid: applies.Sid, Actions: writes, Writes: true, Resources: []string{resource}}))
			Expect(plans.Sid).To(HavePrefix("Plan"))
			Expect(applies.Sid).To(Equal("Apply" + strings.TrimPrefix(plans.Sid, "Plan")))
		},
		Entry("should encrypt buckets, and no more", "s3-default-encryption", catalogue.Low, true, false, anyBucket,
			[]string{"s3:GetBucketTagging", "s3:GetEncryptionConfiguration"}, []string{"s3:PutEncryptionConfiguration"}),
		Entry("should block public access to buckets, and no more", "s3-public-access-block", catalogue.High, true, false, anyBucket,
			[]string{"s3:GetBucketTagging", "s3:GetBucketPublicAccessBlock"}, []string{"s3:PutBucketPublicAccessBlock"}),
		Entry("should turn on versioning of buckets, and no more", "s3-versioning", catalogue.Low, false, false, anyBucket,
			[]string{"s3:GetBucketTagging", "s3:GetBucketVersioning"}, []string{"s3:PutBucketVersioning"}),
		Entry("should change policies of buckets, and no more", "s3-tls-only", catalogue.Medium, true, false, anyBucket,
			[]string{"s3:GetBucketTagging", "s3:GetBucketPolicy"}, []string{"s3:PutBucketPolicy", "s3:DeleteBucketPolicy"}),
		Entry("should modify DB instances for backups, and no more", "rds-backup-retention", catalogue.Medium, true, true, anyDatabase,
			[]string{"rds:DescribeDBInstances"}, []string{"rds:ModifyDBInstance"}),
		Entry("should modify DB instances for public access, and no more", "rds-public-access", catalogue.High, true, false, anyDatabase,
			[]string{"rds:DescribeDBInstances"}, []string{"rds:ModifyDBInstance"}),
	)

	It("should let no remediation change a resource with what it plans with", func() {
		for _, remediation := range shipped().Remediations {
			for _, statement := range remediation.Statements {
				reads := HaveEach(MatchRegexp(`:(Get|List|Describe)`))
				if statement.Writes {
					Expect(statement.Actions).To(HaveEach(Not(MatchRegexp(`:(Get|List|Describe)`))), statement.Sid)
				} else {
					Expect(statement.Actions).To(reads, statement.Sid)
				}
			}
		}
	})
})
