package functions

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The exemptions object", func() {
	It("should be JSON under its key, encrypted with the bucket's key", func() {
		Expect(deploy(nil).Resource("exemptions").Inputs).To(And(
			HaveKeyWithValue("bucket", bucketName),
			HaveKeyWithValue("key", "config/exemptions.json"),
			HaveKeyWithValue("content", MatchJSON(`{"schemaVersion": 1, "exemptions": []}`)),
			HaveKeyWithValue("contentType", "application/json"),
			HaveKeyWithValue("serverSideEncryption", "aws:kms"),
			HaveKeyWithValue("kmsKeyId", keyARN),
			HaveKeyWithValue("bucketKeyEnabled", true),
		))
	})
})
