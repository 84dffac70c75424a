package foundation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The Config service role", func() {
	It("should be assumed by AWS Config for this account only", func() {
		Expect(deploy(nil).Resource("config").Inputs["assumeRolePolicy"]).To(MatchJSON(`{
			"Version": "2012-10-17",
			"Statement": [{
				"Sid": "AssumeRole", "Effect": "Allow", "Action": ["sts:AssumeRole"],
				"Principal": {"Service": ["config.amazonaws.com"]},
				"Condition": {"StringEquals": {"aws:SourceAccount": ["111122223333"]}}
			}]
		}`))
	})

	It("should read what AWS's own policy lets it read", func() {
		Expect(deploy(nil).Resource("config-managed").Inputs).To(Equal(map[string]any{
			"role": "monitor-test-config", "policyArn": "arn:aws:iam::aws:policy/service-role/AWS_ConfigRole",
		}))
	})

	It("should deliver to its own part of the reports bucket, under the key and through S3 only", func() {
		recording := deploy(nil)
		policy := recording.Resource("config-delivery").Inputs
		Expect(policy).To(SatisfyAll(HaveKeyWithValue("role", "monitor-test-config"), HaveKeyWithValue("name", "delivery")))
		Expect(policy["policy"]).To(MatchJSON(`{
			"Version": "2012-10-17",
			"Statement": [
				{
					"Sid": "FindBucket", "Effect": "Allow",
					"Action": ["s3:GetBucketAcl", "s3:ListBucket"], "Resource": ["` + bucketARN + `"]
				},
				{
					"Sid": "DeliverSnapshots", "Effect": "Allow",
					"Action": ["s3:PutObject"], "Resource": ["` + bucketARN + `/AWSLogs/111122223333/Config/*"]
				},
				{
					"Sid": "EncryptSnapshots", "Effect": "Allow",
					"Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": ["` + keyARN(recording) + `"],
					"Condition": {"StringEquals": {"kms:ViaService": ["s3.us-east-1.amazonaws.com"]}}
				}
			]
		}`))
	})
})
