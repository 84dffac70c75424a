package catalogue_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/source"
)

var _ = Describe("The statements of remediations", func() {
	bucket := catalogue.Statement{
		Sid: "FixBucket", Actions: []string{"s3:PutEncryptionConfiguration"}, Resources: []string{"arn:aws-cn:s3:::*"},
	}
	trail := catalogue.Statement{
		Sid: "FixTrail", Actions: []string{"cloudtrail:StartLogging"},
		Resources: []string{"arn:aws-cn:cloudtrail:cn-north-1:123456789012:trail/*"},
	}

	DescribeTable("for names", func(names []string, expected ...catalogue.Statement) {
		statements, err := parsed().Statements(names, "aws-cn", "cn-north-1", "123456789012")
		Expect(err).NotTo(HaveOccurred())
		Expect(statements).To(HaveExactElements(expected))
	},
		Entry("should be none for no names", nil),
		Entry("should have partition, region and account filled in", []string{"fix-trail"}, trail),
		Entry("should be in the order of the names, whatever the order asked for", []string{"fix-trail", "fix-bucket"}, bucket, trail),
		Entry("should be there once for a name that is there twice", []string{"fix-trail", "fix-trail"}, trail),
	)

	It("should be there once for remediations that share one", func() {
		sharing, err := source.Parse(altered(
			`sid: FixTrail
        actions: [cloudtrail:StartLogging]
        resources: ["arn:${Partition}:cloudtrail:${Region}:${Account}:trail/*"]`,
			`sid: FixBucket
        actions: [s3:PutEncryptionConfiguration]
        resources: ["arn:${Partition}:s3:::*"]`))
		Expect(err).NotTo(HaveOccurred())
		Expect(sharing.Statements([]string{"fix-bucket", "fix-trail"}, "aws-cn", "cn-north-1", "123456789012")).To(HaveExactElements(bucket))
	})

	It("should leave the catalogue's patterns as they are", func() {
		c := parsed()
		_, err := c.Statements([]string{"fix-bucket", "fix-trail"}, "aws", "us-east-1", "123456789012")
		Expect(err).NotTo(HaveOccurred())
		Expect(c).To(Equal(parsed()))
	})

	It("should report all unknown names at once", func() {
		_, err := parsed().Statements([]string{"fix-bucket", "fix-a", "fix-b"}, "aws", "us-east-1", "123456789012")
		Expect(err).To(And(
			fault("settings", "remediation", "fix-a", "one of fix-bucket, fix-trail"),
			fault("settings", "remediation", "fix-b", "one of fix-bucket, fix-trail"),
		))
	})
})
