package resource_test

import (
	"net/url"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

func of(kind, id string) resource.Resource {
	return resource.Resource{Type: kind, ID: id, Account: "123456789012", Region: "us-east-1"}
}

var _ = Describe("A resource", func() {
	DescribeTable("should have an ARN where its id tells it",
		func(kind, id, arn string) {
			found, ok := of(kind, id).ARN()
			Expect(ok).To(Equal(arn != ""))
			Expect(found).To(Equal(arn))
		},
		Entry("a bucket", "AWS::S3::Bucket", "data", "arn:aws:s3:::data"),
		Entry("an instance", "AWS::EC2::Instance", "i-1", "arn:aws:ec2:us-east-1:123456789012:instance/i-1"),
		Entry("a function", "AWS::Lambda::Function", "f", "arn:aws:lambda:us-east-1:123456789012:function:f"),
		Entry("an id that is an ARN", "AWS::SNS::Topic", "arn:aws:sns:us-east-1:123456789012:t", "arn:aws:sns:us-east-1:123456789012:t"),
		Entry("a user, whose id says too little", "AWS::IAM::User", "AIDAEXAMPLE", ""),
	)

	It("should have a page in the console", func() {
		page, err := url.Parse(of("AWS::S3::Bucket", "a b&c").ConsoleURL())
		Expect(err).NotTo(HaveOccurred())
		Expect(page.Host).To(Equal("us-east-1.console.aws.amazon.com"))
		Expect(page.Query().Get("region")).To(Equal("us-east-1"))
		Expect(page.EscapedFragment()).To(Equal("/resources/timeline?resourceId=a%20b%26c&resourceType=AWS%3A%3AS3%3A%3ABucket"))
	})

	It("should be called by its type and id", func() {
		Expect(of("AWS::S3::Bucket", "data").String()).To(Equal("AWS::S3::Bucket data"))
	})
})
