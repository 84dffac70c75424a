package foundation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The key", func() {
	It("should rotate, and outlive the stack for as long as the settings say", func() {
		Expect(deploy(map[string]string{"keyDeletionDays": "14"}).Resource("key").Inputs).To(SatisfyAll(
			HaveKeyWithValue("enableKeyRotation", true), HaveKeyWithValue("deletionWindowInDays", 14.0)))
	})

	It("should be known by an alias of the deployment's name", func() {
		recording := deploy(nil)
		Expect(recording.Resource("key-alias").Inputs).To(Equal(map[string]any{
			"name": "alias/monitor-test", "targetKeyId": recording.Resource("key").ID,
		}))
	})

	It("should be the account's to administer, and each service's for its own use only", func() {
		recording := deploy(nil)
		Expect(recording.Resource("key-policy").Inputs["keyId"]).To(Equal(recording.Resource("key").ID))
		Expect(recording.Resource("key-policy").Inputs["policy"]).To(MatchJSON(`{
			"Version": "2012-10-17",
			"Statement": [
				{
					"Sid": "AccountAdministersKey", "Effect": "Allow",
					"Principal": {"AWS": ["arn:aws:iam::111122223333:root"]},
					"Action": ["kms:*"], "Resource": ["*"]
				},
				{
					"Sid": "LogsEncryptLogGroups", "Effect": "Allow",
					"Principal": {"Service": ["logs.us-east-1.amazonaws.com"]},
					"Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
					"Resource": ["*"],
					"Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": [
						"arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/monitor-test*"
					]}}
				},
				{
					"Sid": "AlarmsPublishToTopics", "Effect": "Allow",
					"Principal": {"Service": ["cloudwatch.amazonaws.com"]},
					"Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": ["*"],
					"Condition": {
						"StringEquals": {"aws:SourceAccount": ["111122223333"]},
						"ArnLike": {"aws:SourceArn": ["arn:aws:cloudwatch:us-east-1:111122223333:alarm:monitor-test*"]}
					}
				},
				{
					"Sid": "EventBridgeSendsToQueues", "Effect": "Allow",
					"Principal": {"Service": ["events.amazonaws.com"]},
					"Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": ["*"]
				},
				{
					"Sid": "TopicsSendToQueues", "Effect": "Allow",
					"Principal": {"Service": ["sns.amazonaws.com"]},
					"Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": ["*"]
				}
			]
		}`))
	})
})
