package foundation

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The reports bucket", func() {
	It("should be emptied on destruction only when the settings say so", func() {
		Expect(deploy(nil).Resource("reports").Inputs).To(SatisfyAll(
			HaveKeyWithValue("bucket", bucketName), HaveKeyWithValue("forceDestroy", false)))
		Expect(deploy(map[string]string{"emptyBucketOnDestroy": "true"}).Resource("reports").Inputs).To(
			HaveKeyWithValue("forceDestroy", true))
	})

	It("should belong to the account alone, and never to the public", func() {
		recording := deploy(nil)
		Expect(recording.Resource("reports-ownership").Inputs).To(Equal(map[string]any{
			"bucket": bucketName, "rule": map[string]any{"objectOwnership": "BucketOwnerEnforced"},
		}))
		Expect(recording.Resource("reports-public-access").Inputs).To(Equal(map[string]any{
			"bucket": bucketName, "blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true,
			"restrictPublicBuckets": true,
		}))
	})

	It("should change its access one step after another, as S3 demands", func() {
		recording := deploy(nil)
		Expect(recording.Resource("reports-public-access").DependsOn).To(ContainElement("reports-ownership"))
		Expect(recording.Resource("reports-policy").DependsOn).To(ContainElement("reports-public-access"))
	})

	It("should encrypt with the key, and a bucket key to spare requests to KMS", func() {
		recording := deploy(nil)
		Expect(recording.Resource("reports-encryption").Inputs).To(Equal(map[string]any{
			"bucket": bucketName,
			"rules": []any{map[string]any{
				"bucketKeyEnabled": true,
				"applyServerSideEncryptionByDefault": map[string]any{
					"sseAlgorithm": "aws:kms", "kmsMasterKeyId": keyARN(recording),
				},
			}},
		}))
	})

	It("should keep versions", func() {
		Expect(deploy(nil).Resource("reports-versioning").Inputs).To(Equal(map[string]any{
			"bucket": bucketName, "versioningConfiguration": map[string]any{"status": "Enabled"},
		}))
	})

	It("should refuse plain HTTP, old TLS, and objects under any other key", func() {
		recording := deploy(nil)
		Expect(recording.Resource("reports-policy").Inputs["bucket"]).To(Equal(bucketName))
		Expect(recording.Resource("reports-policy").Inputs["policy"]).To(MatchJSON(`{
			"Version": "2012-10-17",
			"Statement": [
				{
					"Sid": "DenyPlainHTTP", "Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": ["s3:*"],
					"Resource": ["` + bucketARN + `", "` + bucketARN + `/*"],
					"Condition": {"Bool": {"aws:SecureTransport": ["false"]}}
				},
				{
					"Sid": "DenyOldTLS", "Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": ["s3:*"],
					"Resource": ["` + bucketARN + `", "` + bucketARN + `/*"],
					"Condition": {"NumericLessThan": {"s3:TlsVersion": ["1.2"]}}
				},
				{
					"Sid": "DenyAnotherKey", "Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": ["s3:PutObject"],
					"Resource": ["` + bucketARN + `/*"],
					"Condition": {
						"Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": ["false"]},
						"StringNotEquals": {
							"s3:x-amz-server-side-encryption-aws-kms-key-id": ["` + keyARN(recording) + `"]
						}
					}
				},
				{
					"Sid": "DenyEncryptionWithoutOurKey", "Effect": "Deny", "Principal": {"AWS": ["*"]},
					"Action": ["s3:PutObject"], "Resource": ["` + bucketARN + `/*"],
					"Condition": {"Null": {
						"s3:x-amz-server-side-encryption": ["false"],
						"s3:x-amz-server-side-encryption-aws-kms-key-id": ["true"]
					}}
				},
				{
					"Sid": "DenyCustomerProvidedKey", "Effect": "Deny", "Principal": {"AWS": ["*"]},
					"Action": ["s3:PutObject"], "Resource": ["` + bucketARN + `/*"],
					"Condition": {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": ["false"]}}
				}
			]
		}`))
	})

	It("should admit nobody by its policy", func() {
		for _, statement := range bucketPolicy("arn:bucket", "arn:key").Statement {
			Expect(statement.Effect).To(Equal("Deny"), statement.Sid)
		}
	})
})

var _ = Describe("The lifecycle of reports", func() {
	// lifecycle is the one lifecycle configuration: S3 keeps one a bucket, and a second would undo the first.
	lifecycle := func(more map[string]string) map[string]any {
		GinkgoHelper()
		all := deploy(more).Resources("aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2")
		Expect(all).To(HaveLen(1))
		return all[0].Inputs
	}

	It("should end reports and events after 30 days with their old versions, and unfinished uploads after one", func() {
		expire := func(id, prefix string) any {
			return map[string]any{
				"id": id, "status": "Enabled", "filter": map[string]any{"prefix": prefix},
				"expiration":                  map[string]any{"days": 30.0},
				"noncurrentVersionExpiration": map[string]any{"noncurrentDays": 30.0},
			}
		}
		Expect(lifecycle(nil)).To(Equal(map[string]any{
			"bucket": bucketName,
			"rules": []any{
				expire("expire-events", "events/"),
				expire("expire-reports", "reports/"),
				expire("expire-floods", "state/floods/"),
				expire("expire-breaker", "state/breaker/"),
				map[string]any{
					"id": "clean-up", "status": "Enabled", "filter": map[string]any{"prefix": ""},
					"expiration":                     map[string]any{"expiredObjectDeleteMarker": true},
					"abortIncompleteMultipartUpload": map[string]any{"daysAfterInitiation": 1.0},
				},
			},
		}))
	})

	It("should keep them for as long as the settings say", func() {
		rules, _ := lifecycle(map[string]string{"retentionDays": "365"})["rules"].([]any)
		Expect(rules[:3]).To(HaveEach(SatisfyAll(
			HaveKeyWithValue("expiration", map[string]any{"days": 365.0}),
			HaveKeyWithValue("noncurrentVersionExpiration", map[string]any{"noncurrentDays": 365.0}))))
	})

	It("should wait for the bucket only, since the provider waits long for it", func() {
		Expect(deploy(nil).Resource("reports-lifecycle").DependsOn).To(Equal([]string{"reports"}))
	})
})
