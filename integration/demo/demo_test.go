package demo_test

import (
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

// row matches a story that has a line with these words, in this order.
func row(words ...string) types.GomegaMatcher {
	return MatchRegexp(`(?m)^  .*` + strings.Join(words, `\s.*`))
}

var _ = Describe("The demo", func() {
	It("should tell the whole story, and leave nothing behind", func(ctx SpecContext) {
		story, err := compliance(ctx, "demo", "--no-open")
		Expect(err).NotTo(HaveOccurred(), story)

		Expect(story).To(And(
			ContainSubstring("score before: "),
			row("S3 bucket", "invoices", "s3-encryption", "found after"),
			row("IAM policy", "admins", "iam-no-admin-policies", "found after"),
			ContainSubstring("9 mails to security@example.com"),
			ContainSubstring("| Subject: [HIGH] violation: s3-encryption on compliance-demo-"),
		), "it is broken, found and told")
		Expect(story).To(And(
			row("fixed", "S3 bucket", "invoices", "s3-encryption", "after"),
			row("fixed", "S3 bucket", "website", "s3-public-access-block", "after"),
			row("fixed", "EC2 instance", "worker", "ec2-imdsv2", "after"),
			row("HttpTokens: optional -> required"),
			row("fixed", "security group", "bastion", "restricted-ssh", "after"),
			row("planned", "RDS database", "orders", "rds-backup-retention"),
			row("exempt", "S3 bucket", "partner", "s3-tls-only"),
			row("proposed", "S3 bucket", "platform", "s3-public-access-block"),
			row("no remedy", "IAM policy", "admins", "iam-no-admin-policies"),
		), "it is fixed, or left alone")
		Expect(story).To(And(
			row("worker", "ec2-imdsv2", "after it was broken"),
			row("undone", "security group", "bastion", "restricted-ssh"),
			row("fixed", "S3 bucket", "archive", "s3-tls-only"),
			row("score now"), row("resolved: 1"), row("new: 5;"),
			row("Remediations, outcome verified: [67]"), // one fix of the bucket may serve both of its rules
			row("The demo's 9 resources are removed again"),
		), "it is undone, swept, reported and removed")
		Expect(filepath.Join(root, "outputs", "demo", "report.html")).To(BeARegularFile())
		page, err := os.ReadFile(filepath.Join(root, "outputs", "demo", "report.html"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(page)).To(ContainSubstring("restricted-ssh"))
		for line := range strings.Lines(story) {
			Expect(utf8.RuneCountInString(strings.TrimSuffix(line, "\n"))).To(BeNumerically("<=", 100), line)
		}
	})
})
