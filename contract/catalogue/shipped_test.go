package catalogue_test

import (
	"unicode"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
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
			"s3-encryption":          "s3-default-encryption",
			"s3-encryption-kms":      "s3-default-encryption",
			"ec2-instance-type":      "ec2-stop-disallowed-type",
			"ec2-imdsv2":             "ec2-imdsv2",
			"ebs-default-encryption": "ebs-default-encryption",
			"restricted-ssh":         "security-group-admin-ports",
			"restricted-ports":       "security-group-admin-ports",
			"kms-rotation":           "kms-rotation",
			"iam-password-policy":    "iam-password-policy",
			"log-group-retention":    "log-group-retention",
		}))
	})

	It("should call disruptive what stops something, and nothing else", func() {
		var disruptive []string
		for _, remediation := range shipped().Remediations {
			if remediation.Disruptive {
				disruptive = append(disruptive, remediation.Name)
			}
		}
		Expect(disruptive).To(ConsistOf("ec2-stop-disallowed-type"))
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

	It("should allow the fix of S3 encryption only what it calls, on buckets only", func() {
		remediation, found := shipped().Remediation("s3-default-encryption")
		Expect(found).To(BeTrue())
		Expect(remediation.Risk).To(Equal(catalogue.Low))
		Expect(remediation.Reversible).To(BeTrue())
		buckets := []string{"arn:${Partition}:s3:::*"}
		Expect(remediation.Statements).To(Equal([]catalogue.Statement{
			{
				Sid: "PlanS3DefaultEncryption", Resources: buckets,
				Actions: []string{"s3:GetBucketTagging", "s3:GetEncryptionConfiguration"},
			},
			{
				Sid: "ApplyS3DefaultEncryption", Resources: buckets, Writes: true,
				Actions: []string{"s3:PutEncryptionConfiguration"},
			},
		}))
	})

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
