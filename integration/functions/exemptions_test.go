package functions_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// exemptions is the object of exemptions and its content.
func exemptions(ctx context.Context) (*s3.GetObjectOutput, string) {
	GinkgoHelper()
	object, err := clients.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String(names.ExemptionsKey)})
	Expect(err).NotTo(HaveOccurred())
	content, err := io.ReadAll(object.Body)
	Expect(err).NotTo(HaveOccurred())
	Expect(object.Body.Close()).To(Succeed())
	return object, string(content)
}

var _ = Describe("The exemptions", func() {
	It("should be in the bucket, encrypted with the key: none as they come", func(ctx SpecContext) {
		object, content := exemptions(ctx)
		Expect(content).To(MatchJSON(`{"schemaVersion": 1, "exemptions": []}`))
		Expect(object).To(And(
			HaveField("ContentType", HaveValue(Equal("application/json"))),
			HaveField("ServerSideEncryption", types.ServerSideEncryptionAwsKms),
			HaveField("SSEKMSKeyId", HaveValue(Equal(keyARN))),
			HaveField("BucketKeyEnabled", HaveValue(BeTrue())),
		))
	})

	It("should be tagged", func(ctx SpecContext) {
		Expect(clients.ObjectTags(ctx, bucket, names.ExemptionsKey)).To(expect.Tags("Lists what the remediator leaves alone"))
	})
})

var _ = Describe("An exemption in the file that the settings name", Ordered, func() {
	setBackOnFailure()
	expires := time.Now().UTC().AddDate(0, 1, 0).Format(time.DateOnly)

	It("should be put into the bucket, and nothing else change", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		file := filepath.Join(GinkgoT().TempDir(), "exemptions.yaml")
		Expect(os.WriteFile(file, []byte("exemptions:\n  - rule: s3-encryption-kms\n    resource: shop-*\n"+
			"    owner: web team\n    reason: public assets\n    expires: "+expires+"\n"), 0o644)).To(Succeed())
		Expect(put(ctx, "exemptionsFile", file)).To(expect.Changes(map[string]int{"update": 1}))
		_, content := exemptions(ctx)
		Expect(content).To(MatchJSON(`{"schemaVersion": 1, "exemptions": [{"rule": "s3-encryption-kms", "resource": "shop-*",
			"owner": "web team", "reason": "public assets", "expires": "` + expires + `"}]}`))
	})

	It("should be gone when the settings are set back", SpecTimeout(stage.Patience), func(ctx SpecContext) {
		Expect(setBack(ctx)).To(expect.Changes(map[string]int{"update": 1}))
		_, content := exemptions(ctx)
		Expect(content).To(MatchJSON(`{"schemaVersion": 1, "exemptions": []}`))
	})
})
