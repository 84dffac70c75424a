package localcloud_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("What the gateway refuses", func() {
	It("should be understood by botocore in each service's protocol, where a role may not do something", func(ctx SpecContext) {
		_, of := assumedRole(ctx)
		bucket := makeBucket(ctx)
		calls := []call{
			{Service: "cloudwatch", Operation: "DescribeAlarms", code: "AccessDenied"},
			{Service: "config", Operation: "DescribeConfigRules", code: "AccessDeniedException"},
			{Service: "ec2", Operation: "DescribeInstances", code: "UnauthorizedOperation"},
			{Service: "events", Operation: "ListRules", code: "AccessDeniedException"},
			{Service: "iam", Operation: "ListUsers", code: "AccessDenied"},
			{Service: "kms", Operation: "ListKeys", code: "AccessDeniedException"},
			{Service: "lambda", Operation: "Invoke", Parameters: values{"FunctionName": "f"}, code: "AccessDeniedException"},
			{Service: "logs", Operation: "DescribeLogGroups", code: "AccessDeniedException"},
			{Service: "rds", Operation: "DescribeDBInstances", code: "AccessDenied"},
			{Service: "s3", Operation: "GetObject", Parameters: values{"Bucket": bucket, "Key": "k"}, code: "AccessDenied"},
			{Service: "s3", Operation: "GetBucketPolicy", Parameters: values{"Bucket": bucket}, code: "AccessDenied"},
			{Service: "sns", Operation: "ListTopics", code: "AuthorizationError"},
			{Service: "sqs", Operation: "ListQueues", code: "AccessDenied"},
			{Service: "sts", Operation: "AssumeRole", Parameters: values{"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "s"}, code: "AccessDenied"},
		}
		keys := []string{*of.AccessKeyId, *of.SecretAccessKey, *of.SessionToken}
		for i := range calls {
			calls[i].Credentials = keys
		}
		for i, answer := range understood(ctx, "", calls) {
			Expect(answer.Status).To(Or(Equal(400), Equal(403)), calls[i].Operation)
		}
	})

	It("should be understood by botocore in each protocol, where moto lacks an operation", func(ctx SpecContext) {
		for _, answer := range understood(ctx, "", []call{
			{Service: "config", Operation: "DescribeConformancePacks", code: "NotImplemented"},
			{Service: "cloudwatch", Operation: "DescribeAnomalyDetectors", code: "NotImplemented"},
			{Service: "rds", Operation: "DescribeReservedDBInstances", code: "NotImplemented"},
			{Service: "ec2", Operation: "DescribeBundleTasks", code: "NotImplemented"},
		}) {
			Expect(answer.Status).To(Equal(501), answer.Operation)
		}
	})
})
